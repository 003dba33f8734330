"""Kernel ridge regression, and what it would have said had some examples not been learned. Pure."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from knowledge.intents.features import Scores

RIDGE = 0.1


class Ridge:
    """Fitted to `truth`, shape (examples, targets), by `kernel`, shape (examples, examples)."""

    def __init__(self, kernel: Scores, truth: Scores) -> None:
        self._truth = truth
        self._inverse: Scores = np.asarray(
            np.linalg.inv(kernel + np.float32(RIDGE) * np.eye(len(kernel), dtype=np.float32)), dtype=np.float32
        )
        self.weights: Scores = self._inverse @ truth

    def left_out(self) -> Scores:
        """What each example would have scored had it alone not been learned: shape (examples, targets)."""
        return self._truth - self.weights / np.diag(self._inverse)[:, None]

    def without(self, gone: Sequence[int]) -> Scores:
        """What the examples `gone` would have scored had none of them been learned: shape (gone, targets)."""
        block = np.linalg.inv(self._inverse[gone][:, gone])
        return np.asarray(self._truth[gone] - block @ self.weights[gone], dtype=np.float32)
