"""POSTs of a partner a second, beside what a handler that does nothing reaches.

    python -m benchmarks.partner             both stores
    python -m benchmarks.partner sqlite      one of them

Companies are made, and calls with a transcript are taken in, with an idempotency key and without. The servers
run in processes of their own and take turns within one run, so the ratios hold where the machine's speed
drifts. Everything is on loopback, jobs are left alone. PostgreSQL waits for its disk here.
"""

from __future__ import annotations

import json
import statistics
import sys
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import uvloop

from benchmarks.load import Load, run_load
from benchmarks.webhook import Store, postgresql, prepared, process
from bot.clock import SystemClock
from bot.db.engine import Database
from bot.line.simulator import Simulator
from bot.models import Agent, Company
from bot.settings import Settings
from partner_api.calls.service import MAX_OPEN_JOBS
from partner_api.keys.service import HIGHEST_RATE_LIMIT
from tests.support import databases
from tests.support.partners import MadeKey, api_on, make_key

ROUNDS, REQUESTS, WARM_UP = 3, 800, 100
CONNECTIONS = 32
TURNS = "Agent: Thank you for calling.\nCustomer: What does the larger plan cost?\n" * 20
Make = Callable[[int], bytes]


@dataclass(frozen=True, slots=True)
class Side:
    """A partner: its key, and whose calls it sends."""

    key: MadeKey
    company_id: str
    agent_id: str


async def main() -> None:
    names = sys.argv[1:] or ["sqlite", "postgresql"]
    with postgresql() as server:
        await databases.migrate_template(server)
        async with Simulator.running() as line:
            for name in names:
                async with prepared(server, name, line, line.add_channel()) as store:
                    await report(store)


async def report(store: Store) -> None:
    """Rounds of bare and each kind of request in turn; the median of each round's ratio to bare."""
    rates: dict[str, list[float]] = {}
    for _ in range(ROUNDS):
        # A key may have so many jobs open, and nobody works them here: each round takes new keys.
        sides = [await side_on(store) for _ in range(2 * (REQUESTS + WARM_UP) // (MAX_OPEN_JOBS - CONNECTIONS) + 1)]
        async with process("bare", None) as port:
            bare = await rate_of(port, bare_post(sides[0]))
        rates.setdefault("bare", []).append(bare)
        async with process("acknowledging", store.settings) as port:
            for name, make in kinds(sides).items():
                rates.setdefault(name, []).append(await rate_of(port, make))
    for name, found in rates.items():
        ratios = [rate / bare for rate, bare in zip(found, rates["bare"], strict=True)]
        speed = f"{statistics.median(found):>7.0f} requests/s   ratio to bare {statistics.median(ratios):.3f}"
        print(f"{store.name:<12}{name:<28}{speed}")


def kinds(sides: Sequence[Side]) -> dict[str, Make]:
    """Each kind of request, by its name; calls go to each side in turn."""
    companies, calls = "/api/partner/v1/companies/create", "/api/partner/v1/calls/analyze"

    def in_turn(number: int) -> Side:
        return sides[number % len(sides)]

    return {
        "companies listed": lambda _: get("/api/partner/v1/companies?limit=1", sides[0]),
        "companies": lambda number: post(companies, company(number), sides[0]),
        "companies, with a key": lambda number: post(companies, company(number), sides[0], keyed=True),
        "calls": lambda number: post(calls, call(in_turn(number)), in_turn(number)),
        "calls, with a key": lambda number: post(calls, call(in_turn(number)), in_turn(number), keyed=True),
    }


def bare_post(side: Side) -> Make:
    return lambda number: post("/line/webhook", company(number), side)


async def rate_of(port: int, make: Make) -> float:
    """Requests a second, after a short warm-up."""
    await run_load(port, [make(number) for number in range(WARM_UP)], connections=CONNECTIONS)
    load: Load = await run_load(port, [make(number) for number in range(REQUESTS)], connections=CONNECTIONS)
    assert not load.refused, f"{load.refused} requests were refused"
    return load.rate


async def side_on(store: Store, *, rate_limit: int = HIGHEST_RATE_LIMIT) -> Side:
    """A new partner with a key, a company and an agent."""
    given: dict[str, Any] = dict(store.settings)
    database = Database(given["database_url"])
    api = api_on(database, Settings(**given), SystemClock())
    key = await make_key(api, rate_limit=rate_limit)
    rows = await made_for(database, key)
    await database.close()
    return Side(key, *rows)


async def made_for(database: Database, key: MadeKey) -> tuple[str, str]:
    """The ids of a new company of this key and of its agent."""
    now, tenant_id = SystemClock().now(), key.caller.principal.tenant_id
    common = {"tenant_id": tenant_id, "environment": key.caller.environment.value, "created_at": now, "updated_at": now}
    one = Company(id=uuid.uuid4(), name="Test Company", **common)
    agent = Agent(id=uuid.uuid4(), company_id=one.id, email="a@test.example", name="John Doe", role="agent", **common)
    async with database.unit_of_work() as session:
        session.add(one)
        await session.flush()
        session.add(agent)
    return str(one.id), str(agent.id)


def company(number: int) -> dict[str, str]:
    return {"name": f"Test Company {number}", "industry": "retail", "contact_email": "admin@testcompany.com"}


def call(side: Side) -> dict[str, str]:
    return {"transcript": TURNS, "company_id": side.company_id, "agent_id": side.agent_id, "call_type": "sales_call"}


def get(path: str, side: Side) -> bytes:
    return f"GET {path} HTTP/1.1\r\n{head(side)}\r\n".encode()


def post(path: str, body: dict[str, str], side: Side, *, keyed: bool = False) -> bytes:
    content = json.dumps(body).encode()
    key = f"Idempotency-Key: {uuid.uuid4()}\r\n" if keyed else ""
    length = f"Content-Type: application/json\r\nContent-Length: {len(content)}\r\n"
    return f"POST {path} HTTP/1.1\r\n{head(side)}{key}{length}\r\n".encode() + content


def head(side: Side) -> str:
    return "Host: 127.0.0.1\r\n" + "".join(f"{name}: {value}\r\n" for name, value in side.key.headers.items())


if __name__ == "__main__":
    uvloop.run(main())
