"""The Partner API's services on a test's store, partners, and keys of any kind."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import aiohttp

from bot.clock import Clock
from bot.db.engine import Database
from bot.metrics import Metrics
from bot.models import Channel, Partner
from bot.security.box import SecretBox
from bot.security.keys import Purpose, derive_key
from bot.settings import Settings
from bot.tenancy.bots import BotRequest, CreatedBot, create_bot
from bot.tenancy.partners import Partners
from bot.tenancy.principal import Principal, PrincipalKind
from bot.tenancy.repository import central_channel
from bot.tenancy.slots import take_slot
from bot.web.idempotency import Idempotency
from bot.web.middlewares import create_web_app
from bot.web.rate_limit import rate_limiter
from bot.web.server import HttpServer
from bot.web.surface import Route
from bot.webhooks.sender import SafeSender
from bot.webhooks.signers import Signers
from handlers.line.management import LineManagement
from knowledge.engine import Engine
from partner_api import parts
from partner_api.api import Api
from partner_api.caller import Caller, Environment
from partner_api.keys.service import IssuedKey, KeyRequest, PartnerApiKeys
from partner_api.keys.verifying import KeyHashes, caller_of
from partner_api.request_log.service import RequestLog


def api_on(database: Database, settings: Settings, clock: Clock, **changes: Any) -> Api:
    """The services as the product wires them, without a model, a transcriber or workers unless `changes` has them."""
    secret_key = settings.secret_key.get_secret_value()
    box = SecretBox(secret_key)
    given: dict[str, Any] = {
        "database": database,
        "settings": settings,
        "clock": clock,
        "box": box,
        "sender": SafeSender(allow=settings.ssrf_allow),
        "signers": Signers(settings),
        "idempotency": Idempotency(database, box, clock=clock, hash_key=derive_key(secret_key, Purpose.IDEMPOTENCY)),
        "limiter": rate_limiter(None, clock),
        "request_log": RequestLog(database, clock),
        "engine": Engine(database=database, llm=None, clock=clock),
        "llm": None,
        "speech": None,
        "line": LineManagement(),
        "wake": lambda _lanes: None,
    }
    return Api(**given | changes)


@dataclass(frozen=True)
class MadeKey:
    """A key that a test made: who bears it, and the headers that show it."""

    issued: IssuedKey
    caller: Caller

    @property
    def headers(self) -> Mapping[str, str]:
        return {"Authorization": f"Bearer {self.issued.api_key}", "X-API-Secret": self.issued.api_secret}


async def make_partner(api: Api, name: str = "CompanyX Call Center", *, slots: int = 3) -> Partner:
    """A partner with a tenant of its own."""
    partners = Partners(clock=api.clock, key_hash_key=derive_key(api.secret_key, Purpose.PARTNER_KEY))
    async with api.database.unit_of_work() as session:
        return await partners.create(session, name, slots=slots)


async def make_key(
    api: Api, partner: Partner | None = None, *, environment: Environment = Environment.PRODUCTION, **changes: Any
) -> MadeKey:
    """A key of `partner`, or of a new one; `changes` are fields of KeyRequest, such as `company_id`."""
    partner = partner or await make_partner(api)
    keys = PartnerApiKeys(KeyHashes(api.secret_key), clock=api.clock)
    async with api.database.unit_of_work() as session:
        issued = await keys.issue(session, partner, KeyRequest(environment=environment, **changes))
    return MadeKey(issued, caller_of(issued.row))


async def make_bot(api: Api, partner: Partner, name: str = "好好租屋", **changes: Any) -> CreatedBot:
    """A bot of `partner` on the central channel, which is made where there is none; it takes a slot."""
    now, principal = api.clock.now(), Principal(PrincipalKind.PARTNER, "tests", partner.tenant_id)
    async with api.database.unit_of_work() as session:
        channel = await central_channel(session)
        if channel is None:
            channel = Channel(is_central=True, name="店家總機", basic_id="@123abcde", secret_box=b"", token_box=b"")
            channel.created_at = channel.updated_at = now
            session.add(channel)
            await session.flush()
        await take_slot(session, principal, partner_id=partner.id, clock=api.clock)
        request = BotRequest(partner.tenant_id, channel.id, name, partner_id=partner.id, **changes)
        token_key = derive_key(api.secret_key, Purpose.MANAGEMENT)
        return await create_bot(session, request, clock=api.clock, management_token_key=token_key)


@dataclass(frozen=True)
class Answered:
    """What a call was answered; `body` is the parsed JSON."""

    status: int
    headers: Mapping[str, str]
    body: Any


@dataclass(frozen=True)
class Client:
    """A partner's back end, on a real server."""

    url: str
    session: aiohttp.ClientSession

    async def call(
        self,
        method: str,
        path: str,
        *,
        key: MadeKey | None = None,
        headers: Mapping[str, str] | None = None,
        **more: Any,
    ) -> Answered:
        """Call `path` (such as `/v1/health`) below `/api/partner` with `key`; `more` goes to aiohttp (`json=...`)."""
        sent = {**(key.headers if key else {}), **(headers or {})}
        async with self.session.request(method, f"{self.url}/api/partner{path}", headers=sent, **more) as response:
            is_json = response.content_type == "application/json"
            return Answered(
                response.status, response.headers.copy(), await (response.json() if is_json else response.read())
            )


@asynccontextmanager
async def served(api: Api, *more: Route) -> AsyncIterator[Client]:
    """The whole Partner API on a port of its own, as the product serves it, and `more` routes."""
    app = create_web_app(
        [*parts.routes(api), *more],
        Metrics(),
        surfaces=parts.surfaces(api),
        trusted_proxies=api.settings.trusted_proxies,
    )
    server = HttpServer(app)
    await server.start()
    api.request_log.start()
    try:
        async with aiohttp.ClientSession() as session:
            yield Client(f"http://127.0.0.1:{server.port}", session)
    finally:
        await server.stop()
        await api.request_log.stop()
