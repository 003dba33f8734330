from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from pathlib import Path

import pytest
from redis.exceptions import RedisError
from taskiq.receiver import Receiver

from bot.outbox import runner
from scheduler import wakeups as wakeups_module
from scheduler.wakeups import LANES_A_MESSAGE, STOP_ATTEMPTS, WakeUps
from tests.support.running import running
from tests.support.valkey import ValkeyServer
from tests.support.waiting import eventually

Start = Callable[..., Awaitable[WakeUps]]


class Worked:
    """A runner that only notes which lanes it was asked to work."""

    def __init__(self) -> None:
        self.lanes: list[str] = []

    async def work(self, keys: Sequence[str]) -> None:
        self.lanes += keys


@pytest.fixture
async def start() -> AsyncIterator[Start]:
    """`await start(redis_url=..., runner=...)` connects; everything is closed at the end."""
    started: list[WakeUps] = []

    async def make(*, redis_url: str | None = None, runner: Worked | None = None) -> WakeUps:
        made = WakeUps(redis_url=redis_url, runner=runner)
        started.append(made)
        await made.start()
        return made

    yield make
    for made in started:
        await made.stop_listening()
        await made.close()


def lanes(count: int) -> list[str]:
    return [f"line:{number}" for number in range(count)]


async def test_wake_ups_reach_the_runner_of_this_process(start: Start) -> None:
    worked = Worked()
    wakeups = await start(runner=worked)
    wakeups.wake(lanes(20))
    await eventually(lambda: sorted(worked.lanes) == sorted(lanes(20)))


async def test_wake_ups_over_redis_reach_a_runner_of_another_process(start: Start, redis_url: str) -> None:
    worked = Worked()
    await start(redis_url=redis_url, runner=worked)
    (await start(redis_url=redis_url)).wake(["line:1"])
    await eventually(lambda: worked.lanes == ["line:1"])


async def test_two_receivers_share_the_work(start: Start, redis_url: str) -> None:
    here, there = Worked(), Worked()
    for worked in (here, there):
        await start(redis_url=redis_url, runner=worked)
    sender = await start(redis_url=redis_url)
    count = 40 * LANES_A_MESSAGE
    sender.wake(lanes(count))
    await eventually(lambda: len(here.lanes) + len(there.lanes) == count)
    assert sorted(here.lanes + there.lanes) == sorted(lanes(count))
    assert here.lanes
    assert there.lanes


async def test_redis_answers_a_ping_or_says_that_it_does_not(start: Start, redis_url: str) -> None:
    await (await start(redis_url=redis_url)).ping()
    await (await start()).ping()
    nowhere = await start(redis_url="redis://127.0.0.1:1/0")
    with pytest.raises(RedisError):
        await nowhere.ping()


async def test_a_wake_up_that_can_not_be_sent_is_only_lost(start: Start) -> None:
    nowhere = await start(redis_url="redis://127.0.0.1:1/0", runner=Worked())
    nowhere.wake(lanes(3))
    async with asyncio.timeout(10):
        await asyncio.gather(*nowhere._sending)


async def test_a_redis_that_forgot_everything_is_listened_to_again(start: Start, own_valkey: ValkeyServer) -> None:
    worked = Worked()
    await start(redis_url=own_valkey.url, runner=worked)
    sender = await start(redis_url=own_valkey.url)
    sender.wake(["line:before"])
    await eventually(lambda: "line:before" in worked.lanes)
    own_valkey.empty()

    def wake_and_look() -> bool:
        sender.wake([f"line:{uuid.uuid4()}"])
        return len(worked.lanes) > 1

    await eventually(wake_and_look)


async def test_events_are_answered_without_the_redis_that_is_configured(
    postgresql_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runner, "SWEEP_SECONDS", 0.05)
    async with running(postgresql_url, tmp_path, redis_url="redis://127.0.0.1:1/0") as product:
        await product.shops.open()
        assert await product.ask(product.friend(), "你們幾點打烊？") == ["我們每天晚上 9 點打烊。"]


async def test_events_are_answered_over_redis(postgresql_url: str, tmp_path: Path, redis_url: str) -> None:
    async with running(postgresql_url, tmp_path, redis_url=redis_url) as product:
        await product.shops.open()
        assert await product.ask(product.friend(), "你們幾點打烊？") == ["我們每天晚上 9 點打烊。"]


async def test_events_go_on_being_answered_when_redis_goes_away(
    postgresql_url: str, tmp_path: Path, own_valkey: ValkeyServer
) -> None:
    async with running(postgresql_url, tmp_path, redis_url=own_valkey.url) as product:
        await product.shops.open()
        user = product.friend()
        assert await product.ask(user, "你們幾點打烊？") != []
        own_valkey.stop()
        assert await product.ask(user, "你們幾點打烊？") != []


@pytest.fixture
async def own_valkey() -> AsyncIterator[ValkeyServer]:
    """A server of this test's own, which it may stop."""
    server = ValkeyServer()
    server.start()
    yield server
    server.stop()


@pytest.mark.parametrize("deaf", [1, 100])
async def test_a_receiver_that_misses_its_cancellation_does_not_keep_a_process_from_ending(
    start: Start, redis_url: str, monkeypatch: pytest.MonkeyPatch, deaf: int
) -> None:
    """As seen with taskiq's prefetcher, in a read from Redis that ended just when it was cancelled."""
    cancelled: list[bool] = []
    over = asyncio.Event()

    async def listen(_receiver: Receiver, finish: asyncio.Event) -> None:
        while not over.is_set():
            try:
                await over.wait()
            except asyncio.CancelledError:
                cancelled.append(finish.is_set())
                if len(cancelled) > deaf:
                    raise

    monkeypatch.setattr(Receiver, "listen", listen)
    monkeypatch.setattr(wakeups_module, "STOP_SECONDS", 0.01)
    wakeups = await start(redis_url=redis_url, runner=Worked())
    await asyncio.sleep(0)
    await wakeups.stop_listening()
    assert len(cancelled) == min(deaf + 1, STOP_ATTEMPTS)
    assert all(cancelled)
    over.set()
