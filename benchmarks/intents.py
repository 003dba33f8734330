"""How well intents are told from a handful of examples each, on public sets, with and without sentence vectors.

    python -m benchmarks.intents [--data ../shared/data/01_intent] [--draws 3]

Prints accuracy at 5 and 10 examples an intent (the mean over several draws of the examples) beside the
published baseline (TF-IDF and logistic regression); how well messages that are out of scope are told; the
micro-F1 of messages with several intents; milliseconds to learn and to classify. One set of settings for
all sets. `names` adds each intent's name to its examples, as the product does.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from knowledge.intents.classifier import Classification, Classifier, Example
from knowledge.intents.features import parts_of, words_of_name
from knowledge.retrieval.encoder import UniversalSentenceEncoder, Vectors

BATCH = 64
SHOTS = (5, 10)
PAIRS = 300
OUT_OF_SCOPE = "oos"


@dataclass(frozen=True, slots=True)
class Source:
    """Where a set's examples and messages are, and the baseline's accuracy at 5 and 10 examples."""

    name: str
    examples: str
    messages: str
    baseline: tuple[str, str]


SOURCES = (
    Source("banking77", "banking77_en/train_20shot.jsonl", "banking77_en/dev.jsonl", (".65", ".75")),
    Source("clinc150", "clinc150_oos_en/train_20shot.jsonl", "clinc150_oos_en/dev.jsonl", (".74", ".82")),
    Source("xsid_zh", "xsid_zh/train_valid300.jsonl", "xsid_zh/dev.jsonl", (".84", ".88")),
    Source("taipei", "taipei_bureau_zhtw/train_10shot.jsonl", "taipei_bureau_zhtw/dev.jsonl", ("-", "-")),
)
OUT_OF_SCOPE_BASELINE = ".905"


class Encodings:
    """Each text's vector, made once a run."""

    def __init__(self) -> None:
        self._encoder = UniversalSentenceEncoder()
        self._vectors: dict[str, Vectors] = {}

    def prepare(self, texts: Iterable[str]) -> None:
        # In the order of length, so that a batch is not padded to the longest text of all.
        new = sorted({text for text in texts if text not in self._vectors}, key=lambda text: (len(text), text))
        for at in range(0, len(new), BATCH):
            batch = new[at : at + BATCH]
            self._vectors.update(zip(batch, self._encoder.encode(batch), strict=True))

    def __call__(self, texts: Sequence[str]) -> Vectors:
        self.prepare(texts)
        return np.array([self._vectors[text] for text in texts], dtype=np.float32)


@dataclass(frozen=True, slots=True)
class Way:
    """A way to learn: with the intents' names or without, with sentence vectors or words alone."""

    label: str
    names: bool
    vectors: bool

    def learn(
        self, examples: Sequence[Example], names: Mapping[str, int], encode: Encodings
    ) -> tuple[Classifier, float]:
        """A classifier, and the milliseconds that learning took without the encoding."""
        described = [Example(words_of_name(name), (at,), described=True) for name, at in names.items()]
        given = [*examples, *(described if self.names else ())]
        vectors = encode([example.text for example in given]) if self.vectors else None
        started = time.perf_counter()
        classifier = Classifier.learn(given, vectors)
        return classifier, (time.perf_counter() - started) * 1000

    def classify(
        self, classifier: Classifier, texts: Sequence[str], encode: Encodings
    ) -> tuple[list[Classification], float]:
        """What each text holds, and the milliseconds a text took without its encoding."""
        vectors: list[Vectors | None] = [None] * len(texts)
        if self.vectors:
            encode.prepare(part for text in texts for part in parts_of(text))
            vectors = [encode(parts_of(text)) for text in texts]
        started = time.perf_counter()
        found = [classifier.classify(text, vector) for text, vector in zip(texts, vectors, strict=True)]
        return found, (time.perf_counter() - started) * 1000 / max(1, len(texts))


WAYS = (Way("with names", True, True), Way("examples alone", False, True), Way("words alone", True, False))


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def drawn(rows: Sequence[dict[str, Any]], shots: int, seed: int) -> list[dict[str, Any]]:
    """Up to `shots` rows a label."""
    generator = np.random.default_rng(seed)
    by_label = defaultdict(list)
    for at in generator.permutation(len(rows)):
        by_label[rows[at]["label"]].append(rows[at])
    return [row for label in sorted(by_label) for row in by_label[label][:shots]]


def scope_figures(inside: Sequence[float], outside: Sequence[float]) -> dict[str, float]:
    """How well what is out of scope is told by `in_scope`."""
    known, strange = np.array(inside), np.array(outside)
    above = (known[:, None] > strange).mean() + (known[:, None] == strange).mean() / 2
    return {
        "AUROC": float(above),
        "rejected with 90 % kept": float((strange < np.quantile(known, 0.1)).mean()),
        "kept at 0.5": float((known >= 0.5).mean()),
        "rejected at 0.5": float((strange < 0.5).mean()),
    }


