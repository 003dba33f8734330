"""The Partner API on a real server over each kind of store, and a partner who may call it."""

from __future__ import annotations

import io
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass
from typing import Any

import aiohttp
import pytest
import structlog
from multidict import CIMultiDict
from sqlalchemy import text

from bot.clock import ManualClock
from bot.db.engine import Database
from bot.logging import configure_logging
from bot.metrics import Metrics
from bot.models import Channel
from bot.security.keys import Purpose, derive_key
from bot.settings import Settings
from bot.tenancy.partners import Partners
from bot.web.middlewares import create_web_app
from bot.web.server import HttpServer
from partner_api import parts
from partner_api.provisioning.routes import qr_routes
from tests.support.partners import api_on
from tests.support.settings import MakeSettings

BASE_URL = "https://bots.example.com"


@dataclass(frozen=True)
class Answer:
    status: int
    headers: CIMultiDict[str]
    body: Any


@dataclass(frozen=True)
class Api:
    """The API as one partner sees it."""

    url: str
    key: str
    database: Database
    session: aiohttp.ClientSession

    async def provision(self, body: Any = None, *, headers: dict[str, str] | None = None) -> Answer:
        """Call the documented endpoint with the partner's key and a valid body, unless told otherwise."""
        data = (
            {"data": body}
            if isinstance(body, bytes)
            else {"json": {"store_name": "好好租屋"} if body is None else body}
        )
        return await self.call(
            "POST", "/api/partner/provision", headers={"Authorization": f"Bearer {self.key}"} | (headers or {}), **data
        )

    async def call(self, method: str, path: str, **options: Any) -> Answer:
        async with self.session.request(method, self.url + path, **options) as response:
            raw = response.content_type != "application/json"
            return Answer(response.status, response.headers.copy(), await (response.read() if raw else response.json()))

    async def rows(self, table: str) -> list[Any]:
        async with self.database.reading() as session:
            return list(await session.execute(text(f"SELECT * FROM {table}")))  # noqa: S608 - names in tests

    async def run(self, statement: str) -> None:
        async with self.database.unit_of_work() as session:
            await session.execute(text(statement))


@pytest.fixture
def debug_log() -> Iterator[io.StringIO]:
    """What the process logs with LOG_LEVEL=DEBUG."""
    root, stream = logging.getLogger(), io.StringIO()
    handlers, level = root.handlers[:], root.level
    configure_logging("DEBUG", stream=stream, pretty=False)
    yield stream
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()


MakeApi = Callable[..., Awaitable[Api]]


async def seed(database: Database, settings: Settings, clock: ManualClock, *, slots: int) -> str:
    """A partner and the central channel; returns the partner's key."""
    now = clock.now()
    partners = Partners(
        clock=clock, key_hash_key=derive_key(settings.secret_key.get_secret_value(), Purpose.PARTNER_KEY)
    )
    async with database.unit_of_work() as session:
        session.add(
            Channel(
                is_central=True,
                name="central",
                basic_id="@123abcde",
                secret_box=b"",
                token_box=b"",
                created_at=now,
                updated_at=now,
            )
        )
        return await partners.issue_key(session, await partners.create(session, "StockRadar", slots=slots))


@pytest.fixture
async def make_api(database: Database, clock: ManualClock, settings: MakeSettings) -> AsyncIterator[MakeApi]:
    """`await make_api(slots=..., **settings)` starts the API on the test's store."""
    servers: list[HttpServer] = []
    sessions: list[aiohttp.ClientSession] = []

    async def make(*, slots: int = 3, **changes: Any) -> Api:
        made = settings(public_base_url=BASE_URL, **changes)
        key = await seed(database, made, clock, slots=slots)
        api = api_on(database, made, clock)
        routes = [*parts.routes(api), *qr_routes(database, clock=clock)]
        server = HttpServer(create_web_app(routes, Metrics(), surfaces=parts.surfaces()))
        servers.append(server)
        await server.start()
        sessions.append(aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=300)))
        return Api(f"http://127.0.0.1:{server.port}", key, database, sessions[-1])

    yield make
    for session in sessions:
        await session.close()
    for server in servers:
        await server.stop()


@pytest.fixture
async def api(make_api: MakeApi) -> Api:
    """The API for a partner with 3 slots."""
    return await make_api()
