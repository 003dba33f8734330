from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import aiohttp
import pytest

from tests.faults.conftest import Sizes
from tests.support.site import Site
from tests.support.waiting import eventually

ROWS, FULL_ROWS = 600, 5_000
VISIBLE = "SELECT count(*) FROM knowledge_entries WHERE is_active AND origin = 'import'"
HIDDEN = "SELECT count(*) FROM knowledge_entries WHERE origin = 'staged'"


@dataclass(frozen=True)
class Importing:
    """A shop's management API, and what of an import was seen in the store."""

    site: Site
    headers: dict[str, str]

    async def call(self, method: str, path: str, **more: Any) -> Any:
        url = f"{self.site.servers[0].url}/api/v1{path}"
        async with self.site.session.request(method, url, headers=self.headers, **more) as response:
            body = await response.json()
            assert response.status < 300, body
            return body

    async def send(self, rows: int) -> str:
        lines = "".join(f"第{number}號方案的內容,答案{number}\n" for number in range(rows))
        form = aiohttp.FormData({"apply": "auto"})
        form.add_field("file", f"question,answer\n{lines}".encode(), filename="faq.csv")
        return str((await self.call("POST", "/imports", data=form))["id"])

    async def is_half_done(self, job_id: str) -> bool:
        job = await self.call("GET", f"/imports/{job_id}")
        return bool(job["state"] == "importing" and job["progress"]["percent"] > 20)

    async def has_ended(self, job_id: str) -> bool:
        return (await self.call("GET", f"/imports/{job_id}"))["state"] in ("done", "failed")

    async def count(self, statement: str) -> int:
        return int((await self.site.rows(statement))[0][0])

    @asynccontextmanager
    async def watched(self) -> AsyncIterator[set[int]]:
        """How many imported entries could be seen, each time that was looked."""
        seen: set[int] = set()

        async def look() -> None:
            while True:
                seen.add(await self.count(VISIBLE))
                await asyncio.sleep(0.02)

        looking = asyncio.create_task(look())
        try:
            yield seen
        finally:
            looking.cancel()
            await asyncio.gather(looking, return_exceptions=True)
            seen.add(await self.count(VISIBLE))


@pytest.mark.timeout(300)
async def test_an_import_whose_worker_is_killed_is_seen_whole_or_not_at_all(
    site: Site, sizes: Sizes, figure: Callable[[str], None]
) -> None:
    rows = FULL_ROWS if sizes.kills > 1 else ROWS
    await site.serve()
    importing = Importing(site, {"Authorization": f"Bearer {(await site.open_shop())['mgmt_token']}"})
    async with importing.watched() as seen:
        job_id = await importing.send(rows)
        await eventually(lambda: importing.is_half_done(job_id))
        site.servers[0].kill()
        hidden = await importing.count(HIDDEN)
        await site.restart(0)
        await eventually(lambda: importing.has_ended(job_id))
    job = await importing.call("GET", f"/imports/{job_id}")
    assert (job["state"], job["counts"]) == ("done", {"imported": rows})
    assert (seen, await importing.count(HIDDEN)) == ({0, rows}, 0)
    figure(f"killed with {hidden} of {rows} entries staged; visible were none or all: {sorted(seen)}")
