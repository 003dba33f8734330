"""Which rows of a file say again, or say otherwise, what is known already or stands in the file before. Pure.

Questions are compared without width, case, script, courtesy and punctuation. Two are nearly the same
where they speak of the same things and differ in the words that carry a sentence; never where they name
other figures, codes or question words, or where one denies. Each question is looked up by its rarest
words (prefix filtering: Chaudhuri, Ganti and Kaushik, "A Primitive Operator for Similarity Joins in
Data Cleaning", 2006), so that the work grows with the number of rows and not with its square.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from math import ceil

from knowledge import grounding
from knowledge.entries import Audience
from knowledge.importing.words import ASKING_WHAT, DENIALS, NUMERALS
from knowledge.retrieval.tokens import fold, folded_terms_of, topic_terms_of, without_courtesies

# Chosen so that questions about rent and about a deposit stay apart, and the same question with another
# auxiliary word is found.
SAME_TOPIC = 0.9
SAME_WORDS = 0.5
# How many others a row is held against, and how many are told of.
_LOOKED_AT = 50
_TOLD = 3
_NOTED_EVERY = 100
_LONGEST_FACTS = 4_000
_NOT_WORDS = re.compile(r"[\W_]+")
_CODE = re.compile(rf"[a-z]*\d[a-z\d]*|[{NUMERALS}]|[{DENIALS}]|(?<![a-z])(?:[a-z]|{'|'.join(ASKING_WHAT)})(?![a-z])")


class Kind(StrEnum):
    """`DUPLICATE`: the same question and answer. `REWORDED`: nearly the same question, the same answer.

    `CONFLICT`: the same or nearly the same question, another answer. `OTHER_NUMBERS`: a conflict in which
    one answer states figures that the other doesn't.
    """

    DUPLICATE = "duplicate"
    REWORDED = "reworded"
    CONFLICT = "conflict"
    OTHER_NUMBERS = "other_numbers"


@dataclass(frozen=True, slots=True)
class Known:
    """A question with its answer: a new row, or an entry that has an `id`."""

    question: str
    answer: str
    id: int | None = None
    audience: str = Audience.ALL.value


@dataclass(frozen=True, slots=True)
class Finding:
    """Row `row` (its index among the new ones) is like the entry `entry`, or like the earlier row `other`.

    `likeness` is how alike the questions are (0..1, 1 where they are the same); `facts` are what only one of
    the answers states, as `knowledge.grounding` writes facts.
    """

    row: int
    kind: Kind
    entry: int | None = None
    other: int | None = None
    likeness: float = 1.0
    facts: tuple[str, ...] = ()


@dataclass(slots=True)
class _Question:
    """A question as it is compared; `row` is its index among the new ones."""

    known: Known
    row: int | None
    key: str
    codes: tuple[str, ...]
    topic: frozenset[int]
    _words: frozenset[int] | None = field(default=None)
    _answer: str | None = field(default=None)
    _facts: frozenset[str] | None = field(default=None)

    @property
    def words(self) -> frozenset[int]:
        if self._words is None:
            self._words = frozenset(folded_terms_of(self.key).tolist())
        return self._words

    @property
    def answer(self) -> str:
        if self._answer is None:
            self._answer = _key(self.known.answer)
        return self._answer

    @property
    def facts(self) -> frozenset[str]:
        """What the answer states; only the beginning of a long one is looked at."""
        if self._facts is None:
            self._facts = grounding.facts_in(self.known.answer[:_LONGEST_FACTS])
        return self._facts


def find(
    new: Sequence[Known], existing: Iterable[Known], *, note: Callable[[int], object] | None = None
) -> list[Finding]:
    """What is found of the rows `new`, in their order: at most three findings a row, the surest first.

    Rows for renters and rows for staff don't meet: they may answer one question differently. `note` is
    told now and then how many rows are done.
    """
    known = [_question(one, None) for one in existing]
    asked = [_question(one, row) for row, one in enumerate(new)]
    index = _Index(Counter(term for one in (*known, *asked) for term in one.topic))
    for one in known:
        index.add(one)
    findings: list[Finding] = []
    for done, one in enumerate(asked):
        if note is not None and done % _NOTED_EVERY == 0:
            note(done)
        findings += index.find(one)
        index.add(one)
    return findings


class _Index:
    """Questions by what they say exactly, and by the rarest words of their topic."""

    def __init__(self, frequencies: Counter[int]) -> None:
        self._frequencies = frequencies
        self._same: defaultdict[str, dict[tuple[str, str], _Question]] = defaultdict(dict)
        self._near: defaultdict[tuple[int, tuple[str, ...]], list[_Question]] = defaultdict(list)

    def add(self, question: _Question) -> None:
        same = self._same[question.key]
        if not same:
            for term in self._rarest(question.topic):
                self._near[term, question.codes].append(question)
        if len(same) < _LOOKED_AT:
            same.setdefault((question.answer, question.known.audience), question)

    def find(self, question: _Question) -> list[Finding]:
        same = self._same.get(question.key, {})
        others = [one for one in same.values() if _meet(question, one)]
        twins = [one for one in others if one.answer == question.answer]
        if twins:
            return [_finding(question, twins[0], 1.0)]
        found = [_finding(question, one, 1.0) for one in others[:_TOLD]]
        near = sorted(self._alike(question), key=lambda pair: -pair[0])
        return found + [_finding(question, one, likeness) for likeness, one in near[: _TOLD - len(found)]]

    def _alike(self, question: _Question) -> list[tuple[float, _Question]]:
        """Other questions that are nearly this one, with how alike they are."""
        candidates = {
            id(one): one
            for term in self._rarest(question.topic)
            for one in self._near.get((term, question.codes), [])[:_LOOKED_AT]
            if one.key != question.key
        }
        alike = []
        for one in candidates.values():
            if _overlap(question.topic, one.topic) >= SAME_TOPIC:
                likeness = _overlap(question.words, one.words)
                if likeness >= SAME_WORDS and _meet(question, one):
                    alike.append((likeness, one))
        return alike

    def _rarest(self, topic: frozenset[int]) -> list[int]:
        """The words of which two topics share one if they are the same to `SAME_TOPIC`."""
        length = len(topic) - ceil(SAME_TOPIC * len(topic)) + 1 if topic else 0
        return sorted(topic, key=lambda term: (self._frequencies[term], term))[:length]


def _question(known: Known, row: int | None) -> _Question:
    plain = without_courtesies(known.question)
    folded = fold(plain)
    key = _NOT_WORDS.sub(" " if folded.isascii() else "", folded).strip() or folded
    topic = frozenset(topic_terms_of(plain).tolist())
    return _Question(known, row, key, tuple(sorted(_CODE.findall(folded))), topic)


def _key(text: str) -> str:
    folded = fold(text)
    return _NOT_WORDS.sub("", folded) or folded


def _meet(one: _Question, other: _Question) -> bool:
    audiences = {one.known.audience, other.known.audience}
    return len(audiences) == 1 or Audience.ALL.value in audiences


def _overlap(one: frozenset[int], other: frozenset[int]) -> float:
    """How much two sets share of what they hold together (Jaccard): 0..1."""
    shared = len(one & other)
    return shared / (len(one) + len(other) - shared) if shared else 0.0


def _finding(question: _Question, other: _Question, likeness: float) -> Finding:
    facts: tuple[str, ...] = ()
    if question.answer == other.answer:
        kind = Kind.DUPLICATE if question.key == other.key else Kind.REWORDED
    else:
        facts = tuple(sorted(question.facts ^ other.facts))
        kind = Kind.OTHER_NUMBERS if facts else Kind.CONFLICT
    return Finding(question.row or 0, kind, other.known.id, other.row, round(likeness, 3), facts)
