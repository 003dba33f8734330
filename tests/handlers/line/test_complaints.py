"""What goes wrong in other people's LINE bots, each complaint as a test of this one."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from sqlalchemy import select, update

from bot.clock import ManualClock
from bot.db.base import Base
from bot.line import sdk_transport
from bot.line.simulator import FaultMode, User
from bot.line.simulator.events import webhook_body
from bot.models import Bot, Channel, Delivery, StaffNotice
from bot.texts import say
from handlers.line.inbox import writer
from handlers.line.timing import Timing
from knowledge.engine import Answer, Engine, Question
from tests.support.running import Running, running
from tests.support.tapping import tap
from tests.support.waiting import eventually

ASK, ANSWER = "你們幾點打烊？", "我們每天晚上 9 點打烊。"
IMAGE = {"type": "image", "contentProvider": {"type": "line"}}
STICKER = {"type": "sticker", "packageId": "1", "stickerId": "2"}


class Held:
    """Holds the engine's answers back until it is told to let them go."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.let_go = asyncio.Event()
        self.asked: list[Question] = []
        answer = Engine.answer

        async def hold(engine: Engine, principal: Any, question: Question) -> Answer:
            self.asked.append(question)
            await self.let_go.wait()
            return await answer(engine, principal, question)

        monkeypatch.setattr(Engine, "answer", hold)


@pytest.fixture
def held(monkeypatch: pytest.MonkeyPatch) -> Held:
    return Held(monkeypatch)


