from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, insert, select

from bot.clock import ManualClock
from bot.line import simulator
from bot.line.simulator import FaultMode
from bot.models import Bot, Broadcast, Contact, Delivery, StaffNotice
from bot.texts import say
from tests.support.running import Running
from tests.support.waiting import eventually

NEWS = "週年慶全館八折，只到週日！"


@dataclass
class Shop:
    """A shop with an account of its own, its owner, and its followers."""

    running: Running
    bot: Bot
    channel: simulator.Channel
    owner: simulator.User
    followers: list[simulator.User]

    async def says(self, text: str) -> list[simulator.Message]:
        """What the account answers to the owner's text."""
        told = await self.running.line.user_says(self.channel, self.owner, text)
        await self.running.settle()
        return self.running.line.answers_to(told)

    async def taps(self, verb: str, **more: Any) -> list[str]:
        """Tap a button about the newest broadcast; what the account answers."""
        return [str(message.content.get("text")) for message in await self.taps_fully(verb, **more)]

    async def taps_fully(self, verb: str, number: int | None = None) -> list[simulator.Message]:
        number = number or (await self.running.rows(select(func.max(Broadcast.id))))[0]
        data = f"o:broadcast:{self.bot.id.hex}:{verb}.{number}"
        told = await self.running.line.user_taps(self.channel, self.owner, data)
        await self.running.settle()
        return self.running.line.answers_to(told)

    async def draft(self, text: str = NEWS) -> list[simulator.Message]:
        """Write a broadcast; what the account shows of it."""
        await self.says("群發")
        return await self.says(text)

    async def state(self) -> str:
        return str((await self.running.rows(select(Broadcast.state).order_by(Broadcast.id.desc())))[0])

    async def until(self, state: str) -> None:
        async def reached() -> bool:
            return await self.state() == state

        await eventually(reached)

    def got(self, text: str = NEWS) -> list[int]:
        """How often each follower sees the text."""
        chats = [self.running.line.visible_messages(self.channel, user) for user in self.followers]
        return [sum(message.content.get("text") == text for message in chat) for chat in chats]

    async def notices(self) -> list[str]:
        return await self.running.rows(select(StaffNotice.text).where(StaffNotice.kind == "broadcast"))


async def known(running: Running, bot: Bot, people: list[simulator.User]) -> None:
    """Have people known to a bot's channel, as if they had added it."""
    rows = [
        {"channel_id": bot.channel_id, "source_id": user.user_id, "source_type": "user", "created_at": running.now()}
        for user in people
    ]
    async with running.database.unit_of_work() as session:
        await session.execute(insert(Contact), rows)


async def opened(running: Running, *, people: int = 3, limit: int | None = 200) -> Shop:
    bot = await running.shops.open()
    channel = await running.own_channel(bot)
    channel.monthly_limit = limit
    [bot] = await running.rows(select(Bot).where(Bot.id == bot.id))
    owner = running.friend("店長", of=channel)
    await running.shops.own(bot, owner)
    followers = [running.friend(f"顧客{number}", of=channel) for number in range(people)]
    await known(running, bot, [owner, *followers])
    return Shop(running, bot, channel, owner, followers)


@pytest.fixture
async def shop(still: Running) -> Shop:
    return await opened(still)


def words(message: simulator.Message) -> str:
    return str(message.content)


async def test_the_preview_shows_what_followers_will_see_and_what_it_costs(shop: Shop) -> None:
    # What LINE told before is shown where it doesn't answer in time, as on a busy machine.
    await shop.running.shops.know_quota(200)
    message, card = await shop.draft()
    assert message.content == {"type": "text", "text": NEWS}
    assert "4 位好友" in words(card)
    assert "200 則" in words(card)
    assert shop.got() == [0, 0, 0]


async def test_a_broadcast_reaches_every_follower_once_and_is_reported(shop: Shop) -> None:
    await shop.draft()
    assert await shop.taps("send") == [say("broadcast.begins", count=4)]
    await shop.until("done")
    assert shop.got() == [1, 1, 1]
    assert await shop.notices() == [say("broadcast.report", sent=4, cost=4)]


async def test_a_second_tap_sends_nothing_more(shop: Shop) -> None:
    await shop.draft()
    await shop.taps("send")
    await shop.until("done")
    report, answer = await shop.taps_fully("send")
    assert say("broadcast.report", sent=4, cost=4) in words(report)
    assert answer.content["text"] == say("broadcast.is_done", sent=4, count=4)
    assert shop.got() == [1, 1, 1]


async def test_whoever_blocked_the_account_is_left_out(shop: Shop) -> None:
    await shop.draft()
    await shop.running.line.block(shop.channel, shop.followers[0])
    await shop.running.settle()
    await shop.taps("send")
    await shop.until("done")
    assert shop.got() == [0, 1, 1]
    assert await shop.notices() == [say("broadcast.report", sent=3, cost=3)]


