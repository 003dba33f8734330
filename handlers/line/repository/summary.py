"""A shop's day in figures, and what its people should be warned of."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Integer, Select, case, cast, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.line.events import EventState
from bot.models import (
    Bot,
    BotHelper,
    BotOwner,
    Channel,
    Contact,
    Conversation,
    Delivery,
    LineEvent,
    Message,
    StaffNotice,
    UnansweredCluster,
)

_OUTCOME = Message.sources["outcome"].as_string()
_UNKNOWN = ("unknown", "out_of_scope")
# What a provider lets rest costs nobody a message to say that it is quiet.
_AT_WORK = Bot.is_active, Bot.suspended_at.is_(None)


@dataclass(frozen=True, slots=True)
class Answers:
    """How many answers the bot gave, and in how many of them it knew one."""

    given: int
    known: int


def customers_messages(bot_id: uuid.UUID) -> Select[int, int]:
    """Messages and people of a bot's conversations, without those of its own people."""
    staff = [
        select(table.user_id).where(table.bot_id == bot_id, table.channel_id == Contact.channel_id)
        for table in (BotOwner, BotHelper)
    ]
    counted = select(func.count(Message.id), func.count(Conversation.contact_id.distinct()))
    return (
        counted.select_from(Message)
        .join(Conversation, Conversation.id == Message.conversation_id)
        .join(Contact, Contact.id == Conversation.contact_id)
        .where(Conversation.bot_id == bot_id, *(Contact.source_id.not_in(one) for one in staff))
    )


async def count_asked(session: AsyncSession, bot_id: uuid.UUID, *, since: datetime, until: datetime) -> tuple[int, int]:
    """How many messages customers sent in that time, and how many people they were."""
    within = Message.created_at >= since, Message.created_at <= until, Conversation.last_message_at >= since
    row = (await session.execute(customers_messages(bot_id).where(Message.direction == "in", *within))).one()
    return row[0], row[1]


async def count_answers(session: AsyncSession, bot_id: uuid.UUID, *, since: datetime, until: datetime) -> Answers:
    """The bot's answers to customers in that time."""
    within = Message.created_at >= since, Message.created_at <= until, Conversation.last_message_at >= since
    answers = customers_messages(bot_id).where(Message.direction == "out", Message.author.is_(None), *within)
    known = func.coalesce(func.sum(cast(case((_OUTCOME.in_(_UNKNOWN), 0), else_=1), Integer)), 0)
    row = (await session.execute(answers.where(_OUTCOME.is_not(None)).with_only_columns(func.count(), known))).one()
    return Answers(int(row[0]), int(row[1]))


async def count_open_questions(session: AsyncSession, vendor_id: int, *, since: datetime | None = None) -> int:
    """How many different questions wait for an answer; `since`: those asked since then."""
    counted = select(func.count()).select_from(UnansweredCluster)
    waits = [UnansweredCluster.vendor_id == vendor_id, UnansweredCluster.state == "open"]
    if since is not None:
        waits.append(UnansweredCluster.last_asked_at >= since)
    return int(await session.scalar(counted.where(*waits)) or 0)


async def ends_since(
    session: AsyncSession, channel_id: uuid.UUID, *, since: datetime, until: datetime | None = None
) -> tuple[Counter[uuid.UUID], Counter[uuid.UUID]]:
    """By bot: how many events got an answer since then (and before `until`), and how many of them failed.

    What failed in no bot's name counts for the bot that its sender talked with last.
    """
    ended = (
        select(Delivery.bot_id, LineEvent.state, Delivery.lane, func.count(LineEvent.id.distinct()))
        .join(LineEvent, LineEvent.delivery_id == Delivery.id)
        .where(Delivery.channel_id == channel_id, Delivery.created_at >= since)
        .where(LineEvent.state.in_([EventState.ANSWERED, EventState.FAILED]))
        .group_by(Delivery.bot_id, LineEvent.state, Delivery.lane)
    )
    if until is not None:
        ended = ended.where(Delivery.created_at < until)
    total: Counter[uuid.UUID] = Counter()
    failed: Counter[uuid.UUID] = Counter()
    for named, state, lane, count in (await session.execute(ended)).all():
        bot_id = named or await _bot_of_lane(session, channel_id, lane)
        if bot_id is not None:
            total[bot_id] += count
            failed[bot_id] += count if state == EventState.FAILED else 0
    return total, failed


async def _bot_of_lane(session: AsyncSession, channel_id: uuid.UUID, lane: str) -> uuid.UUID | None:
    found: uuid.UUID | None = await session.scalar(
        select(Conversation.bot_id)
        .join(Contact, Contact.id == Conversation.contact_id)
        .where(Contact.channel_id == channel_id, Contact.source_id == lane.rpartition(":")[2])
        .order_by(Conversation.last_message_at.desc())
        .limit(1)
    )
    return found


async def bots_due_a_summary(session: AsyncSession, hours: Sequence[int], key: str) -> Sequence[uuid.UUID]:
    """Bots at work whose owner wants a summary at one of these hours and has no notice of this key yet."""
    told = select(StaffNotice.id).where(StaffNotice.bot_id == Bot.id, StaffNotice.key == key)
    due = select(Bot.id).join(BotOwner, BotOwner.bot_id == Bot.id)
    return (await session.scalars(due.where(*_AT_WORK, Bot.summary_hour.in_(hours), ~told.exists()))).all()


async def active_channels(session: AsyncSession) -> Sequence[tuple[uuid.UUID, datetime | None]]:
    """Every channel, and since when LINE refuses its token."""
    rows = await session.execute(select(Channel.id, Channel.broken_at).where(Channel.is_active))
    return [(channel_id, broken_at) for channel_id, broken_at in rows]


async def owned_bots(session: AsyncSession, channel_id: uuid.UUID) -> Sequence[uuid.UUID]:
    """The active bots of a channel that have an owner."""
    owned = select(Bot.id).join(BotOwner, BotOwner.bot_id == Bot.id)
    return (await session.scalars(owned.where(Bot.channel_id == channel_id, Bot.is_active))).all()


async def bots_much_unanswered(session: AsyncSession, *, since: datetime, least: int) -> Sequence[uuid.UUID]:
    """Owned bots at work for whose vendor so many open questions were asked since then."""
    asked = (
        select(UnansweredCluster.vendor_id)
        .where(UnansweredCluster.state == "open", UnansweredCluster.last_asked_at >= since)
        .group_by(UnansweredCluster.vendor_id)
        .having(func.count() >= least)
    )
    owned = select(Bot.id).join(BotOwner, BotOwner.bot_id == Bot.id)
    return (await session.scalars(owned.where(*_AT_WORK, Bot.vendor_id.in_(asked)))).all()
