"""Complaints about what is sent: too late, twice, at a price, or not as it was meant."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update

from bot.clock import ManualClock
from bot.line import sdk_transport
from bot.line.simulator import FaultMode
from bot.models import Bot, Delivery, StaffNotice
from bot.texts import say
from handlers.line.timing import Timing
from knowledge.engine import Answer, Engine, Question
from tests.support.engine import HeldEngine
from tests.support.running import Running, running
from tests.support.shops import ANSWER, ASK
from tests.support.tapping import tap
from tests.support.waiting import eventually

STICKER = {"type": "sticker", "packageId": "1", "stickerId": "2"}


def say_instead(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    """Let the engine answer everything with this."""
    answer = Engine.answer

    async def reworded(engine: Engine, principal: Any, question: Question) -> Answer:
        return replace(await answer(engine, principal, question), text=text)

    monkeypatch.setattr(Engine, "answer", reworded)


def calls(product: Running, endpoint: str) -> list[dict[str, Any]]:
    """The bodies of an endpoint's calls, in order."""
    found = [call for call in product.line.platform.calls if call.path.endswith(endpoint)]
    return [json.loads(call.body or "{}") for call in found]


async def change(product: Running, statement: Any) -> None:
    async with product.database.unit_of_work() as session:
        await session.execute(statement)


# Complaint: No answer at all because the reply token expired.


async def test_an_answer_that_takes_too_long_leaves_a_button_within_the_tokens_life(
    sqlite_url: str, tmp_path: Path, held: HeldEngine
) -> None:
    soon = Timing(patience=timedelta(milliseconds=50), last_chance=timedelta(milliseconds=50))
    async with running(sqlite_url, tmp_path, clock=ManualClock(), timing=soon) as product:
        await product.shops.open()
        user = product.friend()
        assert await product.ask(user, ASK) == [say("line.late")]
        held.let_go.set()
        await eventually(lambda: not product.shopkeeper.late_answers._finishing)
        await tap(product, user, say("line.see_answer"))
        assert product.seen(user)[-1] == ANSWER


def test_the_deadline_of_an_event_ends_before_its_token_does() -> None:
    timing = Timing()
    ages = [timedelta(seconds=seconds) for seconds in range(0, 120, 5)]
    ends = [age + left for age in ages if (left := timing.time_for_answer(age)) is not None]
    assert max(ends) <= timedelta(seconds=50)


# Complaint: A reply token used twice: pack up to 5 messages into one call.


