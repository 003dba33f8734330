"""How well the right entry is found, on public question sets, and how well it is known that none fits.

    python -m benchmarks.retrieval [--data ../shared/data/02_faq] [--quick] [--cross-validate]

Prints for each set recall@1, recall@3 and MRR@10 by words alone, by vectors alone and by both, beside the
published no-model baseline (BM25 over character 1+2-grams), milliseconds a question and seconds to
index; then whether fusion cost anything; then how well the confidence tells that nothing fits. One set
of settings for all sets. `--quick` leaves the confidence out, `--cross-validate` fits the weights to all
sets but one and shows how they do on that one.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from benchmarks import crossvalidation
from benchmarks.calibration import SHOP_SIZES, small_shops, summary, whole_set
from benchmarks.sets import SOURCES, EncodedSet, read
from knowledge.retrieval import fusion
from knowledge.retrieval.encoder import UniversalSentenceEncoder

WAYS = ("words", "vectors", "both")
# Two proportions of one sample differ by chance by about as much as their standard error.
NOISE = 1.0


@dataclass(frozen=True, slots=True)
class Figures:
    recall: float
    recall_at_3: float
    reciprocal_rank: float
    milliseconds: float
    questions: int

    def __str__(self) -> str:
        shares = f"{self.recall:.3f} {self.recall_at_3:.3f} {self.reciprocal_rank:.3f}"
        return f"{shares}  {self.milliseconds:5.2f} ms"


def measure(data: EncodedSet, way: str) -> Figures:
    """Rank all entries for each question by `way`, one of WAYS."""
    ranks: list[float] = []
    started = time.perf_counter()
    for (question, right), vector in zip(data.asked, data.question_vectors, strict=True):
        signals = data.index.signals(question, None if way == "words" else vector)
        if way == "vectors":
            silent = np.zeros_like(signals.all_words)
            signals = replace(signals, question_words=silent, all_words=silent)
        best = np.argsort(-fusion.fuse(signals), kind="stable")[:10].tolist()
        ranks.append(min((best.index(at) + 1 for at in right if at in best), default=np.inf))
    milliseconds = (time.perf_counter() - started) / len(ranks) * 1000
    found = np.array(ranks)
    return Figures((found == 1).mean(), (found <= 3).mean(), (1 / found).mean(), milliseconds, len(ranks))


def show(data: EncodedSet) -> None:
    started = time.perf_counter()
    index = data.index
    indexing = time.perf_counter() - started
    print(f"{data.name}: {len(data.entries)} entries, {len(data.asked)} questions; indexed in {indexing:.2f} s, "
          f"{index.nbytes / 1e6:.1f} MB")  # fmt: skip
    figures = {way: measure(data, way) for way in WAYS}
    for way in WAYS:
        print(f"  {way:<9} {figures[way]}")
    print(f"  baseline  {data.baseline}")
    better = max(figures["words"].recall, figures["vectors"].recall)
    error = (better * (1 - better) / len(data.asked)) ** 0.5
    gain = figures["both"].recall - better
    verdict = "gains" if gain > 0 else "costs nothing" if gain > -NOISE * error else "costs"
    print(f"  fusion {verdict}: {gain:+.3f} recall@1 over the better of both (standard error {error:.3f})")


def show_confidence(sets: Sequence[EncodedSet]) -> None:
    print("confidence: each question with its right entry and with that taken out")
    for with_vectors in (True, False):
        print(" with vectors" if with_vectors else " by words alone")
        for data in sets:
            print(f"  {data.name:<9} all        {summary(whole_set(data, with_vectors=with_vectors))}")
            for size in SHOP_SIZES:
                outcomes = small_shops(data, size, with_vectors=with_vectors)
                print(f"  {data.name:<9} {size} entries {summary(outcomes)}")


def cross_validate(sets: Sequence[EncodedSet]) -> None:
    print("fusion by weights that the other sets choose: recall@1 recall@3 MRR@10")
    crossvalidation.fusion_weights(sets)
    for with_vectors in (True, False):
        print("confidence fitted to the other sets' shops,", "with vectors" if with_vectors else "by words alone")
        crossvalidation.confidence_weights(sets, with_vectors=with_vectors)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path("../shared/data/02_faq"))
    parser.add_argument("--quick", action="store_true", help="only what is found, not how surely")
    parser.add_argument("--cross-validate", action="store_true", help="fit the weights anew, leaving out each set")
    given = parser.parse_args()
    if not given.data.is_dir():
        sys.exit(f"{given.data} isn't here: give the folder of the question sets with --data")
    encoder = UniversalSentenceEncoder()
    started = time.perf_counter()
    sets = [EncodedSet(read(given.data, source), encoder) for source in SOURCES]
    print(f"encoded in {time.perf_counter() - started:.0f} s; recall@1 recall@3 MRR@10, "
          "and milliseconds a question without its encoding")  # fmt: skip
    for data in sets:
        show(data)
    if not given.quick:
        show_confidence(sets)
    if given.cross_validate:
        cross_validate(sets)


if __name__ == "__main__":
    main()