async def test_without_room_it_is_refused_and_says_how_many_fit(shop: Shop) -> None:
    shop.channel.consumption = 198
    await shop.running.shops.know_quota(200, used=198)
    _, card = await shop.draft()
    assert say("broadcast.no_room", count=4, left=2) in words(card)
    await shop.taps("send")
    assert (await shop.state(), shop.got()) == ("draft", [0, 0, 0])


async def test_a_quota_that_others_used_up_meanwhile_stops_it_before_anybody_gets_it(
    shop: Shop, clock: ManualClock
) -> None:
    await shop.draft()
    await shop.taps("plan")
    await shop.says("明天 10:00")
    shop.channel.consumption = 198
    clock.advance(timedelta(hours=26))
    await shop.until("stopped")
    assert shop.got() == [0, 0, 0]
    assert await shop.notices() == [say("broadcast.stopped_no_room", count=4, left=2)]


async def test_a_schedule_is_kept_and_can_be_cancelled(shop: Shop, clock: ManualClock) -> None:
    await shop.draft()
    await shop.taps("plan")
    [answer] = await shop.says("明天 10:00")
    assert answer.content["text"] == say("broadcast.scheduled", count=4, when="01/02 10:00")
    clock.advance(timedelta(hours=20))
    assert (await shop.state(), shop.got()) == ("scheduled", [0, 0, 0])
    assert await shop.taps("drop") == [say("broadcast.dropped")]
    clock.advance(timedelta(hours=20))
    assert (await shop.state(), shop.got()) == ("cancelled", [0, 0, 0])


async def test_a_scheduled_broadcast_goes_out_at_its_time(shop: Shop, clock: ManualClock) -> None:
    await shop.draft()
    await shop.taps("plan")
    await shop.says("明天 10:00")
    clock.advance(timedelta(hours=26))
    await shop.until("done")
    assert shop.got() == [1, 1, 1]


async def test_nothing_is_sent_in_the_night(shop: Shop, clock: ManualClock) -> None:
    clock.advance(timedelta(hours=14))
    await shop.draft()
    assert await shop.taps("send") == [say("broadcast.scheduled_for_morning", count=4, when="01/02 08:00")]
    clock.advance(timedelta(hours=10))
    await shop.until("done")
    assert shop.got() == [1, 1, 1]


async def test_one_broadcast_at_a_time(shop: Shop) -> None:
    await shop.draft()
    await shop.taps("plan")
    await shop.says("明天 10:00")
    [answer] = await shop.says("群發")
    assert answer.content["text"] == say("broadcast.is_scheduled", when="01/02 10:00", count=4)


async def test_text_and_link_can_be_changed_before_it_goes_out(shop: Shop) -> None:
    await shop.draft("先寫錯")
    await shop.taps("edit")
    await shop.says(NEWS)
    await shop.taps("link")
    message, button, _ = await shop.says("立即預約 https://example.com/book")
    assert message.content["text"] == NEWS
    assert "https://example.com/book" in words(button)
    await shop.taps("send")
    await shop.until("done")
    assert shop.got() == [1, 1, 1]


async def test_only_owners_broadcast(shop: Shop) -> None:
    stranger = shop.followers[0]
    told = await shop.running.line.user_taps(shop.channel, stranger, f"o:broadcast:{shop.bot.id.hex}")
    await shop.running.settle()
    [answer] = shop.running.line.answers_to(told)
    assert answer.content["text"] == say("owner.not_staff", shop=shop.bot.store_name)


async def test_a_rate_limit_delays_and_loses_nothing(shop: Shop, clock: ManualClock) -> None:
    shop.running.line.fail(FaultMode.STATUS, endpoint="multicast", status=429, retry_after=3, times=2)
    await shop.draft()
    await shop.taps("send")

    async def done() -> bool:
        clock.advance(timedelta(seconds=1))
        return await shop.state() == "done"

    await eventually(done)
    assert shop.got() == [1, 1, 1]
    assert [
        sent.attempts for sent in await shop.running.rows(select(Delivery).where(Delivery.kind == "multicast"))
    ] == [3]


async def test_on_a_shared_account_only_those_who_know_the_shop_get_it_under_its_name(still: Running) -> None:
    bot, other = await still.shops.open("甲店"), await still.shops.open("乙店")
    owner, customer, stranger = still.friend("店長"), still.friend("小明"), still.friend("小美")
    await still.shops.own(bot, owner)
    for user, entered in ((owner, bot), (customer, bot), (stranger, other)):
        await still.ask(user, f"@進店 {entered.shop_code}")
    shop = Shop(still, bot, still.central, owner, [customer, stranger])
    await shop.draft()
    await shop.taps("send")
    await shop.until("done")
    assert shop.got() == [1, 0]
    [seen] = [one for one in still.line.visible_messages(still.central, customer) if one.content.get("text") == NEWS]
    assert seen.content["sender"] == {"name": "甲店"}
