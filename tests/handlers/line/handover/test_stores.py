"""A hand-over, a look at every bot and a summary, on each kind of store."""

from __future__ import annotations

from sqlalchemy import select

from bot.models import StaffNotice
from tests.support.running import Running
from tests.support.tapping import tap
from tests.support.waiting import eventually


async def test_a_hand_over_and_a_summary_work_on_each_store(live: Running) -> None:
    bot = await live.shops.open()
    owner, customer = live.friend("老闆"), live.friend("小美")
    await live.shops.own(bot, owner)
    await live.shops.know_quota(200)
    await live.ask(customer, "找真人")
    await live.ask(owner, "誰在等")
    await tap(live, owner, "接手")
    await live.ask(customer, "有位子嗎")
    await eventually(lambda: "小美：有位子嗎" in live.seen(owner))
    await live.ask(owner, "有喔")
    await eventually(lambda: "有喔" in live.seen(customer))
    said = await live.line.user_says(live.central, customer, "太好了")
    await live.settle()
    await live.line.unsend(said)
    await live.ask(owner, "交還")
    [card] = await live.ask(owner, "今日摘要")
    assert "顧客訊息：3 則（1 位）" in card
    await live.shopkeeper.watch.look(live.now())
    assert [notice.kind for notice in await live.rows(select(StaffNotice))] == ["waiting"]
