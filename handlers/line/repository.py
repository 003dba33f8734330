"""Statements of the LINE runtime: events of a lane, contacts, conversations, bots of a channel."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, literal_column, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from bot.line.events import OPEN_STATES
from bot.models import Bot, Contact, Conversation, Lane, LineEvent, Message

# Spelled out, not bound: only then can the planners see that the partial index holds these rows.
_OPEN = LineEvent.state.in_([literal_column(f"'{state}'") for state in sorted(OPEN_STATES)])


async def head_of_lane(session: AsyncSession, lane: str) -> LineEvent | None:
    """The first event of the lane that isn't final: by event time, then by arrival."""
    first = (
        select(LineEvent).where(LineEvent.lane == lane, _OPEN).order_by(LineEvent.occurred_at, LineEvent.id).limit(1)
    )
    event: LineEvent | None = await session.scalar(first)
    return event


async def change_event(session: AsyncSession, event_id: int, **changes: Any) -> None:
    """Write columns of an event."""
    await session.execute(update(LineEvent).where(LineEvent.id == event_id).values(**changes))


async def open_unsends(session: AsyncSession, lane: str) -> Sequence[str]:
    """Payloads of the unsend events of a lane that still wait for their turn."""
    waiting = select(LineEvent.payload).where(LineEvent.lane == lane, _OPEN, LineEvent.type == "unsend")
    return (await session.scalars(waiting)).all()


async def due_lanes(session: AsyncSession, now: datetime, *, limit: int) -> Sequence[str]:
    """Lanes with something due that nobody holds."""
    due = (
        select(LineEvent.lane)
        .outerjoin(Lane, Lane.key == LineEvent.lane)
        .where(_OPEN, LineEvent.due_at <= now, or_(Lane.key.is_(None), Lane.lease_until <= now))
        .distinct()
        .limit(limit)
    )
    return (await session.scalars(due)).all()


async def count_open_events(session: AsyncSession) -> tuple[dict[str, int], datetime | None]:
    """How many events wait or are worked on, by state, and when the oldest of them arrived."""
    rows = await session.execute(
        select(LineEvent.state, func.count(), func.min(LineEvent.received_at)).where(_OPEN).group_by(LineEvent.state)
    )
    found = rows.all()
    return {state: count for state, count, _ in found}, min((oldest for *_, oldest in found), default=None)


async def event_of_message(session: AsyncSession, channel_id: uuid.UUID, message_id: str) -> LineEvent | None:
    """The event that brought a LINE message."""
    wanted = select(LineEvent).where(LineEvent.channel_id == channel_id, LineEvent.message_id == message_id)
    event: LineEvent | None = await session.scalar(wanted.limit(1))
    return event


async def blank_messages(session: AsyncSession, event_id: int, *, at: datetime) -> None:
    """Remove the text of what an event brought into a conversation."""
    said = Message.event_id == event_id, Message.direction == "in"
    await session.execute(update(Message).where(*said).values(text="", sources=None, unsent_at=at))


async def upsert_contact(session: AsyncSession, contact: dict[str, Any]) -> Contact:
    """The contact of (channel, source id), made if it is new."""
    dialect = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
    await session.execute(dialect.insert(Contact).values(contact).on_conflict_do_nothing())
    found = await find_contact(session, contact["channel_id"], contact["source_id"])
    if found is None:
        raise RuntimeError("a contact that was just written is gone")
    return found


async def find_contact(session: AsyncSession, channel_id: uuid.UUID, source_id: str) -> Contact | None:
    contact: Contact | None = await session.scalar(
        select(Contact).where(Contact.channel_id == channel_id, Contact.source_id == source_id)
    )
    return contact


async def find_bot(session: AsyncSession, channel_id: uuid.UUID, bot_id: uuid.UUID) -> Bot | None:
    """An active bot of this channel."""
    bot: Bot | None = await session.scalar(
        select(Bot).where(Bot.id == bot_id, Bot.channel_id == channel_id, Bot.is_active)
    )
    return bot


async def find_bot_by_shop_code(session: AsyncSession, channel_id: uuid.UUID, shop_code: str) -> Bot | None:
    """The active bot of this channel that customers enter by this code."""
    bot: Bot | None = await session.scalar(
        select(Bot).where(Bot.shop_code == shop_code, Bot.channel_id == channel_id, Bot.is_active)
    )
    return bot


async def bots_of_channel(session: AsyncSession, channel_id: uuid.UUID, *, limit: int) -> Sequence[Bot]:
    """Active bots of a channel."""
    return (await session.scalars(select(Bot).where(Bot.channel_id == channel_id, Bot.is_active).limit(limit))).all()


async def bots_known_to(session: AsyncSession, contact_id: int, *, limit: int) -> Sequence[Bot]:
    """Active bots that a contact has talked with, the latest first."""
    known = (
        select(Bot)
        .join(Conversation, Conversation.bot_id == Bot.id)
        .where(Conversation.contact_id == contact_id, Bot.is_active)
        .order_by(Conversation.last_message_at.desc())
        .limit(limit)
    )
    return (await session.scalars(known)).all()


async def upsert_conversation(session: AsyncSession, bot: Bot, contact_id: int, *, now: datetime) -> int:
    """The id of the conversation of a contact with a bot, made if it is new."""
    dialect = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
    written = dialect.insert(Conversation).values(
        tenant_id=bot.tenant_id, contact_id=contact_id, bot_id=bot.id, created_at=now, last_message_at=now
    )
    written = written.on_conflict_do_update(
        index_elements=[Conversation.contact_id, Conversation.bot_id], set_={"last_message_at": now}
    )
    conversation_id: int | None = await session.scalar(written.returning(Conversation.id))
    if conversation_id is None:
        raise RuntimeError("a conversation that was just written is gone")
    return conversation_id


async def recent_messages(session: AsyncSession, contact_id: int, bot: Bot, *, limit: int) -> Sequence[Message]:
    """The latest messages of a contact's conversation with a bot, oldest first, without unsent ones."""
    latest = (
        select(Message)
        .join(Conversation, Conversation.id == Message.conversation_id)
        .where(Conversation.contact_id == contact_id, Conversation.bot_id == bot.id)
        .where(Message.unsent_at.is_(None), Message.text != "")
        .order_by(Message.id.desc())
        .limit(limit)
    )
    return list(reversed((await session.scalars(latest)).all()))
