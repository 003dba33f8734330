"""Callbacks a second to 100 endpoints, and what one endpoint that hangs costs the others.

    python -m benchmarks.callbacks           everything
    python -m benchmarks.callbacks rate      deliveries a second, from rows that wait to rows that succeeded
    python -m benchmarks.callbacks hanging   latency to 20 endpoints, with and without one more that hangs

The receiver runs in a process of its own; everything is on loopback, in one process of the product's workers.
PostgreSQL waits for its disk here.
"""

from __future__ import annotations

import asyncio
import statistics
import sys
import tempfile
import time
import uuid
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import structlog
import uvloop
from sqlalchemy import func, select

from bot.clock import SystemClock
from bot.db.engine import Database
from bot.models import Tenant, WebhookDelivery, WebhookSigner
from bot.outbox.runner import LaneRunner
from bot.settings import Settings
from bot.webhooks.callbacks import Callback, enqueue
from bot.webhooks.delivery.worker import CallbackWorker, callback_sender
from bot.webhooks.signers import Signers
from tests.support import databases
from tests.support.postgresql import PostgresqlServer

ENDPOINTS, DELIVERIES, ROUNDS = 100, 2_000, 3
# With and without take turns, so that the ratio holds where the machine's speed drifts.
OTHERS, A_SECOND, SECONDS, TURNS = 20, 40, 5, 6
# Enough to keep every request that an endpoint may have at once busy, and more to wait behind them.
HANGING = 40
PAYLOAD = {"status": "completed", "results": {"transcript": "客服：您好\n顧客：שלום\n" * 100, "overall_score": 8.0}}
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"


class Receiver(asyncio.Protocol):
    """Says 200 to every request, except at /hang."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport, self.data = cast("asyncio.Transport", transport), b""

    def data_received(self, data: bytes) -> None:
        self.data += data
        head, end, body = self.data.partition(b"\r\n\r\n")
        if not end or head.startswith(b"POST /hang"):
            return
        length = next(line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:"))
        if len(body) >= int(length.partition(b":")[2]):
            self.transport.write(OK)


async def receive() -> None:
    server = await asyncio.get_running_loop().create_server(Receiver, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


@asynccontextmanager
async def receiver() -> AsyncIterator[str]:
    """The receiver's host and port."""
    command = (sys.executable, "-m", "benchmarks.callbacks", "receiver")
    process = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
    assert process.stdout is not None
    try:
        yield f"127.0.0.1:{int(await process.stdout.readline())}"
    finally:
        process.kill()
        await process.wait()


@dataclass
class Bench:
    """A store with a signer, and a worker that may reach `pair`."""

    database: Database
    runner: LaneRunner
    pair: str
    tenant_id: uuid.UUID
    signer_id: uuid.UUID

    async def add(self, path: str) -> str:
        """Enqueue a callback; its lane."""
        async with self.database.unit_of_work() as session:
            callback = Callback(
                tenant_id=self.tenant_id,
                environment="production",
                signer_id=self.signer_id,
                url=f"http://{self.pair}/{path}",
                event="call_analysis.completed",
                subject_id=uuid.uuid4(),
                payload=PAYLOAD,
            )
            return await enqueue(session, callback, now=SystemClock().now())

    async def until(self, count: int) -> None:
        """Wait until so many succeeded."""
        counting = select(func.count()).where(WebhookDelivery.state == "succeeded")
        while True:
            async with self.database.reading() as session:
                if await session.scalar(counting) == count:
                    return
            await asyncio.sleep(0.05)

    async def latencies(self) -> list[float]:
        """Milliseconds from enqueueing to the end, of what succeeded."""
        times = select(WebhookDelivery.created_at, WebhookDelivery.ended_at)
        async with self.database.reading() as session:
            rows = await session.execute(times.where(WebhookDelivery.state == "succeeded"))
            return [(ended - created).total_seconds() * 1000 for created, ended in rows if ended is not None]


