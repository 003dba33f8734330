from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import pytest

from bot.clock import SystemClock
from partner_api.caller import Environment
from tests.support.partners import api_on, make_key
from tests.support.settings import settings_in
from tests.support.site import Site
from tests.support.waiting import eventually

SLOW = "https://sandbox.example/slow/1"
WEBHOOK = "https://partner.example/callback"
DELIVERIES = "SELECT count(*) FROM webhook_deliveries WHERE async_job_id IS NOT NULL"
JOB = "SELECT state, attempts, results IS NOT NULL FROM async_jobs"


@dataclass(frozen=True)
class Calls:
    """A partner's back end that has calls analysed on the first server, or on the other when that is gone."""

    site: Site
    headers: Mapping[str, str]

    @classmethod
    async def on(cls, site: Site) -> Calls:
        settings = settings_in(site.folder, secret_key=site.environment["SECRET_KEY"])
        api = api_on(site.database, settings, SystemClock())
        return cls(site, (await make_key(api, environment=Environment.SANDBOX)).headers)

    async def post(self, path: str, body: dict[str, Any]) -> Any:
        url = f"{self.site.servers[0].url}/api/partner/v1{path}"
        async with self.site.session.post(url, json=body, headers=self.headers) as response:
            answer = await response.json()
            assert response.status < 300, answer
            return answer

    async def analyse(self) -> None:
        company = (await self.post("/companies/create", {"name": "Test Company"}))["id"]
        agent = {"email": "agent@testcompany.com", "name": "John Doe"}
        agent_id = (await self.post(f"/companies/{company}/agents/create", agent))["id"]
        call = {"company_id": company, "agent_id": agent_id, "audio_file": SLOW, "webhook_url": WEBHOOK}
        await self.post("/calls/analyze", call)

    async def job(self) -> tuple[str, int, bool]:
        [(state, attempts, has_results)] = await self.site.rows(JOB)
        return state, attempts, bool(has_results)

    async def is_processing(self) -> bool:
        return (await self.job())[0] == "processing"

    async def is_taken_again(self) -> bool:
        return (await self.job())[1] > 1

    async def has_ended(self) -> bool:
        return (await self.job())[0] in ("completed", "failed")


@pytest.mark.timeout(300)
async def test_a_call_whose_worker_is_killed_has_one_result_and_one_callback(site: Site) -> None:
    await site.serve()
    calls = await Calls.on(site)
    await calls.analyse()
    await eventually(calls.is_processing)
    site.servers[0].kill()
    await site.restart(0)
    await eventually(calls.has_ended)
    assert await calls.job() == ("completed", 2, True)
    assert [tuple(row) for row in await site.rows(DELIVERIES)] == [(1,)]


@pytest.mark.timeout(300)
async def test_another_process_takes_a_call_over_within_ten_seconds(
    full_size: None, shared_site: Site, figure: Callable[[str], None]
) -> None:
    await shared_site.serve(2)
    calls = await Calls.on(shared_site)
    await calls.analyse()
    await eventually(calls.is_processing)
    holds = [bool(await shared_site.lanes_of(server)) for server in shared_site.servers]
    killed = time.monotonic()
    shared_site.servers[holds.index(True)].kill()
    await eventually(calls.is_taken_again)
    seconds = time.monotonic() - killed
    await eventually(calls.has_ended)
    assert seconds < 10
    assert [tuple(row) for row in await shared_site.rows(DELIVERIES)] == [(1,)]
    figure(f"taken over {seconds:.1f} s after the kill")
