"""Retry policies as data."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """How often to try, and how long to wait in between: exponential from `first`, up to `longest`."""

    max_attempts: int
    first: timedelta = timedelta(seconds=1)
    longest: timedelta = timedelta(seconds=30)

    def delay(self, attempts: int) -> timedelta | None:
        """The wait after `attempts` tries that failed (1 or more), or None when no more follow."""
        if attempts >= self.max_attempts:
            return None
        doublings = min(max(attempts, 1) - 1, 30)
        return min(self.first * (1 << doublings), self.longest)
