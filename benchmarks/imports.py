"""How long an import takes, from sending the file to finding its rows, and what it costs webhooks meanwhile.

    python -m benchmarks.imports [--rows 10000] [--store sqlite|postgresql]

One `shopkeeper serve` does everything. A CSV of questions that differ is sent to the import API and
brought in at once; its state is asked for as a page would do it. Webhooks are sent at a steady rate all
along, and their acknowledgements timed. Times hold within one run; compare the ratios.
"""

from __future__ import annotations

import argparse
import asyncio
import csv
import io
import itertools
import statistics
import tempfile
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
import uvloop

from tests.support import databases
from tests.support.postgresql import PostgresqlServer
from tests.support.site import Site

ROWS = 10_000
IDLE_SECONDS = 8.0
WEBHOOKS_A_SECOND = 10
LOOK_SECONDS = 0.2
LONGEST_SECONDS = 300.0
ENDS = ("done", "failed", "cancelled")
SUBJECTS = [
    "租金", "押金", "停車", "垃圾", "寵物", "退租", "續約", "報修", "鑰匙", "網路", "水費", "電費", "瓦斯", "管理費",
    "訪客", "包裹", "洗衣", "冷氣", "熱水", "門禁", "公設", "保險", "噪音", "裝潢", "家具", "床墊", "冰箱", "發票",
    "陽台", "電梯",
]  # fmt: skip
ASKING = ["怎麼", "什麼時候", "可以", "需要", "如何", "去哪裡", "多久", "為什麼"]


@dataclass
class Watch:
    """What was seen of one import: when it changed (seconds after it began), to which state, how far done."""

    began: float
    changes: list[tuple[float, str, int]] = field(default_factory=list)

    def note(self, job: dict[str, Any]) -> None:
        seen = (job["state"], job["progress"]["done"])
        if not self.changes or self.changes[-1][1:] != seen:
            self.changes.append((time.perf_counter() - self.began, *seen))

    @property
    def longest_silence(self) -> float:
        moments = [0.0, *(moment for moment, _, _ in self.changes)]
        return max(later - earlier for earlier, later in itertools.pairwise(moments))

    def reached(self, state: str) -> float:
        return next((moment for moment, seen, _ in self.changes if seen == state), 0.0)


async def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=ROWS)
    parser.add_argument("--store", choices=("sqlite", "postgresql"))
    wanted = parser.parse_args()
    for store in (wanted.store,) if wanted.store else ("sqlite", "postgresql"):
        async with site_on(store) as site:
            await report(site, store, rows=wanted.rows)


async def report(site: Site, store: str, *, rows: int) -> None:
    await site.serve()
    shop = await site.open_shop()
    headers = {"Authorization": f"Bearer {shop['mgmt_token']}"}
    async with aiohttp.ClientSession(f"{site.servers[0].url}/api/v1/", headers=headers, trust_env=False) as api:
        async with webhooks(site) as warming:
            await asyncio.sleep(1)
        async with webhooks(site) as idle:
            await asyncio.sleep(IDLE_SECONDS)
        async with webhooks(site) as busy:
            watch = await bring_in(api, content(rows), rows=rows)
            searchable = time.perf_counter() - watch.began
    assert warming
    _, end, _ = watch.changes[-1]
    print(f"{store}: {rows} rows {end} and found after {searchable:.1f} s, {rows / searchable:.0f} rows/s")
    print(
        f"  read and compared by {watch.reached('importing'):.1f} s, brought in by {watch.reached('done'):.1f} s; "
        f"longest time without visible progress {watch.longest_silence:.1f} s"
    )
    for name, found in (("idle", idle), ("importing", busy)):
        print(f"  webhooks {name:<10}{_told(found)}")
    print(f"  ratio of the medians {statistics.median(busy) / statistics.median(idle):.1f}")


async def bring_in(api: aiohttp.ClientSession, file: bytes, *, rows: int) -> Watch:
    """Send the file, watch the import to its end, and ask until its last row is found."""
    form = aiohttp.FormData({"apply": "auto"})
    form.add_field("file", file, filename="faq.csv", content_type="text/csv")
    watch = Watch(time.perf_counter())
    async with api.post("imports", data=form) as response:
        job = await response.json()
        assert response.status == 202, job
    async with asyncio.timeout(LONGEST_SECONDS):
        while job["state"] not in ENDS:
            await asyncio.sleep(LOOK_SECONDS)
            async with api.get(f"imports/{job['id']}") as response:
                job = await response.json()
            watch.note(job)
        while True:
            if await _found(api, f"方案{rows}"):
                return watch
            await asyncio.sleep(LOOK_SECONDS)


async def _found(api: aiohttp.ClientSession, text: str) -> bool:
    async with api.post("knowledge/search", json={"query": text}) as response:
        body = await response.json()
        assert response.status == 200, body
    return any(text in item["question_summary"] for item in body["items"])


@asynccontextmanager
async def webhooks(site: Site) -> AsyncIterator[list[float]]:
    """Webhooks at a steady rate while the block runs; the seconds until each was acknowledged."""
    seconds: list[float] = []
    users = site.friends(20)
    sending: set[asyncio.Task[None]] = set()

    async def send(number: int) -> None:
        said = site.says(users[number % len(users)], "你們幾點打烊？")
        started = time.perf_counter()
        attempt = await site.post(said)
        assert attempt.status == 200, attempt
        seconds.append(time.perf_counter() - started)

    async def keep_sending() -> None:
        began = time.perf_counter()
        for number in range(10**6):
            await asyncio.sleep(max(0.0, began + number / WEBHOOKS_A_SECOND - time.perf_counter()))
            task = asyncio.create_task(send(number))
            sending.add(task)
            task.add_done_callback(sending.discard)

    keeping = asyncio.create_task(keep_sending())
    try:
        yield seconds
    finally:
        keeping.cancel()
        await asyncio.gather(keeping, return_exceptions=True)
        await asyncio.gather(*sending)


def content(rows: int) -> bytes:
    """A CSV of `rows` questions, each of another plan."""
    held = io.StringIO()
    writer = csv.writer(held)
    writer.writerow(["question", "answer"])
    for number in range(1, rows + 1):
        one, other, third = (SUBJECTS[(number * step) % len(SUBJECTS)] for step in (1, 7, 11))
        question = f"{one}的{other}{ASKING[number % len(ASKING)]}處理{third}？方案{number}"
        details = f"{one}請於每月5號前處理，{other}費用 {number % 1000} 元，{third}請聯絡客服，編號 {number}。"
        writer.writerow([question, details + "詳細說明請見公告。" * 5])
    return held.getvalue().encode()


def _told(seconds: Sequence[float]) -> str:
    ordered = sorted(seconds)
    shares = {"p50": 0.5, "p95": 0.95, "p99": 0.99, "max": 1.0}
    return "   ".join(f"{name} {ordered[int(at * (len(ordered) - 1))] * 1000:.0f} ms" for name, at in shares.items())


@asynccontextmanager
async def site_on(store: str) -> AsyncIterator[Site]:
    """A site on a fresh store of its own."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if store == "sqlite":
            async with Site.on(f"sqlite+aiosqlite:///{folder / 'shopkeeper.db'}", folder) as site:
                yield site
            return
        server = PostgresqlServer()
        try:
            server.start()
            await databases.migrate_template(server)
            url = server.url(await databases.create_database(server))
            async with Site.on(url, folder) as site:
                yield site
        finally:
            server.stop()


if __name__ == "__main__":
    uvloop.run(main())
