"""What a limiter says of a request."""

from __future__ import annotations

from dataclasses import dataclass

WINDOW_SECONDS = 60.0
MICROSECONDS = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """Whether one more request is let through.

    `reset` is in how many seconds the oldest request that counts is forgotten, so that there is room for one
    more; `retry_after` in how many one more would be let through, 0 where this one was.
    """

    allowed: bool
    limit: int
    remaining: int
    reset: float
    retry_after: float


def verdict(limit: int, *, counted: int, reset: int, retry_after: int | None) -> Verdict:
    """The verdict where `counted` requests are in the window; times in microseconds, no `retry_after`: let through."""
    return Verdict(
        allowed=retry_after is None,
        limit=limit,
        remaining=max(0, limit - counted),
        reset=reset / MICROSECONDS,
        retry_after=(retry_after or 0) / MICROSECONDS,
    )
