"""What speaks for an intent, and for a message being meant for any of the intents at all. Pure.

Scores have one column an intent and, last, one for the examples that are known to hold none of them.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from knowledge.intents.calibration import Floats
from knowledge.intents.features import Novelty, Scores
from knowledge.intents.ridge import Ridge

Flags = NDArray[np.bool_]

SCORE, NEAREST, NEW = 5.0, 3.0, 1.0
# So many combinations of intents are looked at as strangers to the others; more would only cost time.
MOST_STRANGERS = 200


def of_intents(scores: Scores) -> Floats:
    """Every intent's score and how far it is ahead of the best other: shape (rows, intents, 2)."""
    scores = scores.astype(np.float64)
    ordered = np.sort(scores, axis=1)
    best, second = ordered[:, -1:], ordered[:, -2:-1]
    ahead = scores - np.where(scores == best, second, best)
    return np.stack([scores, ahead], axis=2)[:, :-1]


def of_scope(scores: Scores, likeness: Scores, novelty: Sequence[float]) -> Floats:
    """That a message holds any intent, as a number without a scale: shape (rows,).

    `likeness`, shape (rows, examples), is that of the examples which hold an intent; `novelty` the share of
    new words. How these three are weighed is the same for everybody: strangers that are made of examples
    are much like them, so that they teach how far to trust the sum, but not what gives real strangers away.
    """
    best = scores[:, :-1].max(axis=1) - scores[:, -1]
    return np.asarray(SCORE * best + NEAREST * likeness.max(axis=1) - NEW * np.asarray(novelty), dtype=np.float64)


def of_strangers(ridge: Ridge, likeness: Scores, *, truth: Flags, messages: Flags, novelty: Novelty) -> Floats:
    """`of_scope` for `messages`, each as if no example of any of its intents had been learned.

    `likeness` is that of all examples with each other, `truth` (examples, intents) says what they hold.
    """
    groups: dict[bytes, list[int]] = {}
    for at in np.flatnonzero(messages & truth.any(axis=1)).tolist():
        groups.setdefault(truth[at].tobytes(), []).append(at)
    rows = [np.empty(0)]
    for group in list(groups.values())[:: max(1, len(groups) // MOST_STRANGERS)]:
        own = truth[group[0]]
        related = truth[:, own].any(axis=1)
        left = ~related & truth.any(axis=1)
        if not left.any():
            continue
        gone: list[int] = np.flatnonzero(related).tolist()
        own_rows = np.searchsorted(gone, group)
        scores = ridge.without(gone)[own_rows]
        # Nothing of the own intents is left to be learned from.
        scores[:, np.append(own, False)] = 0
        new = np.array(novelty.without(gone))[own_rows]
        rows.append(of_scope(scores, likeness[group][:, left], new.tolist()))
    return np.concatenate(rows)
