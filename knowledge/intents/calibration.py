"""Scores to probabilities: logistic regression that stays near settings known from elsewhere. Pure.

With five examples of one intent there is little to learn from, with thousands much; so the weights start
from a prior and leave it as far as the data speaks for it (a Gaussian prior, maximum a posteriori).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

_STEPS = 25
_CONVERGED = 1e-6
_LARGEST_LOGIT = 30.0


@dataclass(frozen=True, slots=True)
class Logistic:
    """Weights by feature and a bias, the last of `weights`."""

    weights: Floats

    def __call__(self, features: Floats) -> Floats:
        """Probabilities; `features` has the shape (..., features), the answer the shape (...)."""
        logits = features @ self.weights[:-1] + self.weights[-1]
        return np.asarray(1 / (1 + np.exp(-np.clip(logits, -_LARGEST_LOGIT, _LARGEST_LOGIT))))

    def fitted(
        self, features: Floats, truth: NDArray[np.bool_], *, strength: float, counts: Floats | None = None
    ) -> Logistic:
        """Weights that explain `truth`, starting from these and held to them by `strength`. Newton's method.

        `features` has the shape (rows, features); `counts` says how often each row counts, once by default.
        """
        often = np.ones(len(truth)) if counts is None else counts
        with_bias = np.column_stack([features, np.ones(len(features))])
        weights = self.weights.copy()
        for _ in range(_STEPS):
            likely = Logistic(weights)(features)
            slope = with_bias.T @ (often * (likely - truth)) + strength * (weights - self.weights)
            spread = often * likely * (1 - likely)
            curve = (with_bias * spread[:, None]).T @ with_bias + strength * np.eye(len(weights))
            step = np.linalg.solve(curve, slope)
            weights = weights - np.clip(step, -5, 5)
            if np.abs(step).max() < _CONVERGED:
                break
        return Logistic(weights)
