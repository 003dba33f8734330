from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from bot.clock import ManualClock
from bot.line.delivery import Purpose
from bot.line.messages import TextMessage
from bot.line.simulator import FaultMode, User
from bot.models import Bot, Channel, Delivery, DeliveryAttempt
from handlers.line.pushing import NoRoom, send_to
from handlers.line.responses import HandedOver
from tests.support.running import Running

HELLO = TextMessage("店長請您稍等一下。")


async def quota(product: Running, *, limit: int | None = None, used: int = 0) -> None:
    """Have the channel's quota known."""
    product.central.monthly_limit, product.central.consumption = limit, used
    await product.shops.know_quota(limit, used=used)


async def push(product: Running, bot: Bot, user: User, **more: Any) -> Delivery | NoRoom | None:
    """Queue a message to somebody and wait until it has ended."""
    async with product.database.unit_of_work() as session:
        now = product.shopkeeper.ports.clock.now()
        queued = await send_to(session, bot, user.user_id, [HELLO], purpose=Purpose.RELAY, now=now, **more)
    if isinstance(queued, Delivery) and product.shopkeeper.runner is not None:
        await product.shopkeeper.runner.work([queued.lane])
    return queued


async def deliveries(product: Running) -> list[Delivery]:
    return await product.rows(select(Delivery).order_by(Delivery.id))


async def unanswered_word(product: Running, user: User, monkeypatch: pytest.MonkeyPatch) -> None:
    """Have somebody write a word that a person of the shop is to answer."""

    async def hand_over(*_: object) -> HandedOver:
        return HandedOver()

    with monkeypatch.context() as patched:
        patched.setattr("handlers.line.service.LineService.respond", hand_over)
        await product.line.user_says(product.central, user, "有人在嗎？我要找店長")
        await product.settle()


async def test_a_push_is_sent_and_counted(still: Running) -> None:
    bot, user = await still.shops.open(), still.friend()
    await quota(still)
    await push(still, bot, user)
    [sent] = await deliveries(still)
    assert still.seen(user) == [HELLO.text]
    assert (sent.kind, sent.state, sent.cost, sent.purpose, sent.due_at) == ("push", "sent", 1, "relay", None)


