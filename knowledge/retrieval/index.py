"""One vendor's index: built once per version, then only read, by any thread."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from knowledge.entries import AUDIENCES, Audience, Entry, Scope
from knowledge.parameters import PLACEHOLDER, Parameters
from knowledge.retrieval import fusion
from knowledge.retrieval.bm25 import Bm25, Scores
from knowledge.retrieval.encoder import Vectors
from knowledge.retrieval.postings import postings_of
from knowledge.retrieval.tokens import bare, is_latin, terms_of, topic_terms_of, without_courtesies
from knowledge.retrieval.vectors import ByteRows

# An entry of the vendor's own wins over a shared one that fits about as well.
_SCOPE_FACTOR = {Scope.CUSTOMIZED: 1.08, Scope.VENDOR: 1.05, Scope.GLOBAL: 1.0}
# So does one that serves an intent of the message, and one that the owner has approved of.
_INTENT_FACTOR = 1.05
_CURATED_FACTOR = 1.05
# What an entry is worth that is asked for by its very question: more than any other can reach.
_ASKED_OUTRIGHT = 3.0
_SURE_OF_OUTRIGHT = 0.97
# Enough entries to tell the script that they are written in.
_SAMPLE = 50
_BYTES_PER_CHARACTER = 2
_BYTES_PER_ENTRY = 800


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
        names = {key: f"{one.display_name or ''} {one.value}" for key, one in self.parameters.items()}
        asked = [_named(f"{entry.question} {entry.keywords}", names) for entry in entries]
        whole = [f"{text}\n{_named(entry.answer, names)}" for text, entry in zip(asked, entries, strict=True)]
        self._questions = Bm25(postings_of(asked))
        self._everything = Bm25(postings_of(whole))
        self._distinct = _distinct(entries)
        self._question_vectors, self._answer_vectors, self._passages = _stacked(vectors)
        self._factor = np.array([_factor_of(entry) for entry in entries], dtype=np.float32)
        self._hidden = {audience: _hidden_from(audience, entries) for audience in Audience}
        self._serving = _serving(entries)
        self._outright = _numbered(bare(entry.question) for entry in entries)
        self._is_latin = is_latin(" ".join(asked[:_SAMPLE]))

    @property
    def nbytes(self) -> int:
        """About how much memory this takes."""
        texts = sum(len(entry.question) + len(entry.answer) + len(entry.keywords) for entry in self.entries)
        fields = (self._questions, self._everything, self._question_vectors, self._answer_vectors)
        held = sum(field.nbytes for field in fields if field is not None)
        return held + _BYTES_PER_CHARACTER * texts + _BYTES_PER_ENTRY * len(self.entries)

    def search(
        self,
        question: str,
        vector: Vectors | None,
        *,
        audience: Audience,
        limit: int,
        favoured: Collection[int] = (),
    ) -> list[Hit]:
        """The best entries that `audience` may read, best first. `vector` has shape (dimensions,) or is None.

        `favoured` are ids of intents that the message holds: entries that serve one win over others that
        fit about as well.
        """
        if not self.entries or not terms_of(question).size:
            return []
        signals = self.signals(question, vector)
        score = fusion.fuse(signals) * self._factor
        for entry_numbers in (self._serving[intent] for intent in favoured if intent in self._serving):
            score[entry_numbers] *= _INTENT_FACTOR
        score[self._hidden[audience]] = 0
        confidence = fusion.confidence(signals, score)
        outright = [at for at in self._outright.get(bare(question), ()) if score[at] > 0]
        score[outright] += _ASKED_OUTRIGHT
        confidence[outright] = np.maximum(confidence[outright], _SURE_OF_OUTRIGHT)
        hits = [Hit(self.entries[at], float(score[at]), float(confidence[at])) for at in _best(score, limit)]
        return [hit for hit in hits if hit.score > 0]

    def signals(self, question: str, vector: Vectors | None) -> fusion.Signals:
        plain = without_courtesies(question)
        terms, topic = postings_of([plain]).terms, topic_terms_of(plain)
        foreign = is_latin(plain) != self._is_latin
        # BM25 counts as a share of what the question could reach at most in the whole text.
        ceiling = np.float32(self._everything.ceiling(terms) or 1)
        by_vector = self._by_vector(vector) if vector is not None else None
        return fusion.Signals(
            question_words=self._questions.scores(terms) / ceiling,
            all_words=self._everything.scores(terms) / ceiling,
            coverage=self._everything.coverage(topic),
            question_vector=by_vector[0] if by_vector else None,
            answer_vector=by_vector[1] if by_vector else None,
            distinct=self._distinct,
            foreign=foreign,
            surest=fusion.surest_of(question, topic.size, foreign=foreign),
        )

    def _by_vector(self, vector: Vectors) -> tuple[Scores, Scores] | None:
        if self._question_vectors is None or self._answer_vectors is None:
            return None
        answers = np.zeros(len(self.entries), dtype=np.float32)
        filled = np.flatnonzero(np.diff(self._passages))
        if filled.size:
            answers[filled] = np.maximum.reduceat(self._answer_vectors.dot(vector), self._passages[filled])
        return self._question_vectors.dot(vector), np.maximum(answers, 0)


def _best(score: Scores, limit: int) -> list[int]:
    """Where the highest scores stand, best first, earlier entries first among equals."""
    if 0 < limit < len(score):
        least = np.partition(score, -limit)[-limit]
        candidates = np.flatnonzero(score >= least)
    else:
        candidates = np.arange(len(score))
    order = np.argsort(-score[candidates], kind="stable")[:limit]
    best: list[int] = candidates[order].tolist()
    return best


def _factor_of(entry: Entry) -> float:
    return _SCOPE_FACTOR[entry.scope] * (_CURATED_FACTOR if entry.is_curated else 1)


def _hidden_from(audience: Audience, entries: Sequence[Entry]) -> NDArray[np.int64]:
    allowed = AUDIENCES[audience]
    return np.flatnonzero([entry.audience not in allowed for entry in entries])


def _serving(entries: Sequence[Entry]) -> dict[int, list[int]]:
    """Which entries serve an intent, by its id."""
    serving: defaultdict[int, list[int]] = defaultdict(list)
    for at, entry in enumerate(entries):
        for intent in entry.intents:
            serving[intent].append(at)
    return dict(serving)


def _numbered(texts: Iterable[str]) -> dict[str, list[int]]:
    """Where each text stands; empty ones are left out."""
    places: defaultdict[str, list[int]] = defaultdict(list)
    for at, text in enumerate(texts):
        if text:
            places[text].append(at)
    return dict(places)


def _named(text: str, names: Mapping[str, str]) -> str:
    """`text` as it is searched: a placeholder counts as the name of its value, and the value."""
    return PLACEHOLDER.sub(lambda found: names.get(found[1], ""), text)


def _distinct(entries: Sequence[Entry]) -> Scores:
    """1 / how many entries have the same question; 0 where an entry has no question."""
    counts = Counter(entry.question.strip() for entry in entries)
    return np.array(
        [1 / counts[entry.question.strip()] if entry.question.strip() else 0 for entry in entries], dtype=np.float32
    )


def _stacked(
    vectors: Sequence[Vectors | None],
) -> tuple[ByteRows | None, ByteRows | None, NDArray[np.int64]]:
    """The questions' vectors, the passages' of all entries in turn, and where each entry's passages begin;
    the end is one more."""
    known = [rows for rows in vectors if rows is not None]
    if not known:
        return None, None, np.zeros(len(vectors) + 1, dtype=np.int64)
    nothing = np.zeros((1, known[0].shape[1]), dtype=np.float32)
    rows = [nothing if one is None else one for one in vectors]
    begins = np.cumsum([0, *(len(one) - 1 for one in rows)])
    return (
        ByteRows(np.concatenate([one[:1] for one in rows])),
        ByteRows(np.concatenate([one[1:] for one in rows])),
        begins,
    )
