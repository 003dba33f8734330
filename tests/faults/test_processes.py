"""Two processes on one store, and processes that are told to end, while people write."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator
from statistics import quantiles

import pytest

from bot.line.simulator import FaultMode
from bot.line.simulator.model import ApiCall
from tests.faults.conftest import Sizes
from tests.faults.crowd import Crowd
from tests.support.servers import STOP_SECONDS, ProductProcess
from tests.support.site import Site

ENDS = {"answered", "answered (outcome_unknown)", "failed (outcome_unknown)", "failed (reply_token_expired)"}
KILLS, BETWEEN_KILLS = 20, 3.0
MOST_PICK_UP_SECONDS = 10.0
AT_ONCE = 8


def most_at_once(calls: list[ApiCall]) -> int:
    """To how many people replies were under way at the same moment."""
    ends = [(call.at + call.milliseconds, -1) for call in calls]
    steps, now, most = sorted([(float(call.at), 1) for call in calls] + ends), 0, 0
    for _, step in steps:
        now += step
        most = max(most, now)
    return most


def delays(crowd: Crowd, *, most: float) -> Iterator[float]:
    while True:
        yield crowd.dice.uniform(0, most)


@pytest.mark.timeout(300)
async def test_two_processes_answer_many_people_at_once_and_each_in_order(
    postgresql_site: Site, sizes: Sizes, figure: Callable[[str], None]
) -> None:
    site, (people, turns) = postgresql_site, sizes.crowd
    await site.serve(2)
    await site.open_shop()
    crowd = Crowd(site, site.friends(people))
    for _, seconds in zip(range(people * turns), delays(crowd, most=0.8), strict=False):
        site.line.fail(FaultMode.SLOW, endpoint="reply", seconds=seconds)
    await asyncio.gather(*(crowd.write(user, turns=turns, pause=0.3, copies=1) for user in crowd.users))
    ends = await crowd.check()
    replies = [call for call in site.line.platform.calls if call.path.endswith("/reply")]
    at_once = most_at_once(replies)
    assert set(ends) == {"answered"}
    assert at_once >= min(people // 4, AT_ONCE)
    figure(
        f"{people} people, {len(crowd.said)} messages, {len(replies)} replies, 0 inversions, {at_once} people at once"
    )


@pytest.mark.timeout(300)
async def test_a_process_that_is_told_to_end_under_load_ends_in_time_and_loses_nothing(
    site: Site, sizes: Sizes, figure: Callable[[str], None]
) -> None:
    await site.serve()
    await site.open_shop()
    crowd, took = Crowd(site, site.friends(12)), []
    site.line.fail(FaultMode.SLOW, endpoint="reply", seconds=0.3, times=None)
    async with crowd.talking(pause=0.4):
        for _ in range(sizes.restarts):
            await asyncio.sleep(crowd.dice.uniform(0.3, 1.0))
            began = time.monotonic()
            assert await site.servers[0].end() == 0
            took.append(time.monotonic() - began)
            await site.restart(0)
    ends = await crowd.check()
    assert set(ends) == {"answered"}
    assert max(took) <= STOP_SECONDS
    figure(f"{len(took)} times, {max(took):.1f} s at most, {len(crowd.acknowledged)} acknowledged, {dict(ends)}")


async def picked_up(site: Site, dead: ProductProcess, into: list[float]) -> None:
    """Measure how long each lane of a dead process waits for somebody else."""
    died, left = time.monotonic(), await site.lanes_of(dead)
    while left:
        fences = await site.fences()
        for lane in [lane for lane, fence in left.items() if fences[lane] > fence]:
            into.append(time.monotonic() - died)
            del left[lane]
        await asyncio.sleep(0.05)


@pytest.mark.timeout(600)
@pytest.mark.usefixtures("full_size")
async def test_of_two_processes_one_dies_every_three_seconds(
    postgresql_site: Site, figure: Callable[[str], None]
) -> None:
    site = postgresql_site
    await site.serve(2)
    await site.open_shop()
    crowd, waits, watching = Crowd(site, site.friends(50)), list[float](), []
    site.line.fail(FaultMode.SLOW, endpoint="reply", seconds=0.2, times=None)
    async with crowd.talking(pause=2.5):
        for number in range(KILLS):
            await asyncio.sleep(BETWEEN_KILLS)
            dead = site.servers[number % 2]
            dead.kill()
            watching.append(asyncio.create_task(picked_up(site, dead, waits)))
            await site.restart(number % 2)
    ends = await crowd.check()
    await asyncio.gather(*watching)
    p99 = quantiles(waits, n=100)[-1]
    assert set(ends) <= ENDS
    assert p99 <= MOST_PICK_UP_SECONDS
    figure(
        f"{KILLS} kills in {KILLS * BETWEEN_KILLS:.0f} s, {len(crowd.acknowledged)} events, 0 lost, 0 seen twice, "
        f"0 out of order; {len(waits)} lanes picked up, p99 {p99:.1f} s; {dict(ends)}"
    )
