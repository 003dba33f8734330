"""How well the confidence tells "this answers it" from "nothing fits", over whole sets and small shops.

Each question is asked twice: with its right entry in the knowledge base, and with it taken out. The
knowledge bases are the sets themselves, and shops of 10 and 30 entries drawn from them, half of them at
random and half among each other's neighbours, as a real shop's entries are.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from benchmarks.sets import EncodedSet
from knowledge.finding import SURE
from knowledge.retrieval import fusion
from knowledge.retrieval.encoder import Vectors
from knowledge.retrieval.index import Index

SHOP_SIZES = (10, 30)
SHOPS = 60
QUESTIONS_A_SHOP = 5
BINS = 10

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one question: the best entry's features and confidence, whether it is right, and
    whether the right one was there at all."""

    features: tuple[float, ...]
    confidence: float
    is_right: bool
    is_answerable: bool


def judged(index: Index, question: str, vector: Vectors | None, *, right: Sequence[int], hidden: bool) -> Outcome:
    """Ask `index`; with `hidden` the right entries are taken out of the ranking."""
    signals = index.signals(question, vector)
    score = fusion.fuse(signals)
    if hidden:
        score[list(right)] = 0
    best = int(np.argmax(score))
    confidence = float(fusion.confidence(signals, score)[best])
    return Outcome(features_of(signals, score, best), confidence, best in right and not hidden, not hidden)


def features_of(signals: fusion.Signals, score: Vectors, best: int) -> tuple[float, ...]:
    """What the confidence is computed from (see `knowledge.retrieval.fusion`), for fitting it anew."""
    second = float(np.partition(score, -2)[-2]) if len(score) > 1 else 0.0
    first, coverage = float(score[best]), float(signals.coverage[best])
    if signals.question_vector is None or signals.answer_vector is None:
        return (1.0, coverage, (first - second) ** 0.5)
    close = max(float(signals.distinct[best] * signals.question_vector[best]), float(signals.answer_vector[best]), 0)
    return (1.0, close, coverage, max(coverage, close) * (first - second) / max(first, 1e-9))


def whole_set(data: EncodedSet, *, with_vectors: bool) -> list[Outcome]:
    vectors = data.question_vectors if with_vectors else [None] * len(data.asked)
    return [
        judged(data.index, question, vector, right=right, hidden=hidden)
        for (question, right), vector in zip(data.asked, vectors, strict=True)
        for hidden in (False, True)
        if right
    ]


def small_shops(data: EncodedSet, size: int, *, with_vectors: bool) -> list[Outcome]:
    """Questions to shops of `size` entries, the index built without the right entry where it is taken out."""
    outcomes: list[Outcome] = []
    for entries, asked in _shops(data, size):
        with_all = data.index_over(entries)
        for at in asked:
            question, right = data.asked[at]
            vector = data.question_vectors[at] if with_vectors else None
            places = [place for place, entry in enumerate(entries) if entry in right]
            outcomes.append(judged(with_all, question, vector, right=places, hidden=False))
            without = data.index_over([entry for entry in entries if entry not in right])
            outcomes.append(replace(judged(without, question, vector, right=(), hidden=False), is_answerable=False))
    return outcomes


def _shops(data: EncodedSet, size: int) -> Iterator[tuple[list[int], list[int]]]:
    """The entries of each shop, and the questions that are put to it."""
    chance = np.random.default_rng(size)
    for number in range(SHOPS):
        first = int(chance.choice([at for at, (_, right) in enumerate(data.asked) if right]))
        right = list(data.asked[first][1])
        near = np.argsort(-(data.topics @ data.topics[right[0]]))[: 2 * size] if number % 2 else data.topics.shape[0]
        chosen = chance.permutation(near)[:size].tolist()
        entries = list(dict.fromkeys([*right, *chosen]))[: max(size, len(right))]
        held = set(entries)
        others = [at for at, (_, wanted) in enumerate(data.asked) if wanted and set(wanted) <= held and at != first]
        more = chance.permutation(others)[: QUESTIONS_A_SHOP - 1].astype(int).tolist() if others else []
        yield entries, [first, *more]


def summary(outcomes: Sequence[Outcome]) -> str:
    sure = np.array([one.confidence for one in outcomes])
    right = np.array([one.is_right for one in outcomes])
    answerable = np.array([one.is_answerable for one in outcomes])
    accepted = sure >= SURE
    return (
        f"AUROC {auroc(sure, answerable):.3f}  false accepts {accepted[~answerable].mean():.3f}  "
        f"right and sure {(accepted & right)[answerable].mean():.3f}  right first {right[answerable].mean():.3f}  "
        f"ECE {calibration_error(sure, right):.3f}"
    )


def auroc(scores: Floats, positive: NDArray[np.bool_]) -> float:
    """The chance that a positive scores above a negative; equals count half."""
    _, places, counts = np.unique(scores, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(counts) - (counts - 1) / 2)[places]
    positives, negatives = int(positive.sum()), int((~positive).sum())
    return float((ranks[positive].sum() - positives * (positives + 1) / 2) / (positives * negatives))


def calibration_error(confidence: Floats, right: NDArray[np.bool_]) -> float:
    """Expected calibration error over ten bins of equal width."""
    bins = np.minimum((confidence * BINS).astype(int), BINS - 1)
    parts = [bins == at for at in range(BINS) if (bins == at).any()]
    return float(sum(part.mean() * abs(confidence[part].mean() - right[part].mean()) for part in parts))
