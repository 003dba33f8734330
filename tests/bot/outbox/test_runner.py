from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from bot.clock import ManualClock
from bot.db.engine import Database
from bot.models import Lane, LineEvent
from bot.outbox import repository, runner
from bot.outbox.lanes import LEASE, Lease
from bot.outbox.runner import LaneRunner
from tests.bot.outbox.errands import Errands
from tests.support.waiting import eventually


@pytest.fixture
async def errands(database: Database, clock: ManualClock) -> Errands:
    errands = Errands(database, clock)
    await errands.prepare()
    return errands


@pytest.fixture
async def lanes(errands: Errands) -> AsyncIterator[LaneRunner]:
    """A runner that neither sweeps nor renews unless the test starts it."""
    made = LaneRunner(errands.database, errands.clock, workers=[errands])
    yield made
    await made.stop(grace=0)


class Gate:
    """Holds items up until it is opened; `reached` says that one stands there."""

    def __init__(self) -> None:
        self.reached, self.opened = asyncio.Event(), asyncio.Event()

    async def __call__(self, _lease: Lease, _item: LineEvent) -> None:
        self.reached.set()
        await self.opened.wait()


async def row(errands: Errands) -> Lane:
    async with errands.database.reading() as session:
        return await session.get_one(Lane, "errand:one")


async def test_a_lane_is_worked_in_order_and_given_back(errands: Errands, lanes: LaneRunner) -> None:
    names = [f"item {number:02}" for number in range(12)]
    await errands.add("one", *names)
    await lanes.work(["errand:one"])
    assert errands.done == names
    assert (await row(errands)).owner is None


async def test_different_lanes_are_worked_in_parallel(errands: Errands, lanes: LaneRunner) -> None:
    together = asyncio.Barrier(3)

    async def meet(_lease: Lease, _item: LineEvent) -> None:
        async with asyncio.timeout(10):
            await together.wait()

    errands.do = meet
    for lane in "abc":
        await errands.add(lane, lane)
    await lanes.work([f"errand:{lane}" for lane in "abc"])
    assert sorted(errands.done) == ["a", "b", "c"]


async def test_no_more_lanes_than_allowed_at_once(errands: Errands) -> None:
    lanes = LaneRunner(errands.database, errands.clock, workers=[errands], concurrency=2)
    for lane in "abcdef":
        await errands.add(lane, lane)
    await lanes.work([f"errand:{lane}" for lane in "abcdef"])
    assert (len(errands.done), errands.most_at_once <= 2) == (6, True)


async def test_a_lane_woken_during_its_work_is_not_lost(errands: Errands, lanes: LaneRunner) -> None:
    gate = errands.do = Gate()
    await errands.add("one", "first")
    working = asyncio.create_task(lanes.work(["errand:one"]))
    await gate.reached.wait()
    await errands.add("one", "second")
    await lanes.work(["errand:one"])
    gate.opened.set()
    await working
    assert errands.done == ["first", "second"]


async def test_what_arrives_just_as_a_lane_is_given_back_is_worked_too(errands: Errands, lanes: LaneRunner) -> None:
    async def arrive() -> None:
        if errands.done == ["early"]:
            await errands.add("one", "late")

    errands.given_back = arrive
    await errands.add("one", "early")
    await lanes.work(["errand:one"])
    assert errands.done == ["early", "late"]


async def test_what_was_postponed_is_worked_when_it_is_due_without_a_sweep(
    errands: Errands, lanes: LaneRunner, clock: ManualClock
) -> None:
    await errands.add("one", "later", due_in=timedelta(seconds=0.05))
    await lanes.work(["errand:one"])
    assert errands.done == []
    clock.advance(timedelta(seconds=0.05))
    await eventually(lambda: errands.done == ["later"])


async def test_the_sweep_finds_what_nobody_woke(errands: Errands, lanes: LaneRunner) -> None:
    await errands.add("one", "forgotten")
    await errands.add("two", "lost")
    lanes.start()
    await eventually(lambda: len(errands.done) == 2)
    assert sorted(errands.done) == ["forgotten", "lost"]


