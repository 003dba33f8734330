"""Bots listed, shown, changed, suspended, bound anew."""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import timedelta
from typing import Any
from urllib.parse import unquote

import pytest
from sqlalchemy import func, select

from bot.clock import ManualClock
from bot.db.engine import Database
from bot.models import Bot, BotOwner, ClaimCode, Vendor
from bot.security.keys import Purpose, derive_key
from bot.security.tokens import hash_token
from bot.tenancy.owners import Claimant, claim_by_code
from handlers.line.commands import CommandName, command_text
from partner_api.api import Api
from tests.partner_api.bots.conftest import Desk, desk_on
from tests.partner_api.conftest import refused
from tests.support.partners import Client, api_on, make_bot, served
from tests.support.settings import MakeSettings


async def own(desk: Desk) -> None:
    """Let somebody own the bot."""
    bot = desk.bot
    owner = {"bot_id": bot.id, "tenant_id": bot.tenant_id, "channel_id": bot.channel_id, "user_id": "U1"}
    async with desk.api.database.unit_of_work() as session:
        session.add(BotOwner(**owner, bound_at=desk.api.clock.now()))


async def test_a_bot_shows_how_it_is_reached_and_not_who_owns_it(desk: Desk) -> None:
    await own(desk)
    shown = (await desk.call("GET")).body
    assert shown["owner"] == {"bound": True, "since": "2026-01-01T00:00:00Z"}
    assert shown["entry"]["command"] == command_text(CommandName.ENTER_SHOP, desk.bot.shop_code)
    assert unquote(shown["entry"]["line_url"]).endswith(f"/@123abcde/?{shown['entry']['command']}")
    assert shown["channel"] == {"kind": "central", "name": "店家總機", "line_id": "@123abcde"}
    assert "U1" not in str(shown)
    assert desk.token not in str(shown)


async def test_a_list_is_searched_by_name_without_wildcards_and_paged(desk: Desk, clock: ManualClock) -> None:
    for name in ("50% off", "５０ Coffee"):
        clock.advance(timedelta(seconds=1))
        await make_bot(desk.api, desk.partner, name)
    await desk_on(desk.api, desk.client, name="50% of another partner's")

    async def found(query: str) -> list[str]:
        answer = await desk.client.call("GET", f"/v1/bots?{query}", key=desk.key)
        return [bot["store_name"] for bot in answer.body["bots"]]

    assert await found("") == ["５０ Coffee", "50% off", "好好租屋"]
    assert await found("limit=1&offset=1") == ["50% off"]
    assert await found("search=%25") == ["50% off"]
    assert await found("search=50") == ["５０ Coffee", "50% off"]
    assert await found(f"search={desk.bot.shop_code.lower()}") == ["好好租屋"]


async def test_every_status_is_listed_by_itself(desk: Desk) -> None:
    path = f"/v1/bots/{desk.bot.id}"

    async def listed() -> list[str]:
        statuses = ("active", "paused", "suspended", "deleted")
        answers = [await desk.client.call("GET", f"/v1/bots?status={one}", key=desk.key) for one in statuses]
        return [one for one, answer in zip(statuses, answers, strict=True) if answer.body["total"]]

    assert await listed() == ["active"]
    async with desk.api.database.unit_of_work() as session:
        (await session.get_one(Bot, desk.bot.id)).paused_at = desk.api.clock.now()
    assert await listed() == ["paused"]
    await desk.client.call("POST", f"{path}/pause", key=desk.key)
    assert await listed() == ["suspended"]
    await desk.client.call("DELETE", path, key=desk.key)
    assert await listed() == ["deleted"]
    assert (await desk.client.call("GET", "/v1/bots", key=desk.key)).body["total"] == 0
    assert refused(await desk.client.call("GET", "/v1/bots?status=gone", key=desk.key)) == (400, "bad_request")


async def test_what_is_given_changes_and_is_shown_as_stored(desk: Desk) -> None:
    settings = {
        "late_reply": "push", "push_limit": 50, "owner_pushes": "all", "summary_hour": 9, "trigger_word": " ＠小幫手 ",
        "llm_daily_tokens": 0,
    }  # fmt: skip
    changed = await desk.token_call(
        "PATCH", json={"store_name": " 新店 ", "system_prompt": "簡短", "settings": settings}
    )
    assert changed.body["settings"] == settings | {"trigger_word": "小幫手"}
    assert (changed.body["store_name"], changed.body["system_prompt"]) == ("新店", "簡短")
    cleared = await desk.call("PATCH", json={"system_prompt": None, "settings": {"push_limit": None}})
    assert (cleared.body["system_prompt"], cleared.body["settings"]["push_limit"]) == (None, None)
    assert cleared.body["settings"]["summary_hour"] == 9
    assert cleared.body == (await desk.call("GET")).body
    assert await desk.rows(select(Vendor.name)) == ["新店"]


async def test_a_vendor_with_a_name_of_its_own_keeps_it(desk: Desk) -> None:
    async with desk.api.database.unit_of_work() as session:
        (await session.get_one(Vendor, desk.bot.vendor_id)).name = "總公司"
    await desk.call("PATCH", json={"store_name": "新店"})
    assert await desk.rows(select(Vendor.name)) == ["總公司"]


