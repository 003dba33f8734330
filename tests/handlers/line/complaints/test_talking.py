"""Complaints about whom the bot talks to, and what it remembers."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from bot.db.base import Base
from bot.line.simulator import User
from bot.models import Bot
from bot.texts import say
from tests.support.engine import HeldEngine
from tests.support.running import Running
from tests.support.shops import ANSWER, ASK
from tests.support.tapping import tap
from tests.support.waiting import eventually

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


# Complaint: unsend ignored: the text stays in history, prompts and exports.


async def everything(product: Running) -> str:
    """All that the store holds, as text."""
    async with product.database.reading() as session:
        found = [(await session.execute(select(table))).all() for table in Base.metadata.sorted_tables]
    return repr(found)


@pytest.mark.usefixtures("shop")
async def test_what_was_taken_back_is_nowhere_any_more(still: Running, held: HeldEngine) -> None:
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
    await still.shops.know_quota(None)
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
