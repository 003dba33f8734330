"""The limiters: at most so many in any window, whatever processes share it and whatever becomes of Redis."""

from __future__ import annotations

import asyncio
import math
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.circuit import FAILURES
from bot.clock import Clock, ManualClock, SystemClock
from bot.web.rate_limit import rate_limit_headers, rate_limiter
from bot.web.rate_limiting.local import SWEEP_EVERY, LocalLimiter
from bot.web.rate_limiting.shared import CONNECTIONS, PAUSE, SharedLimiter
from bot.web.rate_limiting.verdict import Verdict

NOBODY = "redis://127.0.0.1:1/0"


@asynccontextmanager
async def shared(url: str, clock: Clock | None = None, **more: float) -> AsyncIterator[SharedLimiter]:
    limiter = SharedLimiter(url, clock or SystemClock(), **more)
    try:
        yield limiter
    finally:
        await limiter.close()


@given(steps=st.lists(st.floats(0, 40), min_size=1, max_size=60), limit=st.integers(1, 8))
async def test_no_window_holds_more_than_the_limit_and_no_room_is_wasted(steps: list[float], limit: int) -> None:
    clock = ManualClock()
    limiter = LocalLimiter(clock)
    passed: list[datetime] = []
    for step in steps:
        clock.advance(timedelta(seconds=step))
        now = clock.now()
        verdict = await limiter.hit("key", limit=limit)
        recent = [time for time in passed if now - time < timedelta(seconds=60)]
        assert verdict.allowed == (len(recent) < limit)
        assert verdict.remaining == max(0, limit - len(recent) - verdict.allowed)
        passed += [now] if verdict.allowed else []


@given(steps=st.lists(st.floats(0, 20), min_size=1, max_size=30), limit=st.integers(1, 5))
async def test_whoever_waits_as_told_is_let_through(steps: list[float], limit: int) -> None:
    clock = ManualClock()
    limiter = LocalLimiter(clock)
    for step in steps:
        clock.advance(timedelta(seconds=step))
        verdict = await limiter.hit("key", limit=limit)
        if not verdict.allowed:
            clock.advance(timedelta(seconds=math.ceil(verdict.retry_after)))
            assert (await limiter.hit("key", limit=limit)).allowed


async def test_a_lower_limit_counts_what_the_higher_one_let_through(clock: ManualClock) -> None:
    limiter = LocalLimiter(clock)
    for _ in range(5):
        await limiter.hit("key", limit=5)
        clock.advance(timedelta(seconds=1))
    verdict = await limiter.hit("key", limit=2)
    assert (verdict.allowed, verdict.remaining, math.ceil(verdict.retry_after)) == (False, 0, 58)


async def test_keys_that_nobody_uses_are_forgotten(clock: ManualClock) -> None:
    limiter = LocalLimiter(clock)
    for number in range(SWEEP_EVERY - 1):
        await limiter.hit(f"key {number}", limit=1)
    clock.advance(timedelta(seconds=61))
    await limiter.hit("new", limit=1)
    assert len(limiter._let_through) == 1


async def test_a_clock_that_is_set_back_shuts_no_key_for_as_long(clock: ManualClock) -> None:
    limiter = LocalLimiter(clock)
    await limiter.hit("key", limit=1)
    clock.advance(-timedelta(days=1))
    assert (await limiter.hit("key", limit=1)).allowed
    verdict = await limiter.hit("key", limit=1)
    assert (verdict.allowed, math.ceil(verdict.retry_after)) == (False, 60)


async def test_keys_that_others_used_up_are_forgotten_here(redis_url: str, clock: ManualClock) -> None:
    async with shared(redis_url, clock, patience=5) as one, shared(redis_url, clock, patience=5) as other:
        assert (await one.hit("busy", limit=1)).allowed
        clock.advance(timedelta(seconds=61))
        assert not (await other.hit("busy", limit=1)).allowed
        assert not (await one.hit("busy", limit=1)).allowed
        for number in range(SWEEP_EVERY):
            await one.hit(f"key {number}", limit=1)


async def test_two_processes_together_let_through_the_limit_and_not_one_more(redis_url: str) -> None:
    # On a busy machine Redis may seem slow, and then each would count by itself.
    async with shared(redis_url, patience=30) as left, shared(redis_url, patience=30) as right:
        turn = asyncio.Semaphore(CONNECTIONS)

        async def hit(limiter: SharedLimiter) -> Verdict:
            async with turn:
                return await limiter.hit("key", limit=1000)

        verdicts = await asyncio.gather(*(hit(limiter) for _ in range(700) for limiter in (left, right)))
    assert sum(verdict.allowed for verdict in verdicts) == 1000
    assert sorted(verdict.remaining for verdict in verdicts if verdict.allowed) == list(range(1000))
    assert all(55 < verdict.retry_after <= 60.1 for verdict in verdicts if not verdict.allowed)


