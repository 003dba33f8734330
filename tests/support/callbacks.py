"""Callbacks on a test's store: who signs them, who receives them, and a worker whose time a test moves."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from bot.clock import Clock, ManualClock
from bot.db.engine import Database
from bot.models import Tenant, WebhookDelivery, WebhookEndpoint, WebhookLog, WebhookSigner
from bot.outbox.runner import LaneRunner
from bot.webhooks.callbacks import Callback, add_delivery
from bot.webhooks.delivery.worker import CallbackWorker
from bot.webhooks.repository.deliveries import due_lanes
from bot.webhooks.sender import SafeSender
from bot.webhooks.signers import Signers

Behaviour = Callable[["Receiver", asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
PAYLOAD = {"status": "completed", "results": {"transcript": "לקוח: שלום\n客服：您好", "overall_score": 8.0}}


@dataclass(frozen=True)
class Received:
    """A request as it arrived; `target` is its path with its query, `headers` have lower-case names."""

    target: str
    headers: Mapping[str, str]
    body: bytes


class Receiver:
    """A partner's receiver on loopback: it behaves as `behaviours` say, one a request; then it says 200."""

    def __init__(self, *behaviours: Behaviour) -> None:
        self.behaviours = list(behaviours)
        self.received: list[Received] = []
        self.connections = 0
        self.most_at_once = 0
        self.port = 0
        self._server: asyncio.Server | None = None
        self._open: set[asyncio.Task[Any]] = set()

    @property
    def pair(self) -> str:
        return f"127.0.0.1:{self.port}"

    @property
    def url(self) -> str:
        return f"http://{self.pair}/callback"

    async def listen(self) -> None:
        """Take connections, on the same port as before."""
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def close(self) -> None:
        """Refuse connections from now on."""
        assert self._server is not None
        self._server.close()
        for task in list(self._open):
            task.cancel()
        await asyncio.gather(*self._open, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._open.add(task)
        self.connections += 1
        self.most_at_once = max(self.most_at_once, len(self._open))
        try:
            self.received.append(await _read(reader))
            behave = self.behaviours.pop(0) if self.behaviours else answer(200)
            await behave(self, reader, writer)
        except (OSError, asyncio.IncompleteReadError):
            """The sender went away."""
        finally:
            self._open.discard(task)
            writer.close()


async def _read(reader: asyncio.StreamReader) -> Received:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    first, *rest = head.split("\r\n")
    target, lines = first.split(" ")[1], (line.partition(":") for line in rest if line)
    headers = {name.lower(): value.strip() for name, _, value in lines}
    if "content-length" in headers:
        return Received(target, headers, await reader.readexactly(int(headers["content-length"])))
    body = b""
    while size := int((await reader.readline()).strip(), 16):
        body += (await reader.readexactly(size + 2))[:-2]
    return Received(target, headers, body)


def answer(status: int, *headers: str) -> Behaviour:
    """Answer with this status."""
    head = "\r\n".join((f"HTTP/1.1 {status} Whatever", "Content-Length: 0", *headers))

    async def behave(_: Receiver, __: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(f"{head}\r\n\r\n".encode())
        await writer.drain()

    return behave


async def hang(_: Receiver, __: asyncio.StreamReader, ___: asyncio.StreamWriter) -> None:
    """Say nothing."""
    await asyncio.sleep(3600)


async def reset(_: Receiver, __: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Break off in the middle of the answer's body."""
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf")
    await writer.drain()
    writer.transport.abort()


async def endless(_: Receiver, __: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Answer without end."""
    writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
    while True:
        writer.write(b"more of it " * 4_000)
        await writer.drain()


@dataclass
class PostOffice:
    """A tenant with a signer, and the worker of its callbacks."""

    database: Database
    clock: Clock
    signers: Signers
    runner: LaneRunner
    tenant_id: uuid.UUID = field(default_factory=uuid.uuid4)
    signer_id: uuid.UUID = field(default_factory=uuid.uuid4)

    async def prepare(self) -> None:
        now = self.clock.now()
        async with self.database.unit_of_work() as session:
            session.add(Tenant(id=self.tenant_id, name="CompanyX", created_at=now, updated_at=now))
            await session.flush()
            signer = WebhookSigner(id=self.signer_id, tenant_id=self.tenant_id, environment="production")
            signer.version, signer.created_at = 1, now
            session.add(signer)

    def callback(self, url: str, **changes: Any) -> Callback:
        given: dict[str, Any] = {
            "tenant_id": self.tenant_id,
            "environment": "production",
            "signer_id": self.signer_id,
            "url": url,
            "event": "call_analysis.completed",
            "subject_id": uuid.uuid4(),
            "payload": PAYLOAD,
        }
        return Callback(**given | changes)

    async def add(self, url: str, **changes: Any) -> uuid.UUID:
        """Enqueue a callback; gives the delivery's id."""
        async with self.database.unit_of_work() as session:
            return (await add_delivery(session, self.callback(url, **changes), now=self.clock.now())).id

    def let_pass(self, by: timedelta) -> None:
        """Move the clock, which must be one that can be moved."""
        assert isinstance(self.clock, ManualClock)
        self.clock.advance(by)

    async def work(self, *, after: timedelta = timedelta(0)) -> None:
        """Send what is due once `after` has gone by."""
        self.let_pass(after)
        async with self.database.reading() as session:
            lanes = await due_lanes(session, self.clock.now(), limit=500)
        await self.runner.work(lanes)
        await self.runner.idle()

    async def delivery(self, delivery_id: uuid.UUID) -> WebhookDelivery:
        async with self.database.reading() as session:
            return await session.get_one(WebhookDelivery, delivery_id)

    async def deliveries(self) -> Sequence[WebhookDelivery]:
        async with self.database.reading() as session:
            return (await session.scalars(select(WebhookDelivery).order_by(WebhookDelivery.created_at))).all()

    async def attempts(self, delivery_id: uuid.UUID) -> Sequence[WebhookLog]:
        found = select(WebhookLog).where(WebhookLog.delivery_id == delivery_id).order_by(WebhookLog.id)
        async with self.database.reading() as session:
            return (await session.scalars(found)).all()

    async def endpoint(self, url: str) -> WebhookEndpoint:
        async with self.database.reading() as session:
            return (await session.scalars(select(WebhookEndpoint).where(WebhookEndpoint.url == url))).one()


@asynccontextmanager
async def post_office(
    database: Database,
    clock: ManualClock,
    signers: Signers,
    *,
    allow: Sequence[str],
    deadline: float = 0.3,
    signer_id: uuid.UUID | None = None,
) -> AsyncIterator[PostOffice]:
    """A worker whose requests take at most `deadline` seconds and reach the pairs in `allow`, without jitter."""
    sender = SafeSender(allow=allow)
    worker = CallbackWorker(sender, signers, jitter=lambda: 0.0, deadline=deadline)
    office = PostOffice(database, clock, signers, LaneRunner(database, clock, workers=[worker]))
    office.signer_id = signer_id or office.signer_id
    await office.prepare()
    try:
        yield office
    finally:
        await office.runner.stop(grace=1)
        await sender.close()
