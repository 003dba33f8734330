"""Durable acknowledged webhooks a second, beside what a handler that does nothing reaches; and latencies.

    python -m benchmarks.webhook            everything
    python -m benchmarks.webhook rate       acknowledged webhooks a second, as ratios to a bare handler
    python -m benchmarks.webhook latency    from event to reply at 100 events a second
    python -m benchmarks.webhook bots       both, at 40 events a second, with 1 and with 10,000 bots in the store

The servers run in processes of their own and take turns within one run, so the ratios hold where
the machine's speed drifts. Everything is on loopback. PostgreSQL waits for its disk here.
"""

from __future__ import annotations

import asyncio
import base64
import hmac
import json
import secrets
import statistics
import sys
import tempfile
import time
import uuid
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path

import uvloop
from sqlalchemy import insert

from benchmarks.load import Load, http_request, run_load
from bot import migrations
from bot.clock import SystemClock
from bot.db.engine import Database
from bot.line.channels.registration import save_central
from bot.line.client import BotInfo
from bot.line.simulator import Channel, Message, Simulator, Where
from bot.line.simulator.identifiers import ulid
from bot.models import Bot, Tenant
from bot.models import Channel as ChannelRow
from bot.security.box import SecretBox
from bot.security.tokens import random_characters
from knowledge.samples import load_samples
from tests.support import databases
from tests.support.postgresql import PostgresqlServer

ROUNDS = 3
REQUESTS = 6_000
CONNECTIONS = 128
EVENTS_A_SECOND = 100
# Two stores are compared where neither the machine nor this generator on it is near its limit.
COMPARED_AT = 40
LATENCY_SECONDS = 15
USERS = 200
MANY_BOTS = 10_000
QUESTIONS = ("每月繳費日期是什麼時候？", "可以養寵物嗎？", "怎麼聯絡客服？", "押金要付幾個月？", "冷氣壞了怎麼報修？")


@dataclass(frozen=True, slots=True)
class Store:
    """A prepared store: its name in the report, and the settings to serve it with."""

    name: str
    settings: dict[str, str]


async def main() -> None:
    wanted = sys.argv[1:] or ["rate", "latency", "bots"]
    with postgresql() as server:
        await databases.migrate_template(server)
        if "rate" in wanted:
            await report_rates(server)
        for store in ("sqlite", "postgresql"):
            if "latency" in wanted:
                await report_latency(server, store, bots=1)
            if "bots" in wanted:
                await report_bots(server, store)


async def report_rates(server: PostgresqlServer) -> None:
    """Rounds of bare, SQLite, PostgreSQL in turn; the median of each round's ratio to bare."""
    rates: dict[str, list[float]] = {"bare": [], "sqlite": [], "postgresql": []}
    async with Simulator.running() as line:
        channel = line.add_channel()
        async with (
            prepared(server, "sqlite", line, channel) as one,
            prepared(server, "postgresql", line, channel) as two,
        ):
            for _ in range(ROUNDS):
                rates["bare"].append((await load_of("bare", None, channel)).rate)
                for store in (one, two):
                    load = await load_of("acknowledging", store.settings, channel)
                    assert not load.refused, f"{load.refused} webhooks were refused"
                    rates[store.name].append(load.rate)
    for name, found in rates.items():
        ratios = [rate / bare for rate, bare in zip(found, rates["bare"], strict=True)]
        print(f"{name:<12}{statistics.median(found):>8.0f} webhooks/s   ratio to bare {statistics.median(ratios):.2f}")


async def report_latency(
    server: PostgresqlServer, store_name: str, *, bots: int, rate: int = EVENTS_A_SECOND
) -> list[float]:
    """Real questions through the whole product: from sending the webhook to the reply at LINE's side."""
    async with Simulator.running() as line:
        channel = line.add_channel()
        async with (
            prepared(server, store_name, line, channel, bots=bots) as store,
            process("serving", store.settings) as port,
        ):
            channel.webhook_url = f"http://127.0.0.1:{port}/line/webhook"
            seconds = await ask_steadily(line, channel, rate=rate)
    ordered = sorted(seconds)
    told = {share: ordered[int(share * (len(ordered) - 1))] * 1000 for share in (0.5, 0.95, 0.99)}
    figures = "   ".join(f"p{share * 100:.0f} {ms:.0f} ms" for share, ms in told.items())
    print(f"{store_name:<12}{bots:>6} bots   {rate} events/s, event to reply   {figures}")
    return seconds