@pytest.mark.usefixtures("shop")
async def test_a_long_answer_is_one_call_of_up_to_five_messages(
    still: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    say_instead(monkeypatch, "這是本店的租賃規定，請您詳細閱讀每一條的內容。" * 600)
    said = await still.ask(still.friend(), ASK)
    [call] = calls(still, "/reply")
    assert 1 < len(call["messages"]) == len(said) <= 5


@pytest.mark.usefixtures("shop")
async def test_no_reply_token_is_spent_twice(still: Running) -> None:
    user = still.friend()
    for text in (ASK, "您好", "可以帶大象來嗎？", ASK):
        await still.ask(user, text)
    tokens = [call["replyToken"] for call in calls(still, "/reply")]
    assert len(tokens) == len(set(tokens)) == 4


# Complaint: An ambiguous send followed by a push: the customer gets the answer twice.


@pytest.mark.parametrize("mode", [FaultMode.ACCEPT_THEN_STATUS, FaultMode.ACCEPT_THEN_DROP])
@pytest.mark.usefixtures("shop")
async def test_a_send_in_doubt_is_never_followed_by_a_push(still: Running, clock: ManualClock, mode: FaultMode) -> None:
    await change(still, update(Bot).values(late_reply="push"))
    await still.shops.know_quota(None)
    user = still.friend()
    still.line.fail(mode, endpoint="reply", times=None)
    await still.line.user_says(still.central, user, ASK)
    for _ in range(12):
        assert still.shopkeeper.runner is not None
        await eventually(lambda: bool(calls(still, "/reply")))
        await still.shopkeeper.runner.idle()
        clock.advance(timedelta(seconds=8))
        await asyncio.sleep(0.06)
    await still.settle()
    assert still.seen(user) == [ANSWER]
    assert calls(still, "/push") == []


# Complaint: Push quota burnt silently.


@pytest.mark.usefixtures("shop")
async def test_answers_are_replies_which_are_free(still: Running) -> None:
    for number in range(5):
        await still.ask(still.friend(f"客人{number}"), ASK)
    assert still.central.consumption == 0
    assert {(sent.kind, sent.cost) for sent in await still.rows(select(Delivery))} == {("reply", 0)}


@pytest.mark.parametrize(("policy", "pushes"), [("postback", 0), ("push", 1)])
@pytest.mark.usefixtures("shop")
async def test_only_a_bot_that_wants_it_pushes_and_each_push_is_in_the_ledger(
    still: Running, policy: str, pushes: int
) -> None:
    await change(still, update(Bot).values(late_reply=policy))
    await still.shops.know_quota(200)
    still.line.fail(FaultMode.STATUS, endpoint="reply", status=400, message="Invalid reply token")
    await still.line.user_says(still.central, still.friend(), ASK)
    await still.settle()
    assert len(calls(still, "/push")) == pushes
    assert sum(sent.cost for sent in await still.rows(select(Delivery))) == pushes


async def test_the_owner_hears_of_the_quota_before_it_is_used_up(still: Running, shop: Bot) -> None:
    account = await still.own_channel(shop)
    account.monthly_limit, account.consumption = 200, 170

    async def is_warned() -> bool:
        return any(str(key).startswith("quota:") for key in await still.rows(select(StaffNotice.key)))

    await eventually(is_warned)
    assert account.consumption == 170


# Complaint: The reply token kept per chat instead of per event, so a later message overwrites an earlier one's.


@pytest.mark.usefixtures("shop")
async def test_each_event_is_answered_with_its_own_token(still: Running, held: HeldEngine) -> None:
    user = still.friend()
    first = await still.line.user_says(still.central, user, ASK)
    await eventually(lambda: bool(held.asked))
    later = await still.line.user_sends(still.central, user, STICKER)
    held.let_go.set()
    await still.settle()
    assert [call["replyToken"] for call in calls(still, "/reply")] == [first.reply_token, later.reply_token]


# Complaint: Markdown shown raw; text cut by Python characters instead of UTF-16 units.


async def test_nobody_sees_markdown(still: Running) -> None:
    raw = "**請注意**：\n# 退租\n- `押金` [說明](https://example.com/a) 退還"
    await still.shops.open(entries={"退租怎麼辦？": raw})
    [said] = await still.ask(still.friend(), "退租怎麼辦？")
    assert not any(mark in said for mark in ("**", "# ", "`", "]("))
    assert "https://example.com/a" in said


@pytest.mark.usefixtures("shop")
async def test_a_text_is_cut_in_lines_own_units(still: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    say_instead(monkeypatch, "👩‍👩‍👧‍👦🍎🍎🍎。" * 400)
    said = await still.ask(still.friend(), ASK)
    units = [len(text.encode("utf-16-le")) // 2 for text in said]
    assert max(units) <= 5000 < sum(units)
    assert "".join(said).count("🍎") == 1200
    assert await still.ends() == [("answered", None)]


# Complaint: One SDK client built per tenant on the event loop.


async def test_one_client_serves_all_channels(still: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    built: list[object] = []
    make = vars(sdk_transport)["AsyncApiClient"]

    def noting(*given: object) -> object:
        built.append(make(*given))
        return built[-1]

    monkeypatch.setattr(sdk_transport, "AsyncApiClient", noting)
    for name in ("甲店", "乙店", "丙店"):
        channel = await still.own_channel(await still.shops.open(name), name)
        assert await still.ask(still.friend(of=channel), ASK, channel=channel) == [ANSWER]
    assert len(built) <= 1
