"""The API of channels on a running product: one tenant with an account of its own, and whoever else has a key."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from bot.clock import ManualClock
from bot.line.simulator import Channel
from bot.models import Bot
from bot.security.keys import Purpose, derive_key
from bot.tenancy.api_keys import ApiKeys, KeyRequest, Rights
from bot.tenancy.principal import Principal, PrincipalKind
from knowledge.repository import NewVendor, add_vendor
from tests.support.running import Running, running
from tests.support.servers import free_port


@dataclass(frozen=True)
class Answer:
    status: int
    body: Any
    headers: Mapping[str, str]

    @property
    def codes(self) -> dict[str, str]:
        """What a report found, by check."""
        return {check["check"]: check["code"] for check in self.body["checks"]}

    @property
    def problems(self) -> list[str]:
        assert self.status == 200
        assert self.body["ok"] == all(check["level"] != "problem" for check in self.body["checks"])
        return [check["code"] for check in self.body["checks"] if check["level"] == "problem"]


@dataclass(frozen=True)
class Owner:
    """Calls `/api/v1/channels` with keys by name: `own`, `bound` to its vendor, `chat`, `foreign`, `sibling`.

    `sibling` is bound to another vendor of the same tenant.
    """

    product: Running
    account: Channel
    bot: Bot
    keys: Mapping[str, str]
    session: aiohttp.ClientSession

    @property
    def channel_id(self) -> str:
        return str(self.account.webhook_url).rpartition("/")[2]

    async def call(
        self, method: str, path: str, body: Any = None, *, key: str | None = "own", language: str = "en"
    ) -> Answer:
        headers = {"Accept-Language": language} | ({"Authorization": f"Bearer {self.keys[key]}"} if key else {})
        sent = {} if body is None else {"json": body}
        url = f"{self.product.url}/api/v1/channels{path}"
        async with self.session.request(method, url, headers=headers, **sent) as response:
            return Answer(response.status, await response.json(), response.headers)

    async def check(self, **more: Any) -> Answer:
        return await self.call("POST", f"/{self.channel_id}/check", **more)

    async def rotate(self, **body: Any) -> Answer:
        return await self.call("POST", f"/{self.channel_id}/rotate", body)


@pytest.fixture
async def public(sqlite_url: str, tmp_path: Path, clock: ManualClock) -> AsyncIterator[Running]:
    """The product on SQLite and LINE; it knows the address that it is reached at."""
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    async with running(sqlite_url, tmp_path, clock=clock, port=port, public_base_url=address) as started:
        yield started


@pytest.fixture
async def owner(public: Running) -> AsyncIterator[Owner]:
    bot, other = await public.shops.open(), await public.shops.open("別家店")
    account = await public.own_channel(bot)
    keys = await _keys(public, bot, other)
    async with aiohttp.ClientSession() as session:
        yield Owner(public, account, bot, keys, session)


async def _keys(product: Running, bot: Bot, other: Bot) -> dict[str, str]:
    settings, clock = product.shopkeeper.settings, product.shopkeeper.ports.clock
    verbs = ApiKeys(clock=clock, hash_key=derive_key(settings.secret_key.get_secret_value(), Purpose.API_KEY))
    principal = Principal(PrincipalKind.API_KEY, "tests", bot.tenant_id)
    async with product.database.unit_of_work() as session:
        sibling = await add_vendor(session, principal, NewVendor("S", "sibling"), now=clock.now())
        requests = {
            "own": KeyRequest(bot.tenant_id, "own"),
            "bound": KeyRequest(bot.tenant_id, "bound", vendor_id=bot.vendor_id),
            "chat": KeyRequest(bot.tenant_id, "chat", rights=Rights.CHAT),
            "foreign": KeyRequest(other.tenant_id, "foreign"),
            "sibling": KeyRequest(bot.tenant_id, "sibling", vendor_id=sibling),
        }
        return {name: (await verbs.issue(session, request))[1] for name, request in requests.items()}
