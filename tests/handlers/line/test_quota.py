from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from bot.clock import ManualClock
from bot.line.delivery import Purpose
from bot.line.delivery import repository as ledger
from bot.line.delivery.repository import PlannedPush
from bot.line.simulator import FaultMode
from bot.models import Bot, Channel, StaffNotice
from handlers.line.pushing import NoRoom, Room, room_of
from tests.support.running import Running
from tests.support.waiting import eventually

HELLO = {"type": "text", "text": "您好"}
MONTHLY_LIMIT = "You have reached your monthly limit."


async def channel_of(product: Running, bot: Bot) -> Channel:
    async with product.database.reading() as session:
        return await session.get_one(Channel, bot.channel_id)


async def told(product: Running, bot: Bot, *, limit: int | None, used: int = 0, anew: bool = False) -> Channel:
    """The bot's channel once LINE has told of this quota."""
    account = next(one for one in product.line.platform.directory.channels.values() if one is not product.central)
    account.monthly_limit, account.consumption = limit, used
    if anew:
        async with product.database.unit_of_work() as session:
            await session.execute(update(Channel).values(quota_checked_at=product.now() - timedelta(hours=2)))

    async def known() -> bool:
        channel = await channel_of(product, bot)
        return channel.quota_checked_at == product.now() and channel.quota_limit == limit

    await eventually(known)
    return await channel_of(product, bot)


async def queue(product: Running, bot: Bot, *, people: int = 0, purpose: Purpose = Purpose.NOTICE) -> str:
    """Queue a push, or a multicast to so many people; gives its lane."""
    to: dict[str, Any] = {"to": "U" + "0" * 32}
    if people:
        to = {"recipients": [f"U{number:032x}" for number in range(people)]}
    planned = PlannedPush(channel_id=bot.channel_id, bot_id=bot.id, purpose=purpose, messages=[HELLO], **to)
    async with product.database.unit_of_work() as session:
        return (await ledger.queue_push(session, planned, now=product.now() + timedelta(days=1))).lane


async def room(product: Running, bot: Bot) -> Room:
    async with product.database.reading() as session:
        return await room_of(session, await session.get_one(Bot, bot.id), now=product.now())


async def notices(product: Running) -> list[str]:
    return await product.rows(select(StaffNotice.key).order_by(StaffNotice.id))


@pytest.fixture
async def shop(still: Running) -> Bot:
    """A shop with an account of its own."""
    bot = await still.shops.open()
    await still.own_channel(bot)
    bot.channel_id = (await still.rows(select(Bot.channel_id).where(Bot.id == bot.id)))[0]
    return bot


async def test_line_is_asked_once_an_hour(still: Running, shop: Bot, clock: ManualClock) -> None:
    await told(still, shop, limit=200, used=5)
    clock.advance(timedelta(minutes=30))
    first = await channel_of(still, shop)
    clock.advance(timedelta(minutes=31))
    later = await told(still, shop, limit=200, used=9)
    assert (first.quota_used, later.quota_used, later.quota_limit) == (5, 9, 200)


async def test_what_waits_and_what_was_sent_since_is_not_left_any_more(still: Running, shop: Bot) -> None:
    await told(still, shop, limit=200, used=50)
    assert await room(still, shop) == Room(150, NoRoom.CHANNEL_QUOTA)
    await queue(still, shop)
    await queue(still, shop, people=100)
    assert await room(still, shop) == Room(49, NoRoom.CHANNEL_QUOTA)
    assert (await room(still, shop)).lacks(50) is NoRoom.CHANNEL_QUOTA
    assert (await room(still, shop)).lacks(49) is None


async def test_a_bots_own_limit_holds_beside_the_channels(still: Running, shop: Bot) -> None:
    await told(still, shop, limit=None)
    assert await room(still, shop) == Room(None)
    async with still.database.unit_of_work() as session:
        (await session.get_one(Bot, shop.id)).push_limit = 30
    await queue(still, shop, people=20)
    assert await room(still, shop) == Room(10, NoRoom.BOT_LIMIT)


async def test_no_shop_uses_up_what_all_share(still: Running) -> None:
    first, second = await still.shops.open("甲店"), await still.shops.open("乙店")
    # The product asks LINE for the quota at its start; that is over before the test knows better.
    await still.settle()
    still.central.monthly_limit = 200
    await still.shops.know_quota(200)
    await queue(still, first, people=30)
    assert await room(still, first) == Room(10, NoRoom.SHARE)
    assert await room(still, second) == Room(40, NoRoom.SHARE)


async def test_a_new_month_begins_with_nothing_used(still: Running, shop: Bot, clock: ManualClock) -> None:
    await told(still, shop, limit=200, used=200)
    assert (await room(still, shop)).left == 0
    still.line.fail(FaultMode.STATUS, endpoint="consumption", times=None)
    clock.advance(timedelta(days=31) - timedelta(hours=8))
    async with still.database.unit_of_work() as session:
        await session.execute(update(Channel).values(quota_checked_at=still.now() - timedelta(hours=20)))
    assert (await room(still, shop)).left == 200


async def test_lines_word_that_nothing_is_left_counts_at_once(still: Running, shop: Bot, clock: ManualClock) -> None:
    await told(still, shop, limit=200, used=5)
    still.line.fail(FaultMode.STATUS, endpoint="push", status=429, message=MONTHLY_LIMIT)
    lane = await queue(still, shop)
    clock.advance(timedelta(days=1))
    assert still.shopkeeper.runner is not None
    await still.shopkeeper.runner.work([lane])
    assert (await room(still, shop)).left == 0
    assert await notices(still) == ["quota:2026-01:reached"]


async def test_lines_count_lags_behind_and_does_not_give_back(still: Running, shop: Bot) -> None:
    await told(still, shop, limit=200, used=120)
    assert (await told(still, shop, limit=200, used=90, anew=True)).quota_used == 120


@pytest.mark.parametrize(("used", "warning"), [(70, "ahead"), (160, "nearly"), (200, "reached")])
async def test_owners_are_warned_once_a_month(still: Running, shop: Bot, used: int, warning: str) -> None:
    await told(still, shop, limit=200, used=used)
    await told(still, shop, limit=200, used=used, anew=True)
    assert await notices(still) == [f"quota:2026-01:{warning}"]


async def test_a_quiet_month_needs_no_warning(still: Running, shop: Bot) -> None:
    await told(still, shop, limit=200, used=10)
    assert await notices(still) == []
