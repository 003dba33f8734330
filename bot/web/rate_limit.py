"""Rate limits that hold in any window of 60 seconds, across processes where there is a Redis."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Protocol

from bot.clock import Clock
from bot.web.rate_limiting.local import LocalLimiter
from bot.web.rate_limiting.shared import SharedLimiter
from bot.web.rate_limiting.verdict import WINDOW_SECONDS, Verdict

POLICY = "default"


class RateLimiter(Protocol):
    """Counts requests by key."""

    async def hit(self, key: str, *, limit: int) -> Verdict:
        """Count one request of `key`, if fewer than `limit` were let through in the last 60 seconds. Never raises."""
        ...

    async def close(self) -> None: ...


def rate_limiter(redis_url: str | None, clock: Clock) -> RateLimiter:
    """The limiter of this process: shared over Redis where there is one, else local."""
    return SharedLimiter(redis_url, clock) if redis_url else LocalLimiter(clock)


def rate_limit_headers(verdict: Verdict) -> Mapping[str, str]:
    """What is left, as headers; times in whole seconds from now, rounded up.

    The `X-` names are what clients know; `RateLimit` and `RateLimit-Policy` are those of
    draft-ietf-httpapi-ratelimit-headers.
    """
    reset, window = math.ceil(verdict.reset), math.ceil(WINDOW_SECONDS)
    return {
        "X-RateLimit-Limit": str(verdict.limit),
        "X-RateLimit-Remaining": str(verdict.remaining),
        "X-RateLimit-Reset": str(reset),
        "RateLimit-Policy": f'"{POLICY}";q={verdict.limit};w={window}',
        "RateLimit": f'"{POLICY}";r={verdict.remaining};t={reset}',
    }
