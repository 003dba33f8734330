"""How the signals of a question and an entry become one score and one confidence. Pure.

One set of settings for every vendor. The question's vector counts by its cube: two wordings of one
question are very alike (0.7 and more), while a likeness of 0.4 says hardly anything. A question text
that several entries share (a chapter's title) tells them apart that much less.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from knowledge.retrieval.bm25 import Scores

QUESTION_WORDS = 0.25
ALL_WORDS = 0.75
QUESTION_VECTOR = 1.25
ANSWER_VECTOR = 0.5


@dataclass(frozen=True, slots=True)
class Signals:
    """One question against every entry; each array has the shape (entries,).

    `question_words` and `all_words` are BM25 scores as a share of the question's ceiling; `coverage` is
    the share of the question's topic that an entry speaks of (0..1); the vectors' are cosines, None
    without an encoder. `distinct` is 1 / entries with the same question text.
    """

    question_words: Scores
    all_words: Scores
    coverage: Scores
    question_vector: Scores | None
    answer_vector: Scores | None
    distinct: Scores


def fuse(signals: Signals) -> Scores:
    """The score of every entry, 0 and up; only comparable within one question."""
    score = QUESTION_WORDS * signals.question_words + ALL_WORDS * signals.all_words
    if signals.question_vector is not None and signals.answer_vector is not None:
        question = np.maximum(signals.question_vector, 0) ** 3
        score = score + QUESTION_VECTOR * signals.distinct * question
        score = score + ANSWER_VECTOR * np.maximum(signals.answer_vector, 0)
    return np.asarray(score, dtype=np.float32)


# Logistic regressions on how far a best entry stood out in sets of 5 to 500 entries, half of whose
# questions had no entry; fitted over several public question sets together (benchmarks/retrieval.py).
_WITH_VECTORS = {"close": 5.8, "lead": 10.1, "coverage": 2.1, "bias": -5.9}
_WORDS_ALONE = {"words": 3.8, "lead": 6.7, "coverage": 0.5, "bias": -4.1}


def confidence(signals: Signals, score: Scores) -> Scores:
    """How likely each entry really answers the question, 0..1; comparable between questions and vendors.

    `score` ranks the entries, 0 for those that are no candidates. Only the best one has a lead: by how
    much of its score it beats the second, and that counts as far as anything speaks for the entry at
    all: being the least bad is no merit.
    """
    lead = np.zeros_like(score)
    order = np.argsort(-score, kind="stable")[:2]
    if score.size and score[order[0]] > 0:
        second = score[order[1]] if order.size > 1 else 0.0
        lead[order[0]] = (score[order[0]] - second) / score[order[0]]
    if signals.question_vector is None or signals.answer_vector is None:
        weights, evidence = _WORDS_ALONE, _WORDS_ALONE["words"] * signals.all_words
        support = np.minimum(1, 2 * signals.coverage)
    else:
        close = np.maximum(signals.distinct * signals.question_vector, signals.answer_vector)
        weights, evidence = _WITH_VECTORS, _WITH_VECTORS["close"] * np.maximum(close, 0)
        support = np.maximum(signals.coverage, close)
    evidence = evidence + weights["coverage"] * signals.coverage + weights["lead"] * lead * support + weights["bias"]
    return np.asarray(np.where(score > 0, 1 / (1 + np.exp(-evidence)), 0), dtype=np.float32)
