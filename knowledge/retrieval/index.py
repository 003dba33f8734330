"""One vendor's index: built once per version, then only read, by any thread."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from knowledge.entries import AUDIENCES, Audience, Entry, Scope
from knowledge.parameters import PLACEHOLDER, Parameters
from knowledge.retrieval import fusion
from knowledge.retrieval.bm25 import Bm25, Scores
from knowledge.retrieval.encoder import Vectors
from knowledge.retrieval.tokens import is_latin, terms_of, topic_terms_of, without_courtesies

# An entry of the vendor's own wins over a shared one that fits about as well.
_SCOPE_FACTOR = {Scope.CUSTOMIZED: 1.08, Scope.VENDOR: 1.05, Scope.GLOBAL: 1.0}
# Taken for the coverage that words can't tell, when the question is in another script than the entries.
_UNTOLD_COVERAGE = 0.25
_BYTES_PER_CHARACTER = 4


@dataclass(frozen=True, slots=True)
class Hit:
    """An entry that may fit: its score among this question's, and how likely it really answers (0..1)."""

    entry: Entry
    score: float
    confidence: float


class Index:
    """A vendor's entries, ready to be searched.

    `vectors` holds an array of shape (1 + passages, dimensions) an entry, or None where there are none.
    """

    def __init__(
        self, entries: Sequence[Entry], vectors: Sequence[Vectors | None], parameters: Parameters | None = None
    ) -> None:
        self.entries = tuple(entries)
        self.parameters: Parameters = parameters or {}
        names = {key: parameter.display_name or "" for key, parameter in self.parameters.items()}
        asked = [_named(f"{entry.question} {entry.keywords}", names) for entry in entries]
        self._questions = Bm25([terms_of(text) for text in asked])
        self._everything = Bm25(
            [terms_of(f"{text}\n{_named(entry.answer, names)}") for text, entry in zip(asked, entries, strict=True)]
        )
        self._distinct = _distinct(entries)
        self._question_vectors, self._answer_vectors, self._owners = _stacked(vectors)
        self._factor = np.array([_SCOPE_FACTOR[entry.scope] for entry in entries], dtype=np.float32)

    @property
    def nbytes(self) -> int:
        """About how much memory this takes."""
        texts = sum(len(entry.question) + len(entry.answer) + len(entry.keywords) for entry in self.entries)
        arrays = (self._question_vectors, self._answer_vectors, self._owners)
        held = sum(array.nbytes for array in arrays if array is not None)
        return held + self._questions.nbytes + self._everything.nbytes + _BYTES_PER_CHARACTER * texts

    def search(self, question: str, vector: Vectors | None, *, audience: Audience, limit: int) -> list[Hit]:
        """The best entries that `audience` may read, best first. `vector` has shape (dimensions,) or is None."""
        if not self.entries or not terms_of(question).size:
            return []
        signals = self.signals(question, vector)
        allowed = AUDIENCES[audience]
        readable = np.array([entry.audience in allowed for entry in self.entries])
        score = np.where(readable, fusion.fuse(signals) * self._factor, 0).astype(np.float32)
        confidence = fusion.confidence(signals, score)
        best = np.argsort(-score, kind="stable")[:limit]
        return [Hit(self.entries[at], float(score[at]), float(confidence[at])) for at in best if score[at] > 0]

    def signals(self, question: str, vector: Vectors | None) -> fusion.Signals:
        plain = without_courtesies(question)
        terms = terms_of(plain)
        by_vector = self._by_vector(vector) if vector is not None else None
        return fusion.Signals(
            question_words=self._share(self._questions, terms),
            all_words=self._share(self._everything, terms),
            coverage=self._coverage(plain),
            question_vector=by_vector[0] if by_vector else None,
            answer_vector=by_vector[1] if by_vector else None,
            distinct=self._distinct,
        )

    def _share(self, field: Bm25, terms: NDArray[np.uint64]) -> Scores:
        """BM25 as a share of what the question could reach at most in the whole text."""
        ceiling = self._everything.ceiling(terms)
        return field.scores(terms) / np.float32(ceiling) if ceiling else np.zeros(field.size, dtype=np.float32)

    def _coverage(self, question: str) -> Scores:
        topic = topic_terms_of(question)
        coverage = self._everything.coverage(topic)
        if is_latin(question) and not coverage.any():
            coverage[:] = _UNTOLD_COVERAGE
        return coverage

    def _by_vector(self, vector: Vectors) -> tuple[Scores, Scores] | None:
        if self._question_vectors is None or self._answer_vectors is None or self._owners is None:
            return None
        answers = np.zeros(len(self.entries), dtype=np.float32)
        np.maximum.at(answers, self._owners, self._answer_vectors @ vector)
        return self._question_vectors @ vector, answers


def _named(text: str, names: Mapping[str, str]) -> str:
    """`text` as it is searched: a placeholder counts as the name of its value."""
    return PLACEHOLDER.sub(lambda found: names.get(found[1], ""), text)


def _distinct(entries: Sequence[Entry]) -> Scores:
    """1 / how many entries have the same question; 0 where an entry has no question."""
    counts = Counter(entry.question.strip() for entry in entries)
    return np.array(
        [1 / counts[entry.question.strip()] if entry.question.strip() else 0 for entry in entries], dtype=np.float32
    )


def _stacked(
    vectors: Sequence[Vectors | None],
) -> tuple[Vectors | None, Vectors | None, NDArray[np.int32] | None]:
    """Question vectors (entries, dimensions), passage vectors (passages, dimensions), and whose each is."""
    known = [rows for rows in vectors if rows is not None]
    if not known:
        return None, None, None
    nothing = np.zeros((1, known[0].shape[1]), dtype=np.float32)
    rows = [nothing if one is None else one for one in vectors]
    owners = np.repeat(np.arange(len(rows), dtype=np.int32), [len(one) - 1 for one in rows])
    return np.concatenate([one[:1] for one in rows]), np.concatenate([one[1:] for one in rows]), owners
