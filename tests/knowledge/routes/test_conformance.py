"""The running chat API against its own document: what vendors' systems and keys for a tenant are answered."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from bot.models import Bot
from bot.security.keys import Purpose, derive_key
from bot.tenancy.api_keys import ApiKeys, KeyRequest
from bot.tenancy.principal import Principal, PrincipalKind
from knowledge import unanswered
from knowledge.unanswered import Asked
from tests.support.conformance import conforms, operations, table
from tests.support.running import Running, running
from tests.support.servers import free_port
from tests.support.waiting import eventually

ENDPOINT = {"url": "https://example.com/orders", "parameters": []}
FILE = "question,answer\n何時繳租金？,每月5號前。\n".encode()
# The fields that go with a bare file stand in the query, which counts with no other kind of body. And the paths of
# export and search are those of an entry as well, so that their other methods are those of one that isn't there.
CHECKS = """
[[operations]]
include-path = "/api/v1/imports"
include-method = "POST"
checks.negative_data_rejection.enabled = false

[[operations]]
include-path-regex = "^/api/v1/knowledge/(export|search)$"
checks.unsupported_method.enabled = false
checks.allow_header_conformance.enabled = false
"""


@dataclass(frozen=True)
class Shop:
    """A tenant whose bot has a vendor and an Official Account of its own, and a key that opens all of it."""

    product: Running
    bot: Bot
    channel_id: str
    headers: dict[str, str]
    session: aiohttp.ClientSession

    async def call(self, method: str, path: str, **body: Any) -> Any:
        url = f"{self.product.url}/api/v1{path}"
        async with self.session.request(method, url, headers=self.headers, **body) as response:
            assert response.ok, await response.text()
            return await response.json()

    async def made(self, path: str, **body: Any) -> Any:
        """The id of something new."""
        return (await self.call("POST", path, json=body))["id"]

    async def intent(self, name: str) -> Any:
        return await self.made("/intents", name=name, type="action", endpoint=ENDPOINT, vendor_id=self.bot.vendor_id)

    async def preview(self) -> Any:
        """The id of an import that waits to be applied."""
        job = (await self.call("POST", f"/imports?filename=faq.csv&vendor_id={self.bot.vendor_id}", data=FILE))["id"]

        async def is_read() -> bool:
            return bool((await self.call("GET", f"/imports/{job}"))["state"] == "preview")

        await eventually(is_read)
        return job

    async def question(self, text: str) -> Any:
        asked = Asked(self.bot.vendor_id, "renter", text)
        principal = Principal(PrincipalKind.BOT, str(self.bot.id), self.bot.tenant_id, self.bot.vendor_id)
        async with self.product.database.unit_of_work() as session:
            await unanswered.record(session, principal, asked, now=self.product.now())
        return (await self.call("GET", "/unanswered"))["items"][0]["id"]


@asynccontextmanager
async def shop_on(database_url: str, folder: Path) -> AsyncIterator[Shop]:
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    async with running(database_url, folder, port=port, public_base_url=address) as product:
        bot = await product.shops.open()
        account = await product.own_channel(bot)
        hash_key = derive_key(product.shopkeeper.settings.secret_key.get_secret_value(), Purpose.API_KEY)
        keys = ApiKeys(clock=product.shopkeeper.ports.clock, hash_key=hash_key)
        async with product.database.unit_of_work() as session:
            _, key = await keys.issue(session, KeyRequest(bot.tenant_id, "own"))
        channel_id = str(account.webhook_url).rpartition("/")[2]
        async with aiohttp.ClientSession() as session:
            yield Shop(product, bot, channel_id, {"Authorization": f"Bearer {key}"}, session)


async def settings_on(shop: Shop) -> list[str]:
    """Whose key it is, and ids that exist; what is deleted on the way is something else."""
    known = {
        "path.vendor_id": shop.bot.vendor_id,
        "path.entry_id": await shop.made("/knowledge", question_summary="q", answer="a"),
        "path.intent_id": await shop.intent("kept"),
        "path.import_id": await shop.preview(),
        "path.question_id": await shop.question("有停車位嗎"),
        "path.channel_id": shop.channel_id,
    }
    given_up = {
        "vendors/{vendor_id}": await shop.made("/vendors", code="GIVEN_UP", name="given up"),
        "knowledge/{entry_id}": await shop.made("/knowledge", question_summary="q", answer="a"),
        "intents/{intent_id}": await shop.intent("given up"),
        "imports/{import_id}": await shop.preview(),
    }
    deletions = [
        operations(
            f'include-path = "/api/v1/{path}"\ninclude-method = "DELETE"',
            "parameters",
            {f"path.{path.partition('{')[2].rstrip('}')}": gone},
        )
        for path, gone in given_up.items()
    ]
    return [table("headers", shop.headers), table("parameters", known), *deletions, CHECKS]


@pytest.mark.timeout(1800)
async def test_every_answer_is_one_that_the_document_tells_of(
    request: pytest.FixtureRequest, sqlite_url: str, tmp_path: Path
) -> None:
    async with shop_on(sqlite_url, tmp_path) as shop:
        settings = await settings_on(shop)
        done = await conforms(
            shop.product.url, paths="^/(chat|api)/v1", settings=settings, folder=tmp_path, request=request
        )
    assert done.status == 0, done.said
    assert "passed" in done.said
