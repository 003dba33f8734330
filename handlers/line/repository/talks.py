"""Conversations as the people of a shop see them: who waits, who has whom, and what was said."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, bindparam, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.db.statements import table_of
from bot.line.delivery.verdict import DeliveryState
from bot.models import Contact, Conversation, Delivery, Message
from handlers.line.repository.conversations import Speaker

# In `Message.sources`: the delivery that relays a message to whom it is for, or one of the two below.
RELAY = "relay"
NOT_RELAYED, SHOWN = 0, -1
_RELAY = Message.sources[RELAY].as_integer()


@dataclass(frozen=True, slots=True, kw_only=True)
class Talk:
    """A one-to-one conversation of a bot, and whom it is with.

    `speaker` is one of `Speaker`, and counts until `until` where that is set.
    """

    id: int
    contact_id: int
    user_id: str
    name: str | None
    language: str | None
    speaker: str
    since: datetime | None
    until: datetime | None
    staff_contact_id: int | None
    last_message_at: datetime
    read_token: str | None

    def speaker_at(self, now: datetime) -> Speaker:
        """Who speaks for the shop at this moment."""
        over = self.until is not None and self.until <= now
        return Speaker.BOT if over else Speaker(self.speaker)


@dataclass(frozen=True, slots=True)
class Said:
    """A message of a conversation: `direction` is `in` or `out`, `author` is `staff` for a person of the shop."""

    id: int
    direction: str
    author: str | None
    kind: str
    text: str
    sources: dict[str, Any] | None


_TALK = (
    Conversation.id,
    Conversation.contact_id,
    Contact.source_id,
    Contact.display_name,
    Contact.language,
    Conversation.state,
    Conversation.state_since,
    Conversation.state_until,
    Conversation.staff_contact_id,
    Conversation.last_message_at,
    Conversation.read_token,
)
_SAID = tuple(getattr(Message, name) for name in Said.__dataclass_fields__)
_CONVERSATIONS = table_of(Conversation)
_HELD = (
    select(_CONVERSATIONS.c.id)
    .where(_CONVERSATIONS.c.staff_contact_id == bindparam("contact"), _CONVERSATIONS.c.bot_id == bindparam("bot"))
    .order_by((_CONVERSATIONS.c.state == Speaker.PERSON.value).desc(), _CONVERSATIONS.c.state_since.desc())
    .limit(1)
)


def _talks(bot_id: uuid.UUID) -> Select[*tuple[Any, ...]]:
    columns: Sequence[Any] = _TALK
    joined = select(*columns).join(Contact, Contact.id == Conversation.contact_id)
    return joined.where(Conversation.bot_id == bot_id, Contact.source_type == "user")


async def _read(session: AsyncSession, statement: Select[*tuple[Any, ...]]) -> list[Talk]:
    names = tuple(Talk.__dataclass_fields__)
    return [Talk(**dict(zip(names, row, strict=True))) for row in await session.execute(statement)]


async def held_conversation(session: AsyncSession, contact_id: int, bot_id: uuid.UUID) -> int | None:
    """The conversation that somebody of the shop took over and hasn't given back."""
    found: int | None = await session.scalar(_HELD, {"contact": contact_id, "bot": bot_id})
    return found


async def find_talk(
    session: AsyncSession, bot_id: uuid.UUID, conversation_id: int, *, held: bool = False
) -> Talk | None:
    """A conversation of this bot with one person; `held`: nobody else changes it meanwhile."""
    wanted = _talks(bot_id).where(Conversation.id == conversation_id)
    found = await _read(session, wanted.with_for_update(key_share=True, of=Conversation) if held else wanted)
    return found[0] if found else None


async def talk_of(session: AsyncSession, bot_id: uuid.UUID, user_id: str) -> Talk | None:
    """The conversation of this bot with this LINE user."""
    found = await _read(session, _talks(bot_id).where(Contact.source_id == user_id))
    return found[0] if found else None


async def waiting_talks(session: AsyncSession, bot_id: uuid.UUID, *, now: datetime, limit: int) -> list[Talk]:
    """Who asked for a person and still waits, the longest first."""
    waits = Conversation.state == Speaker.WAITING.value, Conversation.state_until > now
    return await _read(session, _talks(bot_id).where(*waits).order_by(Conversation.state_since).limit(limit))


