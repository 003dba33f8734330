from __future__ import annotations

import uuid
from typing import Any

import aiohttp
import pytest

from bot.models import Bot
from tests.bot.cli.conftest import Shell
from tests.support.running import Running


@pytest.fixture
async def bot(product: Running) -> Bot:
    return await product.shops.open()


async def status_with(product: Running, key: str, path: str = "/api/v1/vendors") -> int:
    headers = {"X-API-Key": key}
    async with aiohttp.ClientSession() as session, session.get(product.url + path, headers=headers) as response:
        return response.status


async def make(there: Shell, *arguments: str) -> dict[str, Any]:
    ended = await there.run("key", "create", *arguments, "--json")
    assert ended.code == 0, ended.err
    return dict(ended.json)


@pytest.mark.parametrize("option", ["vendor", "tenant", "bot"])
async def test_a_key_is_made_for_a_vendor_a_tenant_or_a_bots_vendor(
    there: Shell, product: Running, bot: Bot, option: str
) -> None:
    ids = {"vendor": bot.vendor_id, "tenant": bot.tenant_id, "bot": bot.id}
    made = await make(there, f"--{option}", str(ids[option]))
    assert (made["tenant_id"], made["rights"], made["state"]) == (str(bot.tenant_id), "manage", "active")
    assert made["vendor_id"] == (None if option == "tenant" else bot.vendor_id)
    assert await status_with(product, made["api_key"]) == 200


async def test_a_key_may_be_for_asking_alone_and_for_some_days(there: Shell, product: Running, bot: Bot) -> None:
    made = await make(
        there, "--vendor", str(bot.vendor_id), "--rights", "chat", "--expires-days", "7", "--name", "window"
    )
    assert (made["rights"], made["name"], bool(made["expires_at"])) == ("chat", "window", True)
    assert await status_with(product, made["api_key"]) == 403


async def test_the_key_is_shown_once(there: Shell, bot: Bot) -> None:
    ended = await there.run("key", "create", "--vendor", str(bot.vendor_id))
    shown = [line for line in ended.out.splitlines() if line.startswith("vk_")]
    assert len(shown) == 1
    assert "not shown again" in ended.err
    listed = (await there.run("key", "list")).out + (await there.run("key", "list", "--json")).out
    assert shown[0] not in listed
    assert shown[0][-4:] in listed


async def test_a_revoked_key_opens_nothing(there: Shell, product: Running, bot: Bot) -> None:
    made = await make(there, "--vendor", str(bot.vendor_id))
    assert "is revoked" in (await there.run("key", "revoke", made["id"])).out
    assert await status_with(product, made["api_key"]) == 401
    assert [key["state"] for key in (await there.run("key", "list", "--json")).json["keys"]] == ["revoked"]


@pytest.mark.usefixtures("product")
@pytest.mark.parametrize(
    "arguments",
    [
        ["create"],
        ["create", "--vendor", "1", "--tenant", str(uuid.uuid4())],
        ["create", "--vendor", "12345"],
        ["create", "--vendor", "0"],
        ["create", "--tenant", str(uuid.uuid4())],
        ["create", "--bot", str(uuid.uuid4())],
        ["create", "--bot", "not-a-uuid"],
        ["revoke", str(uuid.uuid4())],
    ],
)
async def test_a_key_for_nobody_is_refused_with_a_sentence(there: Shell, arguments: list[str]) -> None:
    ended = await there.run("key", *arguments)
    assert (ended.code, ended.out) == (2, "")
    assert ended.err


async def test_a_name_that_is_too_long_is_refused(there: Shell, bot: Bot) -> None:
    ended = await there.run("key", "create", "--vendor", str(bot.vendor_id), "--name", "x" * 101)
    assert (ended.code, "at most 100 characters" in ended.err) == (2, True)


async def test_vendors_are_listed_with_their_ids(there: Shell, bot: Bot) -> None:
    [listed] = (await there.run("vendor", "list", "--json")).json["vendors"]
    assert (listed["id"], listed["tenant_id"], listed["is_active"]) == (bot.vendor_id, str(bot.tenant_id), True)
    assert bot.store_name in (await there.run("vendor", "list")).out


async def test_an_empty_store_says_how_to_begin(shell: Shell) -> None:
    assert "key create" in (await shell.run("key", "list")).out
    assert "no vendor" in (await shell.run("vendor", "list")).out