def say_instead(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    """Let the engine answer everything with this."""
    answer = Engine.answer

    async def reworded(engine: Engine, principal: Any, question: Question) -> Answer:
        return replace(await answer(engine, principal, question), text=text)

    monkeypatch.setattr(Engine, "answer", reworded)


@pytest.fixture
async def shop(still: Running) -> Bot:
    return await still.shops.open()


def calls(product: Running, endpoint: str) -> list[dict[str, Any]]:
    """The bodies of an endpoint's calls, in order."""
    found = [call for call in product.line.platform.calls if call.path.endswith(endpoint)]
    return [json.loads(call.body or "{}") for call in found]


async def change(product: Running, statement: Any) -> None:
    async with product.database.unit_of_work() as session:
        await session.execute(statement)


async def know_quota(product: Running, *, limit: int | None, used: int = 0) -> None:
    await change(product, update(Channel).values(quota_limit=limit, quota_used=used, quota_checked_at=product.now()))


# Complaint: The webhook is held open while the LLM answers, so LINE times out and redelivers.


@pytest.mark.usefixtures("shop")
async def test_the_webhook_is_acknowledged_while_the_answer_is_still_being_made(still: Running, held: Held) -> None:
    user = still.friend()
    told = await still.line.user_says(still.central, user, ASK)
    assert [attempt.status for attempt in told.attempts] == [200]
    assert still.seen(user) == []
    held.let_go.set()
    assert await still.answers(told) == [ANSWER]


# Complaint: Only events[0] is handled; or the first event's user is taken for the whole batch.


@pytest.mark.usefixtures("shop")
async def test_every_event_of_a_request_is_handled_as_its_own_users(still: Running) -> None:
    people = [still.friend(name) for name in ("小明", "小美", "小華")]
    still.line.hold(still.central)
    for user in people:
        await still.line.user_says(still.central, user, ASK)
    newcomer = still.line.add_user("新朋友")
    await still.line.follow(still.central, newcomer)
    [request] = await still.line.release(still.central, batch_size=4)
    await still.settle()
    assert len(request.event_ids) == 4
    assert [still.seen(user) for user in people] == [[ANSWER]] * 3
    assert len(still.seen(newcomer)) >= 1


# Complaint: No answer at all because the reply token expired.


async def test_an_answer_that_takes_too_long_leaves_a_button_within_the_tokens_life(
    sqlite_url: str, tmp_path: Path, held: Held
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
    await know_quota(still, limit=None)
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


# Complaint: Duplicates after a redelivery; or losses, because an event was marked seen before it was durably accepted.


@pytest.mark.usefixtures("shop")
async def test_a_redelivery_is_not_answered_again(still: Running) -> None:
    user = still.friend()
    told = await still.line.user_says(still.central, user, ASK, copies=2)
    await still.settle()
    await still.line.deliver(told.occurrence)
    await still.settle()
    assert still.seen(user) == [ANSWER]


@pytest.mark.usefixtures("shop")
async def test_what_could_not_be_stored_is_not_taken_for_seen(still: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    user = still.friend()

    async def fail(*_: object) -> None:
        raise writer.StoreFailed("the disk is full")

    with monkeypatch.context() as patched:
        patched.setattr(still.shopkeeper.inbox._store, "write", fail)
        told = await still.line.user_says(still.central, user, ASK)
    assert [attempt.status for attempt in told.attempts] == [503]
    [again] = await still.line.deliver(told.occurrence)
    await still.settle()
    assert again.status == 200
    assert still.seen(user) == [ANSWER]


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
    await know_quota(still, limit=200)
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


# Complaint: Group chats answered to every message; the full-width ＠ not understood; owner commands accepted in groups.


@pytest.mark.usefixtures("shop")
async def test_a_group_is_answered_when_it_calls_the_bot_and_only_then(still: Running) -> None:
    user = still.friend()
    group = still.line.add_group("住戶群", [user], channel=still.central)
    assert await still.ask(user, ASK, group=group) == []
    assert await still.ask(user, f"＠巷口咖啡　{ASK}", group=group) == [ANSWER]
    assert await still.ask(user, f"@巷口咖啡 {ASK}", group=group) == [ANSWER]


async def test_a_group_cannot_give_an_owners_orders(still: Running, shop: Bot) -> None:
    owner, stranger = still.friend("老闆"), still.friend("路人")
    await still.shops.own(shop, owner)
    group = still.line.add_group("住戶群", [owner, stranger], channel=still.central)
    for text in ("@我是店長", f"@我是店長 {await still.shops.code(shop)}", "@解除綁定", "暫停", "主選單"):
        await still.ask(stranger, text, group=group)
        await still.ask(owner, text, group=group)
    assert await still.shops.owner_of(shop) == owner.user_id
    [bot] = await still.rows(select(Bot))
    assert bot.paused_at is None


# Complaint: The reply token kept per chat instead of per event, so a later message overwrites an earlier one's.


@pytest.mark.usefixtures("shop")
async def test_each_event_is_answered_with_its_own_token(still: Running, held: Held) -> None:
    user = still.friend()
    first = await still.line.user_says(still.central, user, ASK)
    await eventually(lambda: bool(held.asked))
    later = await still.line.user_sends(still.central, user, STICKER)
    held.let_go.set()
    await still.settle()
    assert [call["replyToken"] for call in calls(still, "/reply")] == [first.reply_token, later.reply_token]


# Complaint: One bad or unknown event in a batch loses the whole batch; a missing signature header fails with a 500.


def spoilt(event: dict[str, Any]) -> list[Any]:
    """Events that the official SDK's parser refuses, or that are no events at all."""
    without_id = {name: value for name, value in event.items() if name != "webhookEventId"}
    return [
        {**event, "mode": "tomorrow", "webhookEventId": "01A"},
        {**without_id, "replyToken": "x"},
        {"type": "hologram", "webhookEventId": "01B"},
        {"source": {"type": "planet"}},
        None,
        17,
    ]


@pytest.mark.usefixtures("shop")
async def test_bad_and_unknown_events_cost_the_others_nothing(still: Running) -> None:
    user = still.friend()
    still.line.hold(still.central)
    told = await still.line.user_says(still.central, user, ASK)
    event = told.occurrence.event
    body = webhook_body(still.central.bot_user_id, [*spoilt({**event, "source": {"type": "user"}}), event])
    attempt = await still.line.sender.post(still.central, body)
    await still.settle()
    assert attempt.status == 200
    assert len(await still.events()) == 7
    assert still.seen(user) == [ANSWER]


async def test_a_request_without_a_signature_is_refused_and_not_an_error(still: Running) -> None:
    async with aiohttp.ClientSession() as session, session.post(still.central.webhook_url or "", data=b"{}") as answer:
        assert answer.status == 401


# Complaint: Media downloaded before the 200; external content URLs fetched without SSRF protection.


@pytest.mark.usefixtures("shop")
async def test_a_picture_is_not_fetched_before_its_webhook_is_acknowledged(still: Running) -> None:
    still.line.fail(FaultMode.HANG, endpoint="content", seconds=5, times=None)
    told = await still.line.user_sends(still.central, still.friend(), IMAGE, data=b"\xff\xd8\xff")
    assert [attempt.status for attempt in told.attempts] == [200]
    still.line.faults.clear()
    assert len(await still.answers(told)) == 1
    assert any(call.path.endswith("/content") for call in still.line.platform.calls)


@pytest.fixture
async def trap() -> AsyncIterator[tuple[str, list[bytes]]]:
    """A server inside the network that nobody outside may reach through us: its URL, and what it was asked."""
    asked: list[bytes] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.append(await reader.readline())
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1")
    yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/secret", asked
    server.close()


@pytest.mark.parametrize("kind", ["image", "video", "audio"])
@pytest.mark.usefixtures("shop")
async def test_a_url_that_a_webhook_names_is_not_fetched(
    still: Running, trap: tuple[str, list[bytes]], kind: str
) -> None:
    url, asked = trap
    provider = {"type": "external", "originalContentUrl": url, "previewImageUrl": url}
    told = await still.line.user_sends(still.central, still.friend(), {"type": kind, "contentProvider": provider})
    assert len(await still.answers(told)) == 1
    assert asked == []


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


# Complaint: unsend ignored: the text stays in history, prompts and exports.


async def everything(product: Running) -> str:
    """All that the store holds, as text."""
    async with product.database.reading() as session:
        found = [(await session.execute(select(table))).all() for table in Base.metadata.sorted_tables]
    return repr(found)


@pytest.mark.usefixtures("shop")
async def test_what_was_taken_back_is_nowhere_any_more(still: Running, held: Held) -> None:
    held.let_go.set()
    user, secret = still.friend(), "獨角獸藏在地下室"
    told = await still.line.user_says(still.central, user, f"我的{secret}，可以嗎？")
    await still.settle()
    assert secret in await everything(still)
    await still.line.unsend(told)
    await still.settle()
    assert secret not in await everything(still)
    await still.ask(user, ASK)
    assert secret not in repr(held.asked[-1])


# Complaint: A human answers and the bot talks over them.


async def test_the_bot_is_silent_while_a_person_of_the_shop_answers(still: Running, shop: Bot) -> None:
    owner, customer = still.friend("老闆"), still.friend("小美")
    await still.shops.own(shop, owner)
    await know_quota(still, limit=None)
    await still.ask(customer, "找真人")
    await eventually(lambda: len(still.line.visible_messages(still.central, owner)) > 0)
    await tap(still, owner, say("handover.take"))
    seen = [message.content for message in still.line.visible_messages(still.central, customer)]
    await still.line.user_says(still.central, customer, ASK)
    await still.settle()
    after = [message.content for message in still.line.visible_messages(still.central, customer)]
    assert ANSWER not in repr(after[len(seen) :])


@pytest.mark.usefixtures("shop")
async def test_on_standby_another_speaks_and_the_bot_is_silent(still: Running) -> None:
    user: User = still.friend()
    event = {
        "type": "message",
        "mode": "standby",
        "timestamp": still.line.platform.now(),
        "source": {"type": "user", "userId": user.user_id},
        "message": {"id": "1", "type": "text", "text": ASK},
    }
    await still.line.deliver(still.line.people.raw(still.central.channel_id, event))
    await still.settle()
    assert await still.ends() == [("silent", "mode_standby")]