async def test_a_token_that_nobody_used_makes_it_free(still: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    bot, user = await still.shops.open(), still.friend()
    await unanswered_word(still, user, monkeypatch)
    await push(still, bot, user, may_push=False)
    [sent] = await deliveries(still)
    assert still.seen(user) == [HELLO.text]
    assert (sent.kind, sent.state, sent.cost) == ("reply", "sent", 0)
    assert [event.delivery_id for event in await still.events()] == [sent.id]


async def test_a_token_serves_one_message(still: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    bot, user = await still.shops.open(), still.friend()
    await quota(still)
    await unanswered_word(still, user, monkeypatch)
    for _ in range(2):
        await push(still, bot, user)
    assert [(sent.kind, sent.cost) for sent in await deliveries(still)] == [("reply", 0), ("push", 1)]
    assert still.seen(user) == [HELLO.text] * 2


async def test_an_old_token_is_not_relied_on(
    still: Running, monkeypatch: pytest.MonkeyPatch, clock: ManualClock
) -> None:
    bot, user = await still.shops.open(), still.friend()
    await unanswered_word(still, user, monkeypatch)
    clock.advance(timedelta(seconds=46))
    assert await push(still, bot, user, may_push=False) is None
    await quota(still)
    await push(still, bot, user)
    assert [sent.kind for sent in await deliveries(still)] == ["push"]


async def test_once_a_message_is_pushed_its_old_token_is_not_tried_any_more(
    still: Running, monkeypatch: pytest.MonkeyPatch, clock: ManualClock
) -> None:
    bot, user = await still.shops.open(), still.friend()
    await quota(still)
    await unanswered_word(still, user, monkeypatch)
    async with still.database.unit_of_work() as session:
        queued = await send_to(session, bot, user.user_id, [HELLO], purpose=Purpose.RELAY, now=clock.now())
        clock.advance(timedelta(minutes=1))
    still.line.fail(FaultMode.STATUS, endpoint="push")
    assert isinstance(queued, Delivery)
    assert still.shopkeeper.runner is not None
    for _ in range(2):
        await still.shopkeeper.runner.work([queued.lane])
        clock.advance(timedelta(seconds=1))
    assert [(sent.kind, sent.state, sent.attempts) for sent in await deliveries(still)] == [("push", "sent", 2)]
    assert still.seen(user) == [HELLO.text]


@pytest.mark.parametrize(
    ("known", "limit", "reason"),
    [
        (None, None, NoRoom.QUOTA_UNKNOWN),
        ({"limit": 200, "used": 200}, None, NoRoom.CHANNEL_QUOTA),
        ({"limit": None}, 0, NoRoom.BOT_LIMIT),
    ],
)
async def test_nothing_is_pushed_without_room(
    still: Running, known: dict[str, int] | None, limit: int | None, reason: NoRoom
) -> None:
    bot, user = await still.shops.open(), still.friend()
    async with still.database.unit_of_work() as session:
        (await session.get_one(Bot, bot.id)).push_limit = limit
    bot.push_limit = limit
    # What is asked of LINE at the beginning must not come in afterwards.
    assert still.shopkeeper.runner is not None
    await still.shopkeeper.runner.idle()
    if known is None:
        still.line.fail(FaultMode.STATUS, endpoint="quota", times=None)
        async with still.database.unit_of_work() as session:
            await session.execute(update(Channel).values(quota_checked_at=None))
    else:
        await quota(still, **known)
    assert await push(still, bot, user) is reason
    assert await deliveries(still) == []


@pytest.mark.parametrize("mode", [FaultMode.ACCEPT_THEN_STATUS, FaultMode.ACCEPT_THEN_DROP, FaultMode.STATUS])
async def test_a_push_whose_outcome_is_unknown_is_repeated_under_its_key_and_shown_once(
    still: Running, mode: FaultMode, clock: ManualClock
) -> None:
    bot, user = await still.shops.open(), still.friend()
    await quota(still)
    still.line.fail(mode, endpoint="push")
    queued = await push(still, bot, user)
    assert isinstance(queued, Delivery)
    clock.advance(timedelta(seconds=1))
    assert still.shopkeeper.runner is not None
    await still.shopkeeper.runner.work([queued.lane])
    [sent] = await deliveries(still)
    outcomes = await still.rows(select(DeliveryAttempt.outcome).order_by(DeliveryAttempt.number))
    assert (sent.state, outcomes) == ("sent", ["unknown", "sent"])
    assert still.seen(user) == [HELLO.text]


async def test_a_month_without_messages_left_ends_a_push_visibly(still: Running) -> None:
    bot, user = await still.shops.open(), still.friend()
    await quota(still)
    still.line.fail(FaultMode.STATUS, endpoint="push", status=429, message="You have reached your monthly limit.")
    await push(still, bot, user)
    [refused] = await deliveries(still)
    assert (refused.state, refused.error, refused.cost) == ("refused", "You have reached your monthly limit.", 0)


async def test_an_answer_that_missed_its_token_is_pushed_where_the_bot_wants_that(
    still: Running, clock: ManualClock
) -> None:
    bot, user = await still.shops.open(), still.friend()
    async with still.database.unit_of_work() as session:
        (await session.get_one(Bot, bot.id)).late_reply = "push"
    still.line.hold(still.central)
    await still.line.user_says(still.central, user, "你們幾點打烊？")
    clock.advance(timedelta(minutes=30))
    await quota(still)
    await still.line.release(still.central)
    still.line.fail(FaultMode.STATUS, endpoint="reply", status=400, message="Invalid reply token", times=None)
    await still.settle()
    assert still.shopkeeper.runner is not None
    await still.shopkeeper.runner.idle()
    assert still.seen(user) == ["我們每天晚上 9 點打烊。"]
    assert [(sent.kind, sent.state, sent.cost) for sent in await deliveries(still)] == [
        ("reply", "refused", 0),
        ("push", "sent", 1),
    ]
    assert await still.ends() == [("answered", "pushed")]


async def test_nothing_is_pushed_into_a_group_where_every_member_is_billed(still: Running, clock: ManualClock) -> None:
    bot, user = await still.shops.open(), still.friend()
    async with still.database.unit_of_work() as session:
        (await session.get_one(Bot, bot.id)).late_reply = "push"
    group = still.line.add_group("住戶群", [user], channel=still.central)
    still.line.hold(still.central)
    await still.line.user_says(still.central, user, "巷口咖啡 你們幾點打烊？", group=group)
    clock.advance(timedelta(minutes=30))
    await quota(still)
    still.line.fail(FaultMode.STATUS, endpoint="reply", status=400, message="Invalid reply token", times=None)
    await still.line.release(still.central)
    await still.settle()
    assert await still.ends() == [("failed", "reply_token_expired")]
    assert [delivery.kind for delivery in await deliveries(still)] == ["reply"]
