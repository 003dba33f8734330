from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

import pytest

from bot.line.simulator import FaultMode
from tests.faults.conftest import Sizes
from tests.faults.crowd import Crowd
from tests.support.site import Site

MOST_SECONDS = 60.0


async def gathered(site: Site, sizes: Sizes) -> Crowd:
    """What many people wrote, with a server that takes it in."""
    people, turns = sizes.backlog
    await site.serve()
    await site.open_shop()
    crowd = Crowd(site, site.friends(people))
    await asyncio.gather(*(crowd.write(user, turns=turns, copies=1) for user in crowd.users))
    return crowd


async def drained(crowd: Crowd) -> str:
    """Wait for the end of what has gathered, and say how long it took."""
    began, seen = time.monotonic(), len(await crowd.site.shown())
    ends = await crowd.check()
    took = time.monotonic() - began
    assert seen == 0
    assert set(ends) == {"answered"}
    assert took <= MOST_SECONDS
    replies = len(await crowd.site.shown())
    return (
        f"{len(crowd.said)} events of {len(crowd.users)} people answered in order by {replies} replies in {took:.1f} s"
    )


@pytest.mark.timeout(300)
async def test_what_gathered_while_line_was_away_is_answered_once_it_is_back(
    site: Site, sizes: Sizes, figure: Callable[[str], None]
) -> None:
    site.line.fail(FaultMode.STATUS, endpoint="reply", status=429, times=None)
    crowd = await gathered(site, sizes)
    site.line.faults.clear()
    figure(await drained(crowd))


@pytest.mark.timeout(300)
async def test_what_gathered_while_no_worker_ran_is_answered_once_one_does(
    split_site: Site, sizes: Sizes, figure: Callable[[str], None]
) -> None:
    crowd = await gathered(split_site, sizes)
    split_site.work()
    figure(await drained(crowd))
