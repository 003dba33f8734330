from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

from tests.faults.breaking import Breaking
from tests.faults.conftest import Sizes
from tests.faults.crowd import Crowd
from tests.support.breakpoints import How
from tests.support.site import Site

ENDS = {"answered", "answered (outcome_unknown)", "answered (pushed)"}


async def break_at(site: Site, points: Sequence[str], how: How, *, servers: int = 1) -> str:
    """Ask a question for each point, check what became of them all, and say how each ended."""
    breaking = Breaking(Crowd(site, site.friends(len(points))))
    await breaking.prepare(servers)
    for point, user in zip(points, breaking.crowd.users, strict=True):
        await breaking.ask(user, point, how)
    ends = await breaking.crowd.check()
    assert set(ends) <= ENDS
    return f"{len(points)} points, 0 lost, 0 seen twice, 0 out of order; {dict(ends)}"


@pytest.mark.timeout(300)
async def test_a_process_may_die_anywhere(site: Site, sizes: Sizes, figure: Callable[[str], None]) -> None:
    figure(await break_at(site, sizes.points_to_die_at, "kill"))


@pytest.mark.timeout(300)
async def test_a_process_may_freeze_anywhere_and_nobody_else_is_there(
    sqlite_site: Site, sizes: Sizes, figure: Callable[[str], None]
) -> None:
    figure(await break_at(sqlite_site, sizes.points_to_freeze_at, "freeze"))


@pytest.mark.timeout(300)
async def test_a_process_may_freeze_anywhere_while_another_takes_its_place(
    postgresql_site: Site, sizes: Sizes, figure: Callable[[str], None]
) -> None:
    figure(await break_at(postgresql_site, sizes.points_to_freeze_at, "freeze", servers=2))