async def count_waiting(session: AsyncSession, bot_id: uuid.UUID, *, now: datetime) -> int:
    """How many wait for a person."""
    waits = Conversation.state == Speaker.WAITING.value, Conversation.state_until > now
    counted = select(func.count()).select_from(Conversation).where(Conversation.bot_id == bot_id, *waits)
    return int(await session.scalar(counted) or 0)


async def recent_talks(session: AsyncSession, bot_id: uuid.UUID, *, since: datetime, limit: int) -> list[Talk]:
    """Who wrote since then, the latest first."""
    lately = _talks(bot_id).where(Conversation.last_message_at >= since)
    return await _read(session, lately.order_by(Conversation.last_message_at.desc()).limit(limit))


async def last_said(session: AsyncSession, conversation_id: int, *, limit: int) -> list[Said]:
    """The latest messages, oldest first, without those that were taken back."""
    latest = (
        select(*_SAID)
        .where(Message.conversation_id == conversation_id, Message.unsent_at.is_(None), Message.text != "")
        .order_by(Message.id.desc())
        .limit(limit)
    )
    return [Said(*row) for row in reversed((await session.execute(latest)).all())]


async def unrelayed(session: AsyncSession, conversation_id: int) -> list[Said]:
    """The customer's words that couldn't be relayed and that nobody of the shop was shown, oldest first."""
    lost = (Delivery.due_at.is_(None)) & (Delivery.state == DeliveryState.REFUSED)
    missing = (
        select(*_SAID)
        .outerjoin(Delivery, Delivery.id == _RELAY)
        .where(Message.conversation_id == conversation_id, Message.direction == "in", Message.unsent_at.is_(None))
        .where(or_(_RELAY == NOT_RELAYED, lost))
        .order_by(Message.id)
    )
    return [Said(*row) for row in await session.execute(missing)]


async def note_relay(session: AsyncSession, message_ids: Sequence[int], relay: int) -> None:
    """Say what relays these messages from now on."""
    if message_ids:
        changed = update(Message).where(Message.id.in_(message_ids)).values(sources={RELAY: relay})
        await session.execute(changed, execution_options={"synchronize_session": False})


async def note_failed(session: AsyncSession, message_ids: Sequence[int], delivery_id: int) -> None:
    """Say of these messages that this delivery couldn't bring them."""
    failed = update(Message).where(Message.id.in_(message_ids)).values(sources={RELAY: delivery_id, "failed": True})
    await session.execute(failed, execution_options={"synchronize_session": False})


async def relayed_by(session: AsyncSession, conversation_id: int, delivery_id: int) -> list[Said]:
    """The messages that one delivery relays, without those that were taken back."""
    words = (
        select(*_SAID)
        .where(Message.conversation_id == conversation_id, delivery_id == _RELAY, Message.unsent_at.is_(None))
        .order_by(Message.id)
    )
    return [Said(*row) for row in await session.execute(words)]


async def relay_of_event(session: AsyncSession, event_id: int) -> tuple[int, int] | None:
    """Conversation and delivery of the relay of what an event brought; None where nothing relays it."""
    brought = Message.event_id == event_id, Message.direction == "in", _RELAY > 0
    row = (await session.execute(select(Message.conversation_id, _RELAY).where(*brought))).first()
    return (row[0], row[1]) if row is not None else None


async def is_kept(session: AsyncSession, event_id: int) -> bool:
    """Whether what an event brought stands in a conversation already."""
    brought = Message.event_id == event_id, Message.direction == "in"
    return await session.scalar(select(Message.id).where(*brought).limit(1)) is not None


async def reword_delivery(session: AsyncSession, delivery_id: int, messages: Sequence[dict[str, Any]]) -> bool:
    """Let a delivery say this instead, or nothing at all, where it surely isn't out yet; False where it may be."""
    not_out = Delivery.state.in_([DeliveryState.PLANNED, DeliveryState.REFUSED])
    changes: dict[str, Any] = {"messages": list(messages)}
    if not messages:
        changes |= {"state": DeliveryState.REFUSED, "due_at": None, "error": "unsent"}
    changed = update(Delivery).where(Delivery.id == delivery_id, Delivery.due_at.is_not(None), not_out)
    execution = {"synchronize_session": False}
    return (
        await session.scalar(changed.values(**changes).returning(Delivery.id), execution_options=execution) is not None
    )
