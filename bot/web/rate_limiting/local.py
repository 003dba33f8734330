"""The limiter of one process."""

from __future__ import annotations

from collections import deque

from bot.clock import Clock
from bot.web.rate_limiting.verdict import MICROSECONDS, WINDOW_SECONDS, Verdict, verdict

SWEEP_EVERY = 1024


class LocalLimiter:
    """Keeps when each request of the last `window` seconds was let through, so that any such window is exact."""

    def __init__(self, clock: Clock, *, window: float = WINDOW_SECONDS) -> None:
        self._clock = clock
        self._window = int(window * MICROSECONDS)
        self._let_through: dict[str, deque[int]] = {}
        self._until_sweep = SWEEP_EVERY

    async def hit(self, key: str, *, limit: int) -> Verdict:
        """Count one request of `key`, where it is let through."""
        now = self.now()
        refused = self.refusal(key, limit=limit, now=now)
        return refused if refused is not None else self.count(key, limit=limit, now=now)

    async def close(self) -> None:
        """Nothing to close."""

    def now(self) -> int:
        """The time by which requests are counted, in microseconds."""
        return int(self._clock.now().timestamp() * MICROSECONDS)

    def refusal(self, key: str, *, limit: int, now: int) -> Verdict | None:
        """Why no further request of `key` is let through now; None where one is. Counts nothing."""
        times = self._recent(key, now)
        if len(times) < limit:
            return None
        # Once this one is forgotten, one fewer than the limit is left.
        freeing = times[len(times) - limit]
        return verdict(
            limit,
            counted=len(times),
            reset=times[0] + self._window - now,
            retry_after=freeing + self._window - now,
        )

    def count(self, key: str, *, limit: int, now: int) -> Verdict:
        """Keep that a request of `key` was let through at `now`."""
        times = self._recent(key, now)
        times.append(now)
        self._let_through[key] = times
        self._sweep(now)
        return verdict(limit, counted=len(times), reset=times[0] + self._window - now, retry_after=None)

    def _recent(self, key: str, now: int) -> deque[int]:
        times = self._let_through.get(key) or deque()
        while times and times[0] <= now - self._window:
            times.popleft()
        # The clock was set back: what it said before counts for nothing, or a key would stay shut for as long.
        while times and times[-1] > now + self._window:
            times.pop()
        return times

    def _sweep(self, now: int) -> None:
        """Forget keys that nobody uses any more."""
        self._until_sweep -= 1
        if self._until_sweep:
            return
        self._until_sweep = SWEEP_EVERY
        for key in [key for key in self._let_through if not self._recent(key, now)]:
            del self._let_through[key]
