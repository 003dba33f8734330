"""How many requests of one key two processes let through in any 60 seconds, while more are asked for all along.

    python -m benchmarks.limits                80 requests a second for 130 seconds
    python -m benchmarks.limits RATE SECONDS

The processes share a PostgreSQL and a Valkey, and are asked in turn. Each request counts at the moment at which it was
sent; the limiter sees it a little later, so that a figure may be off by what is under way at once. What was asked
for is shown with it, since a generator that falls behind asks for less than it is told to.
"""

from __future__ import annotations

import asyncio
import sys
import time
from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

import aiohttp
import uvloop

from benchmarks.partner import Side, side_on
from benchmarks.webhook import postgresql, prepared, process
from bot.line.simulator import Simulator
from partner_api.keys.service import DEFAULT_RATE_LIMIT
from tests.support import databases
from tests.support.valkey import ValkeyServer

RATE, SECONDS, WINDOW = 80.0, 130.0, 60.0
PATH = "/api/partner/v1/companies?limit=1"


@dataclass
class Seen:
    """When requests were sent, in seconds, and those of them that were let through; statuses and times taken."""

    sent: list[float] = field(default_factory=list)
    let_through: list[float] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)
    took: list[float] = field(default_factory=list)


async def main() -> None:
    rate, seconds = (float(value) for value in sys.argv[1:] or (RATE, SECONDS))
    valkey = ValkeyServer()
    valkey.start()
    try:
        with postgresql() as server:
            await databases.migrate_template(server)
            async with Simulator.running() as line, prepared(server, "postgresql", line, line.add_channel()) as store:
                side = await side_on(store, rate_limit=DEFAULT_RATE_LIMIT)
                settings = {**store.settings, "redis_url": valkey.url}
                async with process("acknowledging", settings) as first, process("acknowledging", settings) as second:
                    report(await ask((first, second), side, rate=rate, seconds=seconds), seconds)
    finally:
        valkey.stop()


async def ask(ports: Sequence[int], side: Side, *, rate: float, seconds: float) -> Seen:
    """Ask the processes in turn, at an even pace, whatever becomes of the requests before."""
    seen, under_way = Seen(), set[asyncio.Task[None]]()
    async with aiohttp.ClientSession(headers=side.key.headers, connector=aiohttp.TCPConnector(limit=0)) as session:

        async def one(port: int) -> None:
            begun = time.monotonic()
            seen.sent.append(begun)
            async with session.get(f"http://127.0.0.1:{port}{PATH}") as response:
                await response.read()
            seen.took.append(time.monotonic() - begun)
            seen.statuses[response.status] += 1
            if response.ok:
                seen.let_through.append(begun)

        start = time.monotonic()
        for number in range(int(rate * seconds)):
            task = asyncio.create_task(one(ports[number % len(ports)]))
            under_way.add(task)
            task.add_done_callback(under_way.discard)
            await asyncio.sleep(max(0.0, start + (number + 1) / rate - time.monotonic()))
        await asyncio.gather(*under_way)
    return seen


def windows(times: Sequence[float], *, until: float) -> list[int]:
    """How many of `times` (ascending) lie in the 60 seconds from each of them on that end before `until`."""
    return [bisect_left(times, at + WINDOW) - i for i, at in enumerate(times) if at + WINDOW <= until]


def report(seen: Seen, seconds: float) -> None:
    until = min(seen.sent) + seconds
    let_through, asked = (windows(sorted(times), until=until) for times in (seen.let_through, seen.sent))
    took = sorted(seen.took)
    print(f"asked for at least {min(asked)} in any 60 s; answers {dict(seen.statuses)}")
    print(f"answered within {took[-len(took) // 100]:.3f} s (p99)")
    print(f"let through in any 60 s: {min(let_through)} to {max(let_through)}, of {DEFAULT_RATE_LIMIT} allowed")


if __name__ == "__main__":
    uvloop.run(main())
