from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from sqlalchemy import update

from bot.clock import SHOP_TIME
from bot.models import Message
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


async def test_a_day_begins_at_16_00_utc_on_either_store(live: Running) -> None:
    bot, customer = await live.shops.open(), live.friend()
    border = datetime(2026, 3, 9, 16, tzinfo=UTC)
    for at in (border - timedelta(milliseconds=1), border):
        await live.ask(customer, ASK)
        async with live.database.unit_of_work() as session:
            await session.execute(
                update(Message).where(Message.created_at > datetime(2026, 4, 1, tzinfo=UTC)).values(created_at=at)
            )
    async with live.database.reading() as session:
        since = border - timedelta(days=1)
        found = await repository.figures_of(session, bot, since=since, until=border + timedelta(days=1))
        one_day = await repository.figures_of(session, bot, since=border, until=border + timedelta(days=1))
    assert [(day.day, day.received) for day in found.days] == [(date(2026, 3, 9), 1), (date(2026, 3, 10), 1)]
    assert [(day.day, day.received) for day in one_day.days] == [(date(2026, 3, 10), 1)]
