"""How often a channel may be checked: LINE tests a webhook at most 60 times an hour, whoever asks."""

from __future__ import annotations

import uuid
from collections import OrderedDict, deque
from datetime import datetime, timedelta

from bot.clock import Clock
from bot.errors import TooManyRequests

MOST_CHECKS = 10
WITHIN = timedelta(hours=1)
MOST_KEPT = 10_000


class TooManyChecks(TooManyRequests):
    code = "too_many_checks"
    message = f"A channel can be checked {MOST_CHECKS} times an hour. Please try again later."


class CheckLimit:
    """Counts the checks of this process, of each channel by itself."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._begun: OrderedDict[uuid.UUID, deque[datetime]] = OrderedDict()

    def take(self, channel_id: uuid.UUID) -> None:
        """Count one more. Raises TooManyChecks, which says when the next may begin."""
        now = self._clock.now()
        begun = self._begun.setdefault(channel_id, deque())
        self._begun.move_to_end(channel_id)
        while begun and now - begun[0] >= WITHIN:
            begun.popleft()
        if len(begun) >= MOST_CHECKS:
            raise TooManyChecks(retry_after=(begun[0] + WITHIN - now).total_seconds())
        begun.append(now)
        if len(self._begun) > MOST_KEPT:
            self._begun.popitem(last=False)