async def test_the_work_of_a_process_that_died_is_picked_up_when_its_lease_ran_out(
    errands: Errands, clock: ManualClock, lanes: LaneRunner, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runner, "SWEEP_SECONDS", 0.02)
    async with errands.database.unit_of_work() as session:
        now = clock.now()
        await repository.claim(session, "errand:one", owner=uuid.uuid4(), now=now, until=now + LEASE)
    await errands.add("one", "orphan")
    lanes.start()
    await lanes.work(["errand:one"])
    assert errands.done == []
    clock.advance(LEASE)
    await eventually(lambda: errands.done == ["orphan"])


async def test_a_worker_that_lost_its_lease_finishes_nothing(
    errands: Errands, clock: ManualClock, lanes: LaneRunner
) -> None:
    gate = errands.do = Gate()
    await errands.add("one", "contested")
    frozen = asyncio.create_task(lanes.work(["errand:one"]))
    await gate.reached.wait()
    clock.advance(LEASE)
    other = Errands(errands.database, clock)
    await LaneRunner(errands.database, clock, workers=[other]).work(["errand:one"])
    gate.opened.set()
    await frozen
    assert (errands.done, other.done) == ([], ["contested"])


async def test_slow_work_keeps_its_lease(
    errands: Errands, clock: ManualClock, lanes: LaneRunner, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runner, "RENEW_SECONDS", 0.02)
    gate = errands.do = Gate()
    await errands.add("one", "slow")
    lanes.start()
    await gate.reached.wait()
    clock.advance(LEASE * 0.9)

    async def is_renewed() -> bool:
        return (await row(errands)).lease_until == clock.now() + LEASE

    await eventually(is_renewed)
    gate.opened.set()
    await lanes.idle()
    assert errands.done == ["slow"]


async def test_a_stop_finishes_the_running_item_and_gives_the_lane_back(errands: Errands, lanes: LaneRunner) -> None:
    gate = errands.do = Gate()
    await errands.add("one", "running", "waiting")
    lanes.start()
    await gate.reached.wait()
    stopping = asyncio.create_task(lanes.stop(grace=10))
    await asyncio.sleep(0)
    gate.opened.set()
    await stopping
    assert errands.done == ["running"]
    assert (await row(errands)).owner is None


async def test_a_stop_waits_no_longer_than_its_grace(errands: Errands, lanes: LaneRunner) -> None:
    gate = errands.do = Gate()
    await errands.add("one", "endless")
    lanes.start()
    await gate.reached.wait()
    async with asyncio.timeout(10):
        await lanes.stop(grace=0.01)
    assert errands.done == []


async def test_nothing_is_begun_after_a_stop(errands: Errands, lanes: LaneRunner) -> None:
    await errands.add("one", "late")
    await lanes.stop(grace=0)
    await lanes.work(["errand:one"])
    assert errands.done == []


async def test_a_lane_that_nobody_here_works_harms_nothing(errands: Errands, lanes: LaneRunner) -> None:
    await errands.add("one", "mine")
    await lanes.work(["of-another-version:x", "errand:one"])
    assert errands.done == ["mine"]


async def test_a_store_that_fails_half_way_delays_and_loses_nothing(
    errands: Errands, clock: ManualClock, lanes: LaneRunner
) -> None:
    async def fail(_lease: Lease, _item: LineEvent) -> None:
        raise ConnectionResetError

    errands.do = fail
    await errands.add("one", "again")
    await lanes.work(["errand:one"])
    errands.do = None
    clock.advance(LEASE)
    await lanes.work(["errand:one"])
    assert errands.done == ["again"]


async def test_a_fault_of_the_worker_is_told_of_and_stops_no_other_lane(
    errands: Errands, clock: ManualClock, lanes: LaneRunner, capsys: pytest.CaptureFixture[str]
) -> None:
    async def fail(lease: Lease, _item: LineEvent) -> None:
        if lease.key == "errand:one":
            raise ZeroDivisionError

    errands.do = fail
    await errands.add("one", "faulty")
    await errands.add("two", "sound")
    await lanes.work(["errand:one", "errand:two"])
    assert errands.done == ["sound"]
    assert "lane_failed" in capsys.readouterr().out
    errands.do = None
    clock.advance(LEASE)
    await lanes.work(["errand:one"])
    assert errands.done == ["sound", "faulty"]
