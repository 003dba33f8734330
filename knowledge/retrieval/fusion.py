"""How the signals of a question and an entry become one score and one confidence. Pure.

One set of settings for every vendor. The question's vector counts by its cube: two wordings of one
question are very alike (0.7 and more), while a likeness of 0.4 says hardly anything. A question text
that several entries share (a chapter's title) tells them apart that much less.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from knowledge.retrieval.bm25 import Scores
from knowledge.retrieval.tokens import fold, runs_of

QUESTION_WORDS = 0.25
ALL_WORDS = 0.75
QUESTION_VECTOR = 1.25
ANSWER_VECTOR = 0.5
# What so few characters or words ask for is sure only of entries that hold some of them; of others it is
# "probably" at most, and of a handful of letters not even that.
MOST_SLIGHT = 2
FEW_LETTERS = 3
SLIGHT, HARDLY_ANYTHING = 0.45, 0.3


@dataclass(frozen=True, slots=True)
class Signals:
    """One question against every entry; each array has the shape (entries,).

    `question_words` and `all_words` are BM25 scores as a share of the question's ceiling; `coverage` is
    the share of the question's topic that an entry speaks of (0..1); the vectors' are cosines, None
    without an encoder. `distinct` is 1 / entries with the same question text. `foreign` says that the
    question is in another script than the entries, so that words can't tell what fits. `surest` is the
    most that entries can be sure of which speak of nothing of the topic.
    """

    question_words: Scores
    all_words: Scores
    coverage: Scores
    question_vector: Scores | None
    answer_vector: Scores | None
    distinct: Scores
    foreign: bool = False
    surest: float = 1.0


def _words(signals: Signals) -> Scores:
    """What the words say of every entry."""
    return np.asarray(QUESTION_WORDS * signals.question_words + ALL_WORDS * signals.all_words, dtype=np.float32)


def fuse(signals: Signals) -> Scores:
    """The score of every entry, 0 and up; only comparable within one question."""
    score = _words(signals)
    if signals.question_vector is not None and signals.answer_vector is not None:
        question = np.maximum(signals.question_vector, 0) ** 3
        score = score + QUESTION_VECTOR * signals.distinct * question
        score = score + ANSWER_VECTOR * np.maximum(signals.answer_vector, 0)
    return np.asarray(score, dtype=np.float32)


# Logistic regressions on how far a best entry stood out in sets of 5 to 400 entries, half of whose
# questions had no entry; fitted over several public question sets together (benchmarks/calibration.py).
_WITH_VECTORS = {"close": 4.4, "coverage": 2.1, "lead": 9.4, "bias": -5.3}
_FOREIGN = {"close": 14.0, "coverage": 2.0, "lead": 5.3, "bias": -5.8}
_WORDS_ALONE = {"coverage": 1.9, "gap": 8.9, "bias": -4.65}


def confidence(signals: Signals, score: Scores) -> Scores:
    """How likely each entry really answers the question, 0..1; comparable between questions and vendors.

    `score` ranks the entries, 0 for those that are no candidates. Only the best one gains by standing out:
    with vectors by the share of its score that it leads by, as far as anything speaks for the entry at all
    (being the least bad is no merit); by words alone by the plain difference.
    """
    best, lead = _lead(score)
    coverage = signals.coverage
    if signals.question_vector is None or signals.answer_vector is None:
        weights = _WORDS_ALONE
        evidence = weights["coverage"] * coverage
        evidence[best] += weights["gap"] * np.sqrt(lead)
    else:
        weights = _FOREIGN if signals.foreign else _WITH_VECTORS
        close = np.maximum(np.maximum(signals.distinct * signals.question_vector, signals.answer_vector), 0)
        support = close if signals.foreign else np.maximum(coverage, close)
        evidence = weights["close"] * close + weights["coverage"] * coverage
        evidence[best] += weights["lead"] * support[best] * lead / np.maximum(score[best], np.finfo(np.float32).tiny)
    sure = np.where(score > 0, 1 / (1 + np.exp(-evidence - weights["bias"])), 0)
    return np.asarray(np.where(coverage > 0, sure, np.minimum(sure, signals.surest)), dtype=np.float32)


def surest_of(question: str, topic: int, *, foreign: bool) -> float:
    """How sure an entry may be that holds none of the `topic` terms of a question.

    Every text has a vector that is near to something, a slip of the thumb ("xyz") or "hm" too. In another
    script than the entries' no entry holds any, so a whole question about a word or two isn't slight there.
    """
    said = sum(len(run) if is_han else 1 for run, is_han in runs_of(fold(question))) if foreign and topic else topic
    if said > MOST_SLIGHT:
        return 1.0
    # A Chinese character says as much as several letters.
    letters = sum(1 if character.isascii() else 2 for character in question if character.isalpha())
    return SLIGHT if letters > FEW_LETTERS else HARDLY_ANYTHING


def _lead(score: Scores) -> tuple[int, np.float32]:
    """Which entry is best, and how far it is before the second; there is at least one entry."""
    best = int(np.argmax(score))
    if len(score) == 1:
        return best, score[best]
    second, first = np.partition(score, -2)[-2:]
    return best, first - second
