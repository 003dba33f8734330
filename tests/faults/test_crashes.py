from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from bot.outbox.lanes import LEASE
from tests.faults.conftest import Sizes
from tests.faults.crowd import Crowd
from tests.support.site import Site

OPEN = "SELECT count(*) FROM line_events WHERE state IN ('received', 'working')"
# A customer whose lane was held by one dead process after the other may have waited for longer than a token lives.
ENDS = {"answered", "answered (outcome_unknown)", "failed (outcome_unknown)", "failed (reply_token_expired)"}
DOUBTFUL = "SELECT count(*) FROM deliveries WHERE state = 'unknown'"


@pytest.mark.timeout(300)
async def test_a_server_that_is_killed_or_told_to_end_under_load_loses_nothing_and_says_nothing_twice(
    site: Site, sizes: Sizes, figure: Callable[[str], None]
) -> None:
    await site.serve()
    await site.open_shop()
    crowd, open_at_kill = Crowd(site, site.friends(12)), 0
    async with crowd.talking(pause=0.15):
        for number in range(sizes.kills):
            # Now and then the lanes that dead processes held are let go, and worked on, before the next kill.
            await asyncio.sleep(LEASE.total_seconds() + 3 if number % 3 == 2 else crowd.dice.uniform(0.5, 1.5))
            site.servers[0].kill()
            open_at_kill += (await site.rows(OPEN))[0][0]
            await site.restart(0)
        await asyncio.sleep(0.5)
        assert await site.servers[0].end() == 0
        await site.restart(0)
    ends = await crowd.check()
    assert set(ends) <= ENDS
    figure(
        f"{sizes.kills} kills with {open_at_kill} open events in sum and a SIGTERM; "
        f"{len(crowd.acknowledged)} acknowledged, 0 lost, 0 seen twice; "
        f"{dict(ends)}; outcome unknown: {(await site.rows(DOUBTFUL))[0][0]}"
    )