@pytest.mark.parametrize(
    ("body", "named"),
    [
        ({"name": "x"}, "name"),
        ({"settings": {"colour": "red"}}, "settings.colour"),
        ({"store_name": ""}, "store_name"),
        ({"store_name": None}, "store_name"),
        ({"store_name": "a\u202eb"}, "store_name"),
        ({"system_prompt": "x" * 8001}, "system_prompt"),
        ({"settings": None}, "settings"),
        ({"settings": {"late_reply": "never"}}, "settings.late_reply"),
        ({"settings": {"push_limit": -1}}, "settings.push_limit"),
        ({"settings": {"push_limit": True}}, "settings.push_limit"),
        ({"settings": {"summary_hour": 3}}, "settings.summary_hour"),
        ({"settings": {"trigger_word": "a"}}, "settings.trigger_word"),
        ({"settings": {"trigger_word": "a\nb"}}, "settings.trigger_word"),
        ({"settings": {"llm_daily_tokens": 10**12}}, "settings.llm_daily_tokens"),
    ],
)
async def test_what_cannot_be_is_named_and_changes_nothing(desk: Desk, body: dict[str, Any], named: str) -> None:
    answer = await desk.call("PATCH", json={"system_prompt": "x"} | body)
    assert refused(answer) == (400, "bad_request")
    assert answer.body["error"]["message"].startswith(named)
    assert (await desk.call("GET")).body["system_prompt"] is None


async def test_pausing_and_resuming_twice_is_as_once(desk: Desk, clock: ManualClock) -> None:
    first = (await desk.call("POST", "/pause")).body
    clock.advance(timedelta(hours=1))
    assert (await desk.token_call("POST", "/pause")).body == first
    assert (first["status"], first["suspended_at"]) == ("suspended", "2026-01-01T00:00:00Z")
    resumed = (await desk.call("POST", "/resume")).body
    assert (resumed["status"], resumed["suspended_at"]) == ("active", None)
    assert (await desk.call("POST", "/resume")).body == resumed


async def test_a_new_binding_code_ends_the_ones_before(desk: Desk) -> None:
    codes = [(await desk.call("POST", "/binding-code")).body["binding"] for _ in range(2)]
    assert len({code["code"] for code in codes}) == 2
    assert set(codes[0]) == {"code", "expires_at", "line_url", "qr_url"}
    valid = ClaimCode.expires_at > desk.api.clock.now()
    assert await desk.rows(select(func.count()).select_from(ClaimCode).where(valid)) == [1]
    await own(desk)
    assert refused(await desk.call("POST", "/binding-code")) == (409, "already_bound")


async def test_a_code_asked_for_again_is_the_same_and_another_bots_is_its_own(desk: Desk) -> None:
    other = await make_bot(desk.api, desk.partner, "二店")
    headers = {**desk.key.headers, "Idempotency-Key": "code-1"}
    paths = [f"/v1/bots/{bot_id}/binding-code" for bot_id in (desk.bot.id, desk.bot.id, other.bot.id)]
    first, again, others = [await desk.client.call("POST", path, headers=headers) for path in paths]
    assert first.body == again.body
    assert others.body["bot_id"] == str(other.bot.id)
    assert "Idempotency-Replayed" not in others.headers


async def test_nobody_can_be_released_twice(desk: Desk) -> None:
    await own(desk)
    released = await desk.call("POST", "/release-owner")
    assert released.body["owner"] == {"bound": False, "since": None}
    assert refused(await desk.call("POST", "/release-owner")) == (409, "no_owner")


async def test_20_deletions_at_once_return_one_slot(
    database: Database, clock: ManualClock, settings: MakeSettings
) -> None:
    api = api_on(database, settings(), clock)
    async with served(api) as client:
        desk = await desk_on(api, client)
        await make_bot(api, desk.partner, "二店")
        answers = await asyncio.gather(*(desk.call("DELETE") for _ in range(20)))
        assert Counter(answer.status for answer in answers) == {204: 1, 404: 19}
        assert await desk.slots_used() == 1
        assert refused(await desk.call("POST", "/pause")) == (404, "bot_not_found")
        assert refused(await desk.token_call("GET")) == (401, "invalid_token")
        shown = (await desk.call("GET")).body
        assert (shown["status"], shown["deleted_at"]) == ("deleted", "2026-01-01T00:00:00Z")


async def test_a_vendor_goes_with_its_last_bot(desk: Desk) -> None:
    second = await make_bot(desk.api, desk.partner, "分店", vendor_id=desk.bot.vendor_id)
    await desk.call("DELETE")
    assert await desk.rows(select(Vendor.is_active)) == [True]
    await desk.client.call("DELETE", f"/v1/bots/{second.bot.id}", key=desk.key)
    assert await desk.rows(select(Vendor.is_active)) == [False]
    assert await desk.slots_used() == 0


async def test_a_slot_that_came_back_makes_another_bot(api: Api, client: Client) -> None:
    desk = await desk_on(api, client, slots=1)
    await desk.call("DELETE")
    await make_bot(api, desk.partner, "新店")
    assert await desk.slots_used() == 1


async def test_a_claim_and_a_deletion_at_once_leave_nobody_owning_it(
    database: Database, clock: ManualClock, settings: MakeSettings
) -> None:
    api = api_on(database, settings(), clock)
    key = derive_key(api.secret_key, Purpose.CLAIM_CODE)

    async def claim(desk: Desk, code: str) -> None:
        async with database.unit_of_work() as session:
            claimant = Claimant(desk.bot.channel_id, "U1")
            await claim_by_code(session, claimant, code_hash=hash_token(key, code), now=clock.now())

    async with served(api) as client:
        desks = [await desk_on(api, client) for _ in range(5)]
        codes = [(await desk.call("POST", "/binding-code")).body["binding"]["code"] for desk in desks]
        claims = [claim(desk, code) for desk, code in zip(desks, codes, strict=True)]
        await asyncio.gather(*claims, *(desk.call("DELETE") for desk in desks))
        assert await desks[0].rows(select(BotOwner.user_id)) == []
        assert [await desk.slots_used() for desk in desks] == [0] * 5
