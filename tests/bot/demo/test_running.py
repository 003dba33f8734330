from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import shlex
import socket
import uuid
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from bot.demo import Demo, DemoAddresses
from bot.models import BotOwner
from bot.texts import say
from knowledge.engine import Engine
from tests.support.encoder import shared_encoder
from tests.support.waiting import eventually

FREE = DemoAddresses(host="127.0.0.1", port=0, simulator_port=0)


@pytest.fixture(autouse=True)
def one_model(monkeypatch: pytest.MonkeyPatch) -> None:
    """The model takes a second to load, so the tests of a process share one."""
    defaults = {**(Engine.__init__.__kwdefaults__ or {}), "make_encoder": shared_encoder}
    monkeypatch.setattr(Engine.__init__, "__kwdefaults__", defaults)


@pytest.fixture
async def demo() -> AsyncIterator[Demo]:
    async with Demo.running(FREE) as running:
        yield running


@pytest.fixture
async def page(demo: Demo) -> AsyncIterator[aiohttp.ClientSession]:
    """The demo's page as a browser reaches it."""
    async with aiohttp.ClientSession(demo.page) as session:
        yield session


async def control(page: aiohttp.ClientSession, method: str, path: str, body: Any = None) -> Any:
    async with page.request(method, f"/_simulator{path}", json=body) as response:
        assert response.status < 300, await response.text()
        return await response.json()


async def said(page: aiohttp.ClientSession, column: dict[str, str]) -> list[str]:
    """What the account has said to a person of the page."""
    messages = (await control(page, "GET", "/state"))["messages"]
    chat = {"channel_id": column["channel_id"], "chat_id": column["user_id"], "sender": "account"}
    return [message["content"].get("text", "") for message in messages if message.items() >= chat.items()]


async def hears(page: aiohttp.ClientSession, column: dict[str, str], words: str) -> None:
    """Wait until the account says that."""

    async def heard() -> bool:
        return any(words in text for text in await said(page, column))

    await eventually(heard)


async def test_each_vendor_answers_the_same_question_with_its_own_value(page: aiohttp.ClientSession) -> None:
    first, second = (await control(page, "POST", "/guide/0/0/say"))["columns"]
    await hears(page, first, "1 號")
    await hears(page, second, "10 號")


async def test_a_bot_is_provisioned_and_owned(demo: Demo, page: aiohttp.ClientSession) -> None:
    answer = (await control(page, "POST", "/guide/1/0/provision", {"store_name": "測試小店"}))["answer"]
    assert answer["success"] is True
    code = answer["binding"]["code"]
    [owner] = (await control(page, "POST", "/guide/1/0/own", {"code": code}))["columns"]
    await hears(page, owner, "「測試小店」的店長")
    async with demo.shopkeeper.database.reading() as session:
        bound = await session.get(BotOwner, uuid.UUID(answer["bot_id"]))
    assert bound is not None
    assert bound.user_id == owner["user_id"]


async def test_a_shop_of_the_shared_account_is_entered_and_asked(page: aiohttp.ClientSession) -> None:
    [guest] = (await control(page, "POST", "/guide/2/0/say"))["columns"]
    await hears(page, guest, say("line.shop_entered", shop=say("demo.shop")))
    await hears(page, guest, "打烊")


async def test_the_demo_says_where_it_is_and_answers_there(demo: Demo, page: aiohttp.ClientSession) -> None:
    assert demo.page in demo.welcome
    assert demo.server in demo.welcome
    async with page.get("/") as shown, page.get(f"{demo.server}/readyz") as ready:
        assert (shown.status, ready.status) == (200, 200)


async def test_the_call_that_it_offers_to_partners_works_as_it_stands(demo: Demo) -> None:
    command = demo.welcome[demo.welcome.rindex("curl ") :].replace("\\\n", "")
    process = await asyncio.create_subprocess_exec(
        *shlex.split(command.partition("\n")[0]), stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL
    )
    told, _ = await process.communicate()
    assert json.loads(told)["name"] == "Test Company"


def variables_of(welcome: str) -> dict[str, str]:
    exports = (line.split() for line in welcome.splitlines() if line.strip().startswith("export "))
    return dict(given.split("=", 1) for _, given in exports)


async def test_the_variables_that_it_offers_to_partners_open_both_apis(demo: Demo) -> None:
    given = variables_of(demo.welcome)
    call = {"url": given["PARTNER_WEBHOOK_URL"]}
    headers = {"Authorization": f"Bearer {given['PARTNER_API_KEY']}", "X-API-Secret": given["PARTNER_API_SECRET"]}
    provisioning = {"Authorization": f"Bearer {given['PARTNER_PROVISIONING_KEY']}"}
    async with aiohttp.ClientSession(given["PARTNER_BASE_URL"]) as partner:
        async with partner.post("/api/partner/provision", json={"store_name": "s"}, headers=provisioning) as made:
            assert made.status == 201
        async with partner.post("/api/partner/v1/webhooks/test", json=call, headers=headers) as tested:
            assert tested.status == 200
            sent = (await tested.json())["sent"]
    signed = hmac.new(given["PARTNER_WEBHOOK_SECRET"].encode(), sent["body"].encode(), hashlib.sha256).hexdigest()
    assert sent["headers"]["X-Partner-Signature"] == signed


async def test_the_page_leads_to_the_reference_of_the_api(demo: Demo, page: aiohttp.ClientSession) -> None:
    actions = (await control(page, "GET", "/guide"))["guide"]["steps"][1]["actions"]
    async with page.get(actions[1]["url"]) as shown:
        assert (actions[1]["kind"], shown.status, shown.content_type) == ("link", 200, "text/html")


async def test_a_taken_port_is_replaced_by_a_free_one() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        async with Demo.running(DemoAddresses(host="127.0.0.1", port=port, simulator_port=port)) as demo:
            assert not demo.server.endswith(f":{port}")
            assert not demo.page.endswith(f":{port}")
            assert demo.page != demo.server


async def test_a_demo_leaves_nothing_behind(demo: Demo) -> None:
    folder = Path(demo.shopkeeper.database.url.database or "").parent
    assert folder.is_dir()
    async with Demo.running(FREE) as other:
        kept = Path(other.shopkeeper.database.url.database or "").parent
        assert kept != folder
    assert not kept.exists()