async def report_bots(server: PostgresqlServer, store_name: str) -> None:
    """What 10,000 bots in the store change, for the acknowledging rate and for the latency."""
    rates, medians = {}, {}
    for bots in (1, MANY_BOTS):
        async with Simulator.running() as line:
            channel = line.add_channel()
            async with prepared(server, store_name, line, channel, bots=bots) as store:
                loads = [await load_of("acknowledging", store.settings, channel) for _ in range(3)]
        rates[bots] = statistics.median(load.rate for load in loads)
        medians[bots] = statistics.median(await report_latency(server, store_name, bots=bots, rate=COMPARED_AT))
    print(
        f"{store_name:<12}1 bot against {MANY_BOTS}: acknowledging rate {rates[1] / rates[MANY_BOTS]:.2f}, "
        f"median latency {medians[MANY_BOTS] / medians[1]:.2f}"
    )


async def ask_steadily(line: Simulator, channel: Channel, *, rate: int) -> list[float]:
    """Ask at a steady rate, a different user each time in turn; seconds from event to reply.

    Where the product lags, what a user has asked meanwhile is answered by one reply.
    """
    users = [line.add_user(f"客人{number}") for number in range(USERS)]
    for user in users:
        line.people.follow(channel.channel_id, user.user_id)

    asked: dict[str, float] = {}
    answered: dict[str, float] = {}
    waiting: dict[str, list[str]] = {user.user_id: [] for user in users}

    def note(_kind: str, thing: object) -> None:
        mine = waiting[thing.chat_id] if isinstance(thing, Message) and thing.answers_event else []
        if isinstance(thing, Message) and thing.answers_event in mine:
            covered = mine.index(thing.answers_event) + 1
            answered.update(dict.fromkeys(mine[:covered], time.perf_counter()))
            del mine[:covered]

    stop, sending, begin = line.platform.subscribe(note), [], time.perf_counter()
    for number in range(rate * LATENCY_SECONDS):
        await asyncio.sleep(max(0.0, begin + number / rate - time.perf_counter()))
        where = Where(channel.channel_id, users[number % USERS].user_id, users[number % USERS].user_id)
        said = line.people.say(where, QUESTIONS[number % len(QUESTIONS)])
        if said is not None:
            asked[said.event_id] = time.perf_counter()
            waiting[said.chat_id].append(said.event_id)
            sending.append(asyncio.create_task(line.sender.deliver([said])))
    await asyncio.gather(*sending)
    await line.wait_until(lambda: asked.keys() <= answered.keys(), timeout_seconds=60)
    stop()
    missing = len(asked.keys() - answered.keys())
    assert not missing, f"{missing} events were not answered"
    return [answered[event] - started for event, started in asked.items()][rate:]


async def load_of(kind: str, settings: dict[str, str] | None, channel: Channel) -> Load:
    """The rate of one server, after a short warm-up."""
    async with process(kind, settings) as port:
        await run_load(port, signed_requests(channel, 500), connections=CONNECTIONS)
        return await run_load(port, signed_requests(channel, REQUESTS), connections=CONNECTIONS)


def signed_requests(channel: Channel, count: int) -> Sequence[bytes]:
    """Webhooks of one text event each, from as many users."""
    key, stamp = channel.secret.encode(), int(time.time() * 1000)
    requests = []
    for number in range(count):
        event = {
            "type": "message",
            "message": {"type": "text", "id": str(number), "quoteToken": "q", "text": QUESTIONS[0]},
            "timestamp": stamp + number,
            "source": {"type": "user", "userId": f"U{number:032x}"},
            "replyToken": secrets.token_hex(16),
            "mode": "active",
            "webhookEventId": ulid(stamp + number),
            "deliveryContext": {"isRedelivery": False},
        }
        body = json.dumps({"destination": channel.bot_user_id, "events": [event]}, ensure_ascii=False).encode()
        signature = base64.b64encode(hmac.digest(key, body, "sha256")).decode()
        requests.append(http_request("/line/webhook", body, signature))
    return requests


