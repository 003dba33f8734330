from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from tests.faults.conftest import Sizes
from tests.faults.crowd import Crowd
from tests.support.shown import times_answered
from tests.support.site import Site


@pytest.mark.timeout(300)
async def test_each_event_is_answered_once_however_often_wherever_and_in_whatever_order_it_arrives(
    shared_site: Site, sizes: Sizes, figure: Callable[[str], None]
) -> None:
    await shared_site.serve(2)
    await shared_site.open_shop()
    crowd = Crowd(shared_site, shared_site.friends(sizes.conversations))
    await asyncio.gather(*(crowd.write(user, turns=sizes.turns) for user in crowd.users))
    await crowd.check()
    await crowd.write_in_disorder(turns=sizes.turns, at_once=40)
    ends = await crowd.check(in_order=False)
    assert set(ends) <= {"answered", "answered (outcome_unknown)"}
    assert len(times_answered(await shared_site.shown())) == len(crowd.said)
    webhooks, slowest = len(shared_site.line.platform.webhooks), shared_site.slowest_answer()
    figure(f"{len(crowd.said)} events in {webhooks} webhooks, {dict(ends)}, slowest answer {slowest:.1f} s")
