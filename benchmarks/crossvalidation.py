"""Whether the few weights of retrieval hold on sets that they weren't fitted on: each set is left out in turn.

The weights of the fusion are chosen from a small grid by the other sets' mean of recall@1 and MRR@10;
those of the confidence are fitted to the other sets' shops by logistic regression.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from itertools import product

import numpy as np

from benchmarks.calibration import SHOP_SIZES, Floats, Outcome, auroc, calibration_error, small_shops
from benchmarks.sets import EncodedSet
from knowledge.finding import SURE

QUESTION_WORDS = (0.15, 0.25, 0.35)
QUESTION_VECTOR = (0.8, 1.25, 1.8)
ANSWER_VECTOR = (0.35, 0.5, 0.65)
ROUNDS = 25
RIDGE = 1e-3

Weights = tuple[float, float, float]


def fusion_weights(sets: Sequence[EncodedSet]) -> None:
    """Print what each set reaches with the weights that the other sets choose."""
    reached = {data.name: _over_the_grid(data) for data in sets}
    for left_out, own in reached.items():
        others = [name for name in reached if name != left_out]
        chosen = max(own, key=partial(_mean, reached, others))
        recall, third, reciprocal = own[chosen]
        print(f"  {left_out:<9} {recall:.3f} {third:.3f} {reciprocal:.3f}   question words {chosen[0]}, "
              f"question vector {chosen[1]}, answer vector {chosen[2]}")  # fmt: skip


def _mean(reached: Mapping[str, Mapping[Weights, Weights]], names: Sequence[str], weights: Weights) -> float:
    return sum(reached[name][weights][0] + reached[name][weights][2] for name in names)


def _over_the_grid(data: EncodedSet) -> dict[Weights, Weights]:
    """recall@1, recall@3 and MRR@10 by weights."""
    grid = list(product(QUESTION_WORDS, QUESTION_VECTOR, ANSWER_VECTOR))
    ranks = np.array([_ranks(data, at, grid) for at in range(len(data.asked))])
    figures = np.stack([ranks == 1, ranks <= 3, np.where(ranks <= 10, 1 / ranks, 0)]).mean(axis=1)
    return {weights: tuple(figures[:, at]) for at, weights in enumerate(grid)}


def _ranks(data: EncodedSet, at: int, grid: Sequence[Weights]) -> list[float]:
    question, right = data.asked[at]
    signals = data.index.signals(question, data.question_vectors[at])
    if signals.question_vector is None or signals.answer_vector is None:
        raise RuntimeError("the index has no vectors")
    alike = signals.distinct * np.maximum(signals.question_vector, 0) ** 3
    ranks = []
    for words, question_vector, answer_vector in grid:
        score = words * signals.question_words + (1 - words) * signals.all_words
        score = score + question_vector * alike + answer_vector * signals.answer_vector
        ranks.append(float((score > score[list(right)].max()).sum() + 1) if right else np.inf)
    return ranks


def confidence_weights(sets: Sequence[EncodedSet], *, with_vectors: bool) -> None:
    """Print how well each set's shops are judged with weights fitted to the other sets' shops."""
    outcomes = {
        data.name: [one for size in SHOP_SIZES for one in small_shops(data, size, with_vectors=with_vectors)]
        for data in sets
    }
    for left_out, own in outcomes.items():
        weights = _fitted([one for name, some in outcomes.items() if name != left_out for one in some])
        sure = 1 / (1 + np.exp(-np.array([one.features for one in own]) @ weights))
        right = np.array([one.is_right for one in own])
        answerable = np.array([one.is_answerable for one in own])
        shown = " ".join(f"{weight:.1f}" for weight in weights)
        print(f"  {left_out:<9} AUROC {auroc(sure, answerable):.3f}  "
              f"false accepts {(sure >= SURE)[~answerable].mean():.3f}  "
              f"right and sure {((sure >= SURE) & right)[answerable].mean():.3f}  "
              f"ECE {calibration_error(sure, right):.3f}   weights {shown}")  # fmt: skip


def _fitted(outcomes: Sequence[Outcome]) -> Floats:
    """Logistic regression by Newton's method."""
    features = np.array([one.features for one in outcomes])
    right = np.array([one.is_right for one in outcomes], dtype=np.float64)
    weights: Floats = np.zeros(features.shape[1])
    for _ in range(ROUNDS):
        sure = 1 / (1 + np.exp(-features @ weights))
        curvature = (features * (sure * (1 - sure))[:, None]).T @ features + RIDGE * np.eye(len(weights))
        weights = weights + np.linalg.solve(curvature, features.T @ (right - sure) - RIDGE * weights)
    return weights
