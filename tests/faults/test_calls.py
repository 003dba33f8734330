from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import aiohttp
import pytest
from sqlalchemy import func, select, update

from bot.clock import SystemClock
from bot.models import AsyncJob, IdempotencyRecord
from bot.web.idempotency import ABANDONED_AFTER
from tests.partner_api.conftest import Office, office_on
from tests.support.partners import Answered, Client, api_on
from tests.support.settings import settings_in
from tests.support.site import Site

ONCE = {"X-Idempotency-Key": "unique-request-id-123"}


async def office_of(site: Site) -> Office:
    settings = settings_in(site.folder, secret_key=site.environment["SECRET_KEY"])
    client = Client(site.servers[0].url, site.session)
    return await office_on(api_on(site.database, settings, SystemClock()), client)


async def killed_at(site: Site, office: Office, point: str) -> Answered:
    """Ask for a call's analysis, have the server killed there, and ask the next one the same."""
    site.stops().arm(point, "kill")
    with pytest.raises(aiohttp.ClientError):
        await office.analyze(headers=ONCE)
    await site.restart(0)
    return await office.analyze(headers=ONCE)


async def jobs(office: Office) -> list[Any]:
    return await office.rows(select(func.count(AsyncJob.id)))


@pytest.mark.timeout(300)
async def test_a_call_that_is_sent_again_after_a_crash_is_one_job(
    sqlite_site: Site, figure: Callable[[str], None]
) -> None:
    site = sqlite_site
    site.breakable = True
    await site.serve()
    office = await office_of(site)
    told = await killed_at(site, office, "call_inserted")
    # What was inserted went with the process; its claim on the key runs out, and until then it may be alive.
    assert (told.status, await jobs(office)) == (409, [0])
    passed = SystemClock().now() - ABANDONED_AFTER - timedelta(seconds=1)
    await office.change(update(IdempotencyRecord).values(created_at=passed))
    kept = await killed_at(site, office, "call_kept")
    assert (kept.status, kept.headers["Idempotency-Replayed"]) == (202, "true")
    assert [str(one) for one in await office.rows(select(AsyncJob.id))] == [kept.body["job_id"]]
    figure("killed before and after the commit, and sent again each time: 1 job, its own answer")