@asynccontextmanager
async def bench(url: str, pair: str) -> AsyncIterator[Bench]:
    database, clock = Database(url), SystemClock()
    now = clock.now()
    tenant, signer = uuid.uuid4(), uuid.uuid4()
    async with database.unit_of_work() as session:
        session.add(Tenant(id=tenant, name="CompanyX", created_at=now, updated_at=now))
        await session.flush()
        session.add(WebhookSigner(id=signer, tenant_id=tenant, environment="production", version=1, created_at=now))
    settings = Settings(secret_key="x" * 32, line_channel_secret="x", line_channel_access_token="x")
    sender = callback_sender(allow=[pair])
    runner = LaneRunner(database, clock, workers=[CallbackWorker(sender, Signers(settings))])
    try:
        yield Bench(database, runner, pair, tenant, signer)
    finally:
        await runner.stop(grace=0)
        await sender.close()
        await database.close()


async def rate(url: str, pair: str) -> float:
    """Deliveries a second."""
    async with bench(url, pair) as made:
        lanes = {await made.add(f"{number % ENDPOINTS}") for number in range(DELIVERIES)}
        made.runner.start()
        begun = time.monotonic()
        await made.runner.work(sorted(lanes))
        await made.until(DELIVERIES)
        return DELIVERIES / (time.monotonic() - begun)


async def latency(url: str, pair: str, *, hanging: bool) -> list[float]:
    """Milliseconds from enqueueing to the end, of deliveries to the endpoints that answer."""
    async with bench(url, pair) as made:
        made.runner.start()
        working: set[asyncio.Task[None]] = set()

        def wake(lane: str) -> None:
            task = asyncio.create_task(made.runner.work([lane]))
            working.add(task)
            task.add_done_callback(working.discard)

        for _ in range(HANGING if hanging else 0):
            wake(await made.add("hang"))
        begun, count = time.monotonic(), A_SECOND * SECONDS
        for number in range(count):
            await asyncio.sleep(max(0.0, begun + number / A_SECOND - time.monotonic()))
            wake(await made.add(f"{number % OTHERS}"))
        await made.until(count)
        return await made.latencies()


@contextmanager
def stores() -> Iterator[dict[str, object]]:
    """For each kind of store what gives the URL of a new, empty one."""
    with tempfile.TemporaryDirectory() as folder:
        server = PostgresqlServer()
        server.start()
        try:
            yield {"SQLite": Path(folder), "PostgreSQL": server}
        finally:
            server.stop()


async def fresh(store: object) -> str:
    if isinstance(store, PostgresqlServer):
        return store.url(await databases.create_database(store))
    template = Path(str(store)) / "template.db"
    return databases.copy_sqlite(template, template.with_name(f"{uuid.uuid4().hex}.db"))


def percentile(values: list[float], share: float) -> float:
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]


async def measure(store: object, name: str, what: str) -> None:
    async with receiver() as pair:
        if what in ("rate", ""):
            rates = [await rate(await fresh(store), pair) for _ in range(ROUNDS)]
            print(f"{name}: {statistics.median(rates):.0f} deliveries a second to {ENDPOINTS} endpoints")
        if what in ("hanging", ""):
            alone, beside = [], []
            for _ in range(TURNS):
                alone += await latency(await fresh(store), pair, hanging=False)
                beside += await latency(await fresh(store), pair, hanging=True)
            for share in (0.5, 0.99):
                without, with_one = percentile(alone, share), percentile(beside, share)
                times = f"{without:.1f} ms alone, {with_one:.1f} ms beside one that hangs"
                print(f"{name}: p{share * 100:.0f} {times}: {with_one / without:.2f} times")


def main() -> None:
    what = sys.argv[1] if len(sys.argv) > 1 else ""
    if what == "receiver":
        uvloop.run(receive())
        return
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(40))
    with stores() as found:
        databases.migrated_sqlite_file(Path(str(found["SQLite"])) / "template.db")
        server = found["PostgreSQL"]
        assert isinstance(server, PostgresqlServer)
        asyncio.run(databases.migrate_template(server))
        for name, store in found.items():
            uvloop.run(measure(store, name, what))


if __name__ == "__main__":
    main()