@asynccontextmanager
async def process(kind: str, settings: dict[str, str] | None) -> AsyncIterator[int]:
    """A server in a process of its own; gives its port."""
    arguments = [sys.executable, "-m", "benchmarks.servers", kind, json.dumps(settings or {})]
    with tempfile.TemporaryFile() as log:
        started = await asyncio.create_subprocess_exec(*arguments, stdout=asyncio.subprocess.PIPE, stderr=log)
        try:
            assert started.stdout is not None
            port = await started.stdout.readline()
            if not port:
                log.seek(0)
                raise RuntimeError(log.read().decode()[-2000:])
            yield int(port)
        finally:
            if started.returncode is None:
                started.terminate()
            await started.wait()


@asynccontextmanager
async def prepared(
    server: PostgresqlServer, name: str, line: Simulator, channel: Channel, *, bots: int = 1
) -> AsyncIterator[Store]:
    """A migrated store with the central channel and so many bots on it; the first has sample knowledge."""
    with tempfile.TemporaryDirectory() as folder:
        if name == "sqlite":
            url = f"sqlite+aiosqlite:///{Path(folder) / 'shopkeeper.db'}"
            await migrations.upgrade(url)
        else:
            url = server.url(await databases.create_database(server))
        settings = {
            "database_url": url,
            "secret_key": secrets.token_urlsafe(32),
            "line_channel_secret": channel.secret,
            "line_channel_access_token": channel.access_token,
            "line_api_base_url": line.base_url,
            "line_data_api_base_url": line.base_url,
        }
        await _fill(settings, channel, bots=bots)
        yield Store(name, settings)


async def _fill(settings: dict[str, str], channel: Channel, *, bots: int) -> None:
    database, clock = Database(settings["database_url"]), SystemClock()
    now, tenants = clock.now(), [uuid.uuid4(), uuid.uuid4()]
    info = BotInfo(user_id=channel.bot_user_id, basic_id=channel.basic_id, display_name=channel.name)
    async with database.unit_of_work() as session:
        session.add_all(Tenant(id=tenant, name="benchmark", created_at=now, updated_at=now) for tenant in tenants)
        box = SecretBox(settings["secret_key"])
        central = await save_central(
            session, box, secret=channel.secret, token=channel.access_token, info=info, now=now
        )
        central_id = central.id
    vendors = await load_samples(database, clock, rental=tenants[0], cafe=tenants[1])
    own = await _other_channel(database, settings["secret_key"]) if bots > 1 else central_id
    rows = [
        {
            "id": uuid.uuid4(),
            "tenant_id": tenants[0],
            "vendor_id": vendors["ANJU"],
            # All but the first stand on another channel, so that the same bot answers in both runs.
            "channel_id": own if number else central_id,
            "store_name": f"店{number}",
            "shop_code": f"{number:05d}{random_characters(6)}",
            "is_active": True,
            "created_at": now,
            "updated_at": now,
        }
        for number in range(bots)
    ]
    async with database.unit_of_work() as session:
        await session.execute(insert(Bot), rows)
    await database.close()


async def _other_channel(database: Database, secret_key: str) -> uuid.UUID:
    now, box, channel_id = SystemClock().now(), SecretBox(secret_key), uuid.uuid4()
    async with database.unit_of_work() as session:
        session.add(
            ChannelRow(
                id=channel_id,
                name="other",
                secret_box=box.seal(b"s", context=channel_id.bytes),
                token_box=box.seal(b"t", context=channel_id.bytes),
                created_at=now,
                updated_at=now,
            )
        )
    return channel_id


@contextmanager
def postgresql() -> Iterator[PostgresqlServer]:
    server = PostgresqlServer(durable=True)
    try:
        server.start()
        yield server
    finally:
        server.stop()


if __name__ == "__main__":
    uvloop.run(main())
