"""A shop with its owner and a customer at their phones."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import delete, select, update

from bot.clock import ManualClock
from bot.line.simulator import User
from bot.models import Bot, BotOwner, Conversation, Message, StaffNotice
from tests.support.running import Running
from tests.support.tapping import buttons, tap
from tests.support.waiting import eventually

FREE_PLAN = 200


@dataclass(frozen=True)
class Counter:
    """What happens across a shop's counter. Nothing that is pushed is free, and the quota is known."""

    running: Running
    clock: ManualClock
    bot: Bot
    owner: User
    customer: User

    async def say(self, user: User, text: str) -> None:
        """Write a text, and wait until whatever it causes has been sent."""
        await self.running.ask(user, text)

    async def tap(self, user: User, label: str) -> None:
        await tap(self.running, user, label)

    def seen(self, user: User) -> list[str]:
        """What the account has said to somebody; of a card what notifications show."""
        return self.running.seen(user)

    def last(self, user: User) -> str:
        return self.seen(user)[-1]

    def labels(self, user: User) -> list[str]:
        return [str(one["label"]) for one in buttons(self.running, user)]

    async def has_seen(self, user: User, words: str) -> None:
        """Wait for what is sent beside an answer."""
        await eventually(lambda: any(words in text for text in self.seen(user)))

    def pushes(self) -> int:
        """How many billed messages there were."""
        return sum(call.path.endswith("/message/push") for call in self.running.line.platform.calls)

    def later(self, **by: float) -> None:
        self.clock.advance(timedelta(**by))

    async def helper(self, name: str = "小華") -> User:
        """Somebody who helps."""
        user = self.running.friend(name)
        await self.running.shops.help(self.bot, user)
        return user

    async def change_bot(self, **changes: Any) -> None:
        async with self.running.database.unit_of_work() as session:
            await session.execute(update(Bot).where(Bot.id == self.bot.id).values(**changes))

    async def quota(self, left: int = FREE_PLAN) -> None:
        """Let LINE have said how many messages are left this month."""
        await self.running.shops.know_quota(FREE_PLAN, used=FREE_PLAN - left)

    async def conversation(self) -> Conversation:
        """The customer's conversation."""
        found: list[Conversation] = await self.running.rows(select(Conversation).order_by(Conversation.id))
        return found[0]

    async def said_out(self) -> list[Message]:
        """What was said to the customer."""
        return await self.running.rows(select(Message).where(Message.direction == "out").order_by(Message.id))

    async def nobody_owns_it(self) -> None:
        async with self.running.database.unit_of_work() as session:
            await session.execute(delete(BotOwner))

    async def has_relay_notice(self) -> bool:
        return any(notice.kind == "relay" for notice in await self.notices())

    async def notices(self) -> list[StaffNotice]:
        return await self.running.rows(select(StaffNotice).order_by(StaffNotice.id))


async def taken(counter: Counter) -> None:
    """The owner has taken the customer's conversation over."""
    await counter.say(counter.customer, "找真人")
    await counter.has_seen(counter.owner, "小美 想找真人")
    await counter.tap(counter.owner, "接手")
    assert counter.last(counter.owner).startswith("您接手了和「小美」的對話")


@pytest.fixture
async def counter(still: Running, clock: ManualClock) -> Counter:
    """An open shop; the customer has asked something before."""
    bot = await still.shops.open()
    owner, customer = still.friend("老闆"), still.friend("小美")
    await still.shops.own(bot, owner)
    made = Counter(still, clock, bot, owner, customer)
    await made.quota()
    await made.say(customer, "你們幾點打烊？")
    return made
