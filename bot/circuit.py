"""A circuit: what keeps failing is left alone for a while, so that nobody waits for it. Pure but for the clock."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.clock import Clock

FAILURES = 3
PAUSE = timedelta(seconds=30)


class Circuit:
    """Counts failures in a row; after `failures` of them it is open for `pause`.

    Then one try is let through, and its outcome closes the circuit or opens it again.
    """

    def __init__(self, clock: Clock, *, failures: int = FAILURES, pause: timedelta = PAUSE) -> None:
        self._clock = clock
        self._failures = failures
        self._pause = pause
        self._in_a_row = 0
        self._open_until: datetime | None = None

    def lets_through(self) -> bool:
        """Whether a try may be made now. Whoever is let through says how it went."""
        now = self._clock.now()
        if self._open_until is not None:
            if now < self._open_until:
                return False
            # Whoever comes first after the pause tries; the others stay away until that try is over.
            self._open_until = now + self._pause
        return True

    def succeeded(self) -> None:
        self._in_a_row, self._open_until = 0, None

    def failed(self) -> None:
        self._in_a_row += 1
        if self._in_a_row >= self._failures:
            self._open_until = self._clock.now() + self._pause
