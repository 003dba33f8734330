"""How well the right entry is found, on public question sets, with and without sentence vectors.

    python -m benchmarks.retrieval [--data ../shared/data/02_faq]

Prints recall@1, recall@3 and MRR@10 for each set beside the published no-model baseline (BM25 over
character 1+2-grams), milliseconds a question and seconds to index. One set of settings for all sets.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from knowledge.entries import Entry, Scope
from knowledge.retrieval import fusion
from knowledge.retrieval.encoder import UniversalSentenceEncoder, Vectors
from knowledge.retrieval.index import Index
from knowledge.retrieval.vectors import texts_of

BATCH = 64


@dataclass(frozen=True, slots=True)
class QuestionSet:
    """A knowledge base (id, question, answer), its questions, and the published baseline if there is one."""

    name: str
    rows: Sequence[tuple[str, str, str]]
    questions: Sequence[tuple[str, frozenset[str]]]
    baseline: str


@dataclass(frozen=True, slots=True)
class Source:
    name: str
    entries: str
    questions: str
    fields: tuple[str, str]
    baseline: str


SOURCES = (
    # Titles are the questions here, so entries are indexed by their answers alone.
    Source(
        "taipei", "taipei_faq_zhtw/kb.jsonl", "taipei_faq_zhtw/title2answer_dev.jsonl", ("", "answer"), ".52 .67 .61"
    ),
    Source("drcd", "drcd_zhtw/kb_dev.jsonl", "drcd_zhtw/queries_dev.jsonl", ("title", "text"), ".95 .98 .97"),
    Source("sinica", "sinica_its_zhtw/kb.jsonl", "sinica_its_zhtw/dev.jsonl", ("title", "text"), ".77 .89 .83"),
    Source("stackfaq", "stackfaq_en/kb.jsonl", "stackfaq_en/queries_dev.jsonl", ("question", "answer"), ".66 (r@1)"),
)


def read(folder: Path, source: Source) -> QuestionSet:
    question, answer = source.fields
    rows = [(row["id"], row[question] if question else "", row[answer]) for row in _lines(folder / source.entries)]
    asked = [(row["query"], frozenset(row["relevant"])) for row in _lines(folder / source.questions)]
    return QuestionSet(source.name, rows, asked, source.baseline)


def _lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def encoded(encoder: UniversalSentenceEncoder, data: QuestionSet) -> tuple[list[Vectors], Vectors]:
    """The entries' vectors, one array each, and the questions' vectors."""
    texts = [texts_of(question, answer) for _, question, answer in data.rows]
    flat = [text for one in texts for text in one.all]
    vectors = _in_batches(encoder.encode, flat)
    ends = np.cumsum([len(one.all) for one in texts])
    return np.split(vectors, ends[:-1]), _in_batches(encoder.encode, [question for question, _ in data.questions])


def _in_batches(encode: Callable[[Sequence[str]], Vectors], texts: Sequence[str]) -> Vectors:
    return np.concatenate([encode(texts[at : at + BATCH]) for at in range(0, len(texts), BATCH)])


def measure(data: QuestionSet, index: Index, vectors: Sequence[Vectors | None]) -> str:
    first = third = rank_sum = 0.0
    started = time.perf_counter()
    for (question, relevant), vector in zip(data.questions, vectors, strict=True):
        best = np.argsort(-fusion.fuse(index.signals(question, vector)), kind="stable")[:10]
        ranks = [rank for rank, at in enumerate(best, 1) if data.rows[at][0] in relevant]
        if ranks:
            first += ranks[0] == 1
            third += ranks[0] <= 3
            rank_sum += 1 / ranks[0]
    count = len(data.questions)
    milliseconds = (time.perf_counter() - started) / count * 1000
    return f"{first / count:.3f} {third / count:.3f} {rank_sum / count:.3f}  {milliseconds:5.2f} ms"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path("../shared/data/02_faq"))
    folder = parser.parse_args().data
    if not folder.is_dir():
        sys.exit(f"{folder} isn't here: give the folder of the question sets with --data")
    encoder = UniversalSentenceEncoder()
    print("recall@1 recall@3 MRR@10, and milliseconds a question without its encoding")
    for data in (read(folder, source) for source in SOURCES):
        started = time.perf_counter()
        entry_vectors, question_vectors = encoded(encoder, data)
        encoding = time.perf_counter() - started
        entries = [Entry(at, Scope.VENDOR, question, answer) for at, (_, question, answer) in enumerate(data.rows)]
        started = time.perf_counter()
        index = Index(entries, entry_vectors)
        indexing = time.perf_counter() - started
        print(f"{data.name}: {len(entries)} entries, {len(data.questions)} questions; "
              f"encoded in {encoding:.1f} s, indexed in {indexing:.2f} s, {index.nbytes / 1e6:.1f} MB")  # fmt: skip
        print(f"  with vectors  {measure(data, index, list(question_vectors))}")
        print(f"  words alone   {measure(data, index, [None] * len(data.questions))}")
        print(f"  baseline      {data.baseline}")


if __name__ == "__main__":
    main()
