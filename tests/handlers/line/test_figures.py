from __future__ import annotations

from datetime import timedelta

from bot.clock import SHOP_TIME
from handlers.line import repository
from tests.support.running import Running
from tests.support.shops import ANSWER, ASK


async def test_a_day_is_counted_where_the_shops_are_on_either_store(live: Running) -> None:
    bot, customer = await live.shops.open(), live.friend()
    assert await live.ask(customer, ASK) == [ANSWER]
    now = live.now()
    since = now.astimezone(SHOP_TIME).replace(hour=0, minute=0, second=0, microsecond=0)
    async with live.database.reading() as session:
        found = await repository.figures_of(session, bot, since=since, until=since + timedelta(days=2))
    assert [(day.day, day.received, day.by_bot, day.active_contacts) for day in found.days] == [(since.date(), 1, 1, 1)]
    assert (found.active_contacts, found.new_conversations, found.from_knowledge) == (1, 1, 1)
    assert (found.free_replies, found.failed, found.not_known, dict(found.pushes)) == (1, 0, 0, {})


async def test_nothing_of_other_times_is_counted(live: Running) -> None:
    bot, customer = await live.shops.open(), live.friend()
    await live.ask(customer, ASK)
    yesterday = live.now() - timedelta(days=2)
    async with live.database.reading() as session:
        found = await repository.figures_of(session, bot, since=yesterday, until=yesterday + timedelta(days=1))
    assert (found.days, found.active_contacts, found.free_replies, found.from_knowledge) == ((), 0, 0, 0)
