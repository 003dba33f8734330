"""The public question sets, read, encoded and indexed."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from knowledge.entries import Entry, Scope
from knowledge.retrieval.encoder import SentenceEncoder, Vectors
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


class EncodedSet:
    """A question set with the vectors of its entries and questions."""

    def __init__(self, data: QuestionSet, encoder: SentenceEncoder) -> None:
        self.name, self.baseline = data.name, data.baseline
        self.entries = [Entry(at, Scope.VENDOR, question, answer) for at, (_, question, answer) in enumerate(data.rows)]
        places = {key: at for at, (key, _, _) in enumerate(data.rows)}
        # Each question with the places of the entries that answer it.
        self.asked = [
            (question, tuple(places[key] for key in sorted(right) if key in places))
            for question, right in data.questions
        ]
        texts = [texts_of(entry.question, entry.answer).all for entry in self.entries]
        flat = _in_batches(encoder.encode, [text for some in texts for text in some])
        self.vectors: list[Vectors] = np.split(flat, np.cumsum([len(some) for some in texts])[:-1])
        self.question_vectors: Vectors = _in_batches(encoder.encode, [question for question, _ in self.asked])

    @cached_property
    def index(self) -> Index:
        return Index(self.entries, self.vectors)

    @cached_property
    def topics(self) -> Vectors:
        """A unit vector an entry for what it is about, shape (entries, dimensions)."""
        means = np.stack([rows.mean(axis=0) for rows in self.vectors])
        topics: Vectors = means / np.linalg.norm(means, axis=1, keepdims=True)
        return topics

    def index_over(self, places: Sequence[int]) -> Index:
        """An index of the entries at `places` alone."""
        return Index([self.entries[at] for at in places], [self.vectors[at] for at in places])


def read(folder: Path, source: Source) -> QuestionSet:
    question, answer = source.fields
    rows = [(row["id"], row[question] if question else "", row[answer]) for row in _lines(folder / source.entries)]
    asked = [(row["query"], frozenset(row["relevant"])) for row in _lines(folder / source.questions)]
    return QuestionSet(source.name, rows, asked, source.baseline)


def _lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def _in_batches(encode: Callable[[Sequence[str]], Vectors], texts: Sequence[str]) -> Vectors:
    return np.concatenate([encode(texts[at : at + BATCH]) for at in range(0, len(texts), BATCH)])
