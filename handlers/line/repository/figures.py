"""What a bot did in a time, day by day."""

from __future__ import annotations

import uuid
from collections import Counter
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Date, and_, case, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.line.figures import Day, Figures
from bot.models import Bot, Conversation, LateAnswer, Message, StaffNotice
from handlers.line.repository.follow_ups import FOLLOW_UPS
from handlers.line.repository.summary import customers_messages, ends_since
from handlers.line.repository.talks import RELAY
from handlers.line.repository.usage import usage_of_bot

WAITING_NOTICE = "waiting"
_UNKNOWN = ("unknown", "out_of_scope")
_OUTCOME = Message.sources["outcome"].as_string()
_BY_STAFF = Message.author == "staff"


async def figures_of(session: AsyncSession, bot: Bot, *, since: datetime, until: datetime) -> Figures:
    """The figures from `since` to just before `until`, both the beginning of a day where the shops are."""
    within = Message.created_at >= since, Message.created_at < until
    of_customers = customers_messages(bot.id).where(*within)
    begun = Conversation.bot_id == bot.id, Conversation.created_at >= since, Conversation.created_at < until
    asked = StaffNotice.bot_id == bot.id, StaffNotice.created_at >= since, StaffNotice.created_at < until
    late = LateAnswer.bot_id == bot.id, LateAnswer.created_at >= since, LateAnswer.created_at < until
    relayed = of_customers.where(Message.sources[RELAY].as_integer().is_not(None))
    wrote = of_customers.where(Message.direction == "in")
    known, not_known = await _answers(session, bot.id, since=since, until=until)
    usage = await usage_of_bot(session, bot, since=since, until=until)
    _, failed = await ends_since(session, bot.channel_id, since=since, until=until)
    return Figures(
        new_conversations=await _count(session, *begun),
        active_contacts=(await session.execute(wrote)).one()[1],
        asked_for_person=await _count(session, *asked, StaffNotice.kind == WAITING_NOTICE),
        handed_over=(await session.execute(relayed)).one()[1],
        from_knowledge=known["knowledge"],
        otherwise_answered=known["otherwise"],
        not_known=not_known,
        failed=failed[bot.id],
        late_answers=await _count(session, *late, LateAnswer.state.not_in(FOLLOW_UPS)),
        late_fetched=usage.fetched,
        free_replies=usage.free,
        pushes=dict(usage.billed),
        days=await _days(session, bot.id, within),
    )


async def _answers(
    session: AsyncSession, bot_id: uuid.UUID, *, since: datetime, until: datetime
) -> tuple[Counter[str], int]:
    """The bot's answers: those that it knew, by what they were made from, and those that it didn't."""
    from_knowledge = or_(_length(session, "entries") > 0, Message.sources["values"].as_string() != "{}")
    kind = case((_OUTCOME.in_(_UNKNOWN), "unknown"), (from_knowledge, "knowledge"), else_="otherwise")
    given = customers_messages(bot_id).where(
        Message.direction == "out", Message.author.is_(None), _OUTCOME.is_not(None)
    )
    within = given.where(Message.created_at >= since, Message.created_at < until)
    rows = await session.execute(within.with_only_columns(kind, func.count()).group_by(kind))
    found = Counter({str(name): int(count) for name, count in rows})
    return found, found.pop("unknown", 0)


async def _days(session: AsyncSession, bot_id: uuid.UUID, within: tuple[ColumnElement[bool], ...]) -> tuple[Day, ...]:
    """The days on which anything was said, in order."""
    day = _local_day(session)
    came, went = Message.direction == "in", Message.direction == "out"

    def counted(*which: ColumnElement[bool]) -> ColumnElement[int]:
        return func.count(case((and_(*which), Message.id)))

    columns: list[ColumnElement[Any]] = [
        day,
        counted(came),
        counted(went, or_(Message.author.is_(None), ~_BY_STAFF)),
        counted(went, _BY_STAFF),
        func.count(case((came, Conversation.contact_id)).distinct()),
    ]
    said = customers_messages(bot_id).where(*within).with_only_columns(*columns).group_by(day).order_by(day)
    return tuple(
        Day(
            day=date.fromisoformat(str(row[0])), received=row[1], by_bot=row[2], by_staff=row[3], active_contacts=row[4]
        )
        for row in await session.execute(said)
    )


async def _count(session: AsyncSession, *which: ColumnElement[bool]) -> int:
    return int(await session.scalar(select(func.count()).where(*which)) or 0)


def _local_day(session: AsyncSession) -> ColumnElement[Any]:
    """The day on which a message was written, where the shops are."""
    if session.get_bind().dialect.name == "postgresql":
        return func.date(func.timezone("Asia/Taipei", Message.created_at), type_=Date)
    return func.date(Message.created_at, "+8 hours")


def _length(session: AsyncSession, name: str) -> ColumnElement[int]:
    of_postgresql = session.get_bind().dialect.name == "postgresql"
    length = func.jsonb_array_length if of_postgresql else func.json_array_length
    return length(Message.sources[name])