def micro_f1(found: Sequence[Classification], truth: Sequence[set[int]]) -> dict[str, float]:
    chosen = [{intent for intent, _ in one.chosen} for one in found]
    hits = sum(len(one & true) for one, true in zip(chosen, truth, strict=True))
    said, meant = sum(map(len, chosen)), sum(map(len, truth))
    return {"micro-F1": 2 * hits / max(1, said + meant), "precision": hits / max(1, said), "recall": hits / meant}


def in_pairs(messages: Sequence[tuple[str, int]], seed: int) -> tuple[list[str], list[set[int]]]:
    """Two messages of different intents written as one."""
    generator = np.random.default_rng(seed)
    texts: list[str] = []
    truth: list[set[int]] = []
    while len(texts) < PAIRS:
        first, second = (messages[at] for at in generator.integers(len(messages), size=2))
        if first[1] != second[1]:
            texts.append(f"{first[0].rstrip('?？.。')}, {second[0]}")
            truth.append({first[1], second[1]})
    return texts, truth


def measure(folder: Path, source: Source, *, way: Way, shots: int, seed: int, encode: Encodings) -> dict[str, float]:
    rows, asked = lines(folder / source.examples), lines(folder / source.messages)
    names = {label: at for at, label in enumerate(sorted({row["label"] for row in rows}))}
    examples = [Example(row["text"], (names[row["label"]],)) for row in drawn(rows, shots, seed)]
    classifier, learning = way.learn(examples, names, encode)
    found, classifying = way.classify(classifier, [row["text"] for row in asked], encode)
    both = list(zip(found, asked, strict=True))
    # A message whose intent has no example at all counts as wrong.
    right = [one.ranked[0][0] == names.get(row["label"]) for one, row in both if row["label"] != OUT_OF_SCOPE]
    figures = {"accuracy": float(np.mean(right)), "ms to learn": learning, "ms a query": classifying}
    outside = [one.in_scope for one, row in both if row["label"] == OUT_OF_SCOPE]
    if outside:
        figures |= scope_figures([one.in_scope for one, row in both if row["label"] != OUT_OF_SCOPE], outside)
    texts, truth = in_pairs([(row["text"], names[row["label"]]) for row in asked if row["label"] in names], seed)
    figures["F1 of two in one"] = micro_f1(way.classify(classifier, texts, encode)[0], truth)["micro-F1"]
    return figures


def measure_several(folder: Path, *, way: Way, encode: Encodings) -> dict[str, float]:
    """Messages with several intents, learned from messages with several."""
    rows = lines(folder / "nlupp_banking_multi_en/train_6folds.jsonl")
    asked = lines(folder / "nlupp_banking_multi_en/dev.jsonl")
    names = {label: at for at, label in enumerate(sorted({label for row in rows for label in row["labels"]}))}
    examples = [Example(row["text"], tuple(names[label] for label in row["labels"])) for row in rows]
    classifier, learning = way.learn(examples, names, encode)
    found, classifying = way.classify(classifier, [row["text"] for row in asked], encode)
    truth = [{names[label] for label in row["labels"]} for row in asked]
    return {**micro_f1(found, truth), "ms to learn": learning, "ms a query": classifying}


def told(figures: Sequence[Mapping[str, float]]) -> str:
    """The means of several draws' figures."""
    means = {name: float(np.mean([one[name] for one in figures])) for name in figures[0]}
    return "  ".join(f"{name} {value:.{1 if name.startswith('ms') else 3}f}" for name, value in means.items())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path("../shared/data/01_intent"))
    parser.add_argument("--draws", type=int, default=3, help="how often the examples are drawn")
    options = parser.parse_args()
    if not options.data.is_dir():
        sys.exit(f"{options.data} isn't here: give the folder of the intent sets with --data")
    encode = Encodings()
    for source in SOURCES:
        for shots, baseline in zip(SHOTS, source.baseline, strict=True):
            print(f"{source.name}, {shots} examples an intent; baseline: accuracy {baseline}"
                  f"{f', AUROC {OUT_OF_SCOPE_BASELINE}' if source.name == 'clinc150' else ''}")  # fmt: skip
            for way in WAYS:
                draws = [
                    measure(options.data, source, way=way, shots=shots, seed=seed, encode=encode)
                    for seed in range(options.draws)
                ]
                print(f"  {way.label:15} {told(draws)}", flush=True)
    print("nlupp_banking, several intents a message, all 625 examples")
    for way in WAYS:
        print(f"  {way.label:15} {told([measure_several(options.data, way=way, encode=encode)])}", flush=True)


if __name__ == "__main__":
    main()
