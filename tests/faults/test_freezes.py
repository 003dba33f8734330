from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from bot.line.simulator import FaultMode
from tests.faults.conftest import Sizes
from tests.faults.crowd import Crowd
from tests.support.site import Site

# What a thawed process still has in its hands goes out within its client's time limit, if at all.
AFTERMATH_SECONDS = 2.0


@pytest.mark.timeout(1200)
async def test_a_frozen_process_is_stood_in_for_and_says_nothing_twice_when_it_wakes(
    postgresql_site: Site, sizes: Sizes, figure: Callable[[str], None]
) -> None:
    site = postgresql_site
    frozen, _ = await site.serve(2)
    await site.open_shop()
    crowd = Crowd(site, site.friends(30))
    site.line.fail(FaultMode.SLOW, endpoint="reply", seconds=0.3, times=None)
    for _ in range(sizes.freezes):
        await asyncio.gather(*(crowd.write(user, turns=1) for user in crowd.users))
        # Sometimes before anything is sent, sometimes in the midst of it.
        await asyncio.sleep(crowd.dice.uniform(0, 0.8))
        frozen.freeze()
        await site.settle()
        frozen.thaw()
        await asyncio.sleep(AFTERMATH_SECONDS)
        assert await site.readiness(frozen) == 200
    ends = await crowd.check()
    assert set(ends) <= {"answered", "answered (outcome_unknown)"}
    repeated = sum(call.path.endswith("/reply") and call.status == 400 for call in site.line.platform.calls)
    figure(f"{sizes.freezes} freezes, {dict(ends)}, {repeated} replies came again and were not shown")
