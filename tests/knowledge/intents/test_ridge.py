from __future__ import annotations

import numpy as np
import pytest

from knowledge.intents.features import Scores
from knowledge.intents.ridge import Ridge


@pytest.fixture
def kernel() -> Scores:
    points = np.random.default_rng(5).normal(size=(12, 4)).astype(np.float32)
    return np.asarray(points @ points.T, dtype=np.float32)


@pytest.fixture
def truth() -> Scores:
    return np.eye(3, dtype=np.float32)[np.arange(12) % 3]


@pytest.mark.parametrize("gone", [[4], [0, 3, 6, 9]])
def test_what_was_not_learned_is_scored_as_if_the_rest_had_been_learned_alone(
    kernel: Scores, truth: Scores, gone: list[int]
) -> None:
    rest = [at for at in range(12) if at not in gone]
    alone = Ridge(kernel[rest][:, rest], truth[rest])
    np.testing.assert_allclose(Ridge(kernel, truth).without(gone), kernel[gone][:, rest] @ alone.weights, atol=1e-3)


def test_leaving_one_out_is_leaving_a_group_of_one_out(kernel: Scores, truth: Scores) -> None:
    ridge = Ridge(kernel, truth)
    np.testing.assert_allclose(ridge.left_out()[7], ridge.without([7])[0], atol=1e-3)
