"""The management API on a real server, for two tenants and whoever holds a key of theirs."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import aiohttp

from bot.clock import ManualClock
from bot.db.engine import Database
from bot.metrics import Metrics
from bot.security.box import SecretBox
from bot.security.keys import Purpose, derive_key
from bot.settings import Settings
from bot.tenancy.api_keys import ApiKeys, KeyRequest, Rights
from bot.tenancy.principal import Principal
from bot.web.middlewares import create_web_app
from bot.web.server import HttpServer
from knowledge import repository
from knowledge.engine import Engine
from knowledge.repository import NewParameter, NewVendor
from knowledge.routes import Api, knowledge_routes, knowledge_surfaces
from tests.knowledge.conftest import new_tenant

MISSING = 2**40


@dataclass(frozen=True)
class Answer:
    status: int
    body: Any

    @property
    def ids(self) -> list[int]:
        return [item["id"] for item in self.body["items"]]


@dataclass(frozen=True)
class Office:
    """Tenant `own` has the vendors A and B, tenant `foreign` has C.

    Keys by name: `own` for the tenant, `a` for vendor A alone, `chat` for asking alone, `foreign`.
    """

    api: Api
    url: str
    session: aiohttp.ClientSession
    keys: Mapping[str, str]
    vendors: Mapping[str, int]
    own: Principal
    foreign: Principal

    @property
    def database(self) -> Database:
        return self.api.database

    async def call(self, method: str, path: str, body: Any = None, *, key: str | None = "own") -> Answer:
        """Call `/api/v1` + `path` with a key by name; None sends none."""
        headers = {"Authorization": f"Bearer {self.keys[key]}"} if key else {}
        sent = {"data": body} if isinstance(body, bytes) else {} if body is None else {"json": body}
        url = f"{self.url}/api/v1{path}"
        async with self.session.request(method, url, headers=headers, **sent) as response:
            return Answer(response.status, await response.json())

    async def get(self, path: str, *, key: str | None = "own") -> Answer:
        return await self.call("GET", path, key=key)

    async def post(self, path: str, body: Any = None, *, key: str | None = "own") -> Answer:
        return await self.call("POST", path, body, key=key)

    async def made(self, path: str, body: Any, *, key: str = "own") -> dict[str, Any]:
        """What a POST made, which must have worked."""
        answer = await self.post(path, body, key=key)
        assert answer.status == 201, answer.body
        return dict(answer.body)

    async def entry(self, question: str = "q", answer: str = "a", *, key: str = "own", **more: Any) -> int:
        made = await self.made("/knowledge", {"question_summary": question, "answer": answer, **more}, key=key)
        return int(made["id"])

    async def version_of(self, vendor: str) -> int:
        async with self.database.reading() as session:
            card = await repository.vendor_card(
                session, self.foreign if vendor == "C" else self.own, self.vendors[vendor]
            )
        assert card is not None
        return card.knowledge_version


@asynccontextmanager
async def office_over(database: Database, settings: Settings, clock: ManualClock) -> AsyncIterator[Office]:
    """The server, its tenants and their keys, on a store that is empty yet. Retrieval is by words alone."""
    own, foreign = await new_tenant(database, clock), await new_tenant(database, clock)
    vendors = {code: await _vendor(database, clock, foreign if code == "C" else own, code) for code in "ABC"}
    keys = await _keys(database, settings, clock, own=own, foreign=foreign, vendor_id=vendors["A"])
    engine = Engine(database=database, llm=None, clock=clock, make_encoder=None)
    api = Api(database, engine, clock, settings, SecretBox(settings.secret_key.get_secret_value()))
    server = HttpServer(create_web_app(knowledge_routes(api), Metrics(), surfaces=knowledge_surfaces(api)))
    await server.start()
    try:
        async with aiohttp.ClientSession() as session:
            yield Office(
                api, f"http://127.0.0.1:{server.port}", session, keys=keys, vendors=vendors, own=own, foreign=foreign
            )
    finally:
        await server.stop()
        await engine.close()


async def _vendor(database: Database, clock: ManualClock, principal: Principal, code: str) -> int:
    async with database.unit_of_work() as session:
        vendor_id = await repository.add_vendor(session, principal, NewVendor(code, f"Vendor {code}"), now=clock.now())
        rent = NewParameter("payment", "payment_day", "5", display_name="繳費日期", unit="號")
        await repository.put_parameters(session, principal, vendor_id, [rent], now=clock.now())
    return vendor_id


async def _keys(
    database: Database, settings: Settings, clock: ManualClock, *, own: Principal, foreign: Principal, vendor_id: int
) -> dict[str, str]:
    assert own.tenant_id is not None
    assert foreign.tenant_id is not None
    keys = ApiKeys(clock=clock, hash_key=derive_key(settings.secret_key.get_secret_value(), Purpose.API_KEY))
    requests = {
        "own": KeyRequest(own.tenant_id, "own"),
        "a": KeyRequest(own.tenant_id, "a", vendor_id=vendor_id),
        "chat": KeyRequest(own.tenant_id, "chat", rights=Rights.CHAT),
        "foreign": KeyRequest(foreign.tenant_id, "foreign"),
    }
    async with database.unit_of_work() as session:
        return {name: (await keys.issue(session, request))[1] for name, request in requests.items()}