async def test_the_shared_window_slides(redis_url: str) -> None:
    async with (
        shared(redis_url, window=0.3, patience=30) as limiter,
        shared(redis_url, window=0.3, patience=30) as other,
    ):
        first = [await limiter.hit("key", limit=2) for _ in range(3)]
        assert [verdict.allowed for verdict in first] == [True, True, False]
        refused = await other.hit("key", limit=2)
        assert not refused.allowed
        # The loop's clock and that of Redis may run apart by a fraction of a thousandth.
        await asyncio.sleep(refused.retry_after + 0.05)
        assert (await other.hit("key", limit=2)).allowed


async def test_keys_have_their_own_count(redis_url: str) -> None:
    async with shared(redis_url, patience=30) as limiter:
        assert [(await limiter.hit(key, limit=1)).allowed for key in "abab"] == [True, True, False, False]


@asynccontextmanager
async def deaf_server() -> AsyncIterator[tuple[str, list[asyncio.StreamWriter]]]:
    """A server that takes connections and never answers."""
    taken: list[asyncio.StreamWriter] = []

    async def take(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        taken.append(writer)

    async with await asyncio.start_server(take, "127.0.0.1", 0) as server:
        yield f"redis://127.0.0.1:{server.sockets[0].getsockname()[1]}/0", taken
        for writer in taken:
            writer.close()


async def lost(**_: object) -> None:
    raise ConnectionError


async def test_without_redis_this_process_counts_by_itself(clock: ManualClock) -> None:
    async with shared(NOBODY, clock) as limiter:
        assert [(await limiter.hit("key", limit=3)).allowed for _ in range(5)] == [True] * 3 + [False] * 2


async def test_a_redis_that_hangs_is_soon_left_alone(clock: ManualClock) -> None:
    async with deaf_server() as (url, taken), shared(url, clock) as limiter:
        verdicts = [await limiter.hit("key", limit=50) for _ in range(60)]
        assert sum(verdict.allowed for verdict in verdicts) == 50
        asked = len(taken)
        assert asked <= 2 * FAILURES
        clock.advance(PAUSE)
        await limiter.hit("other", limit=50)
        assert len(taken) > asked


async def test_what_was_let_through_without_redis_counts_when_it_is_back(
    redis_url: str, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with shared(redis_url, clock, patience=30) as limiter:
        with monkeypatch.context() as away:
            away.setattr(limiter, "_script", lost)
            without = [(await limiter.hit("key", limit=5)).allowed for _ in range(4)]
        clock.advance(PAUSE)
        back = [(await limiter.hit("key", limit=5)).allowed for _ in range(3)]
    assert without + back == [True] * 5 + [False] * 2


async def test_what_redis_let_through_counts_when_it_is_gone(
    redis_url: str, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with shared(redis_url, clock, patience=30) as limiter:
        assert [(await limiter.hit("key", limit=3)).allowed for _ in range(2)] == [True, True]
        monkeypatch.setattr(limiter, "_script", lost)
        assert [(await limiter.hit("key", limit=3)).allowed for _ in range(2)] == [True, False]


async def test_the_limiter_of_a_process_is_shared_where_there_is_a_redis(clock: ManualClock) -> None:
    local, over_redis = rate_limiter(None, clock), rate_limiter(NOBODY, clock)
    assert (type(local), type(over_redis)) == (LocalLimiter, SharedLimiter)
    for limiter in (local, over_redis):
        await limiter.close()


@pytest.mark.parametrize(("reset", "told"), [(0.0, "0"), (0.1, "1"), (59.2, "60"), (60.0, "60")])
def test_headers_tell_what_is_left(reset: float, told: str) -> None:
    verdict = Verdict(allowed=True, limit=1000, remaining=7, reset=reset, retry_after=0)
    assert rate_limit_headers(verdict) == {
        "X-RateLimit-Limit": "1000",
        "X-RateLimit-Remaining": "7",
        "X-RateLimit-Reset": told,
        "RateLimit-Policy": '"default";q=1000;w=60',
        "RateLimit": f'"default";r=7;t={told}',
    }
