"""A request that is sent again after its server was killed, before its work was committed and after."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import aiohttp
import pytest
from sqlalchemy import func, select

from bot.clock import SystemClock
from bot.models import AsyncJob
from tests.partner_api.conftest import Office, office_on
from tests.support.partners import Answered, Client, api_on
from tests.support.settings import settings_in
from tests.support.site import Site

ONCE = {"X-Idempotency-Key": "unique-request-id-123"}


async def office_of(site: Site) -> Office:
    settings = settings_in(site.folder, secret_key=site.environment["SECRET_KEY"])
    client = Client(site.servers[0].url, site.session)
    return await office_on(api_on(site.database, settings, SystemClock()), client)


async def killed_at(site: Site, office: Office, point: str) -> None:
    """Ask for a call's analysis, and have the server killed there."""
    site.stops().arm(point, "kill")
    with pytest.raises(aiohttp.ClientError):
        await office.analyze(headers=ONCE)
    await site.restart(0)


async def told(office: Office) -> tuple[Answered, list[Any]]:
    """What the same request is told now, and how many jobs there are then."""
    return await office.analyze(headers=ONCE), await office.rows(select(func.count(AsyncJob.id)))


@pytest.mark.timeout(300)
@pytest.mark.parametrize("point", ["call_inserted", "call_kept"])
async def test_a_call_that_is_sent_again_after_a_crash_is_one_job(
    site: Site, point: str, figure: Callable[[str], None]
) -> None:
    site.breakable = True
    await site.serve()
    office = await office_of(site)
    await killed_at(site, office, point)
    answer, jobs = await told(office)
    # What was inserted and not committed went with the process, and its claim on the key with it.
    assert (answer.status, jobs) == (202, [1])
    assert answer.headers.get("Idempotency-Replayed") == (None if point == "call_inserted" else "true")
    again, jobs = await told(office)
    assert (again.body, jobs) == (answer.body, [1])
    assert [str(one) for one in await office.rows(select(AsyncJob.id))] == [answer.body["job_id"]]
    figure(f"killed at {point} and sent again at once: 1 job, one answer")
