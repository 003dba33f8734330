"""What contacts and bots have said to each other."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.db.statements import run_upsert, table_of, upsert_of
from bot.models import Bot, Conversation, Message

_CONVERSATIONS, _MESSAGES = table_of(Conversation), table_of(Message)
_UPSERT = upsert_of(
    Conversation,
    lambda insert: (
        insert.values({name: bindparam(name) for name in ("tenant_id", "contact_id", "bot_id")})
        .values(created_at=bindparam("now"), last_message_at=bindparam("now"))
        .on_conflict_do_update(
            index_elements=[_CONVERSATIONS.c.contact_id, _CONVERSATIONS.c.bot_id],
            set_={"last_message_at": bindparam("now")},
        )
        .returning(_CONVERSATIONS.c.id)
    ),
)
_ADD = insert(_MESSAGES)
_RECENT = (
    select(_MESSAGES.c.direction, _MESSAGES.c.text)
    .join(_CONVERSATIONS, _CONVERSATIONS.c.id == _MESSAGES.c.conversation_id)
    .where(_CONVERSATIONS.c.contact_id == bindparam("contact"), _CONVERSATIONS.c.bot_id == bindparam("bot"))
    .where(_MESSAGES.c.unsent_at.is_(None), _MESSAGES.c.text != "")
    .order_by(_MESSAGES.c.id.desc())
    .limit(bindparam("most"))
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """A question and its answer, with what the answer was made from."""

    event_id: int
    asked: str
    said: str
    sources: dict[str, Any] | None


async def upsert_conversation(session: AsyncSession, bot: Bot, contact_id: int, *, now: datetime) -> int:
    """The id of the conversation of a contact with a bot, made if it is new."""
    given = {"tenant_id": bot.tenant_id, "contact_id": contact_id, "bot_id": bot.id, "now": now}
    return int((await run_upsert(session, _UPSERT, given)).id)


async def keep_exchange(
    session: AsyncSession, bot: Bot, conversation_id: int, exchange: Exchange, *, now: datetime
) -> None:
    """Add question and answer to a conversation."""
    shared = {
        "tenant_id": bot.tenant_id,
        "conversation_id": conversation_id,
        "event_id": exchange.event_id,
        "kind": "text",
        "created_at": now,
    }
    question = {**shared, "direction": "in", "text": exchange.asked, "sources": None}
    answer = {**shared, "direction": "out", "text": exchange.said, "sources": exchange.sources}
    await session.execute(_ADD, [question, answer])


async def recent_messages(
    session: AsyncSession, contact_id: int, bot_id: uuid.UUID, *, limit: int
) -> Sequence[tuple[str, str]]:
    """Direction and text of the latest messages, oldest first, without unsent ones."""
    rows = (await session.execute(_RECENT, {"contact": contact_id, "bot": bot_id, "most": limit})).all()
    return [(direction, text) for direction, text in reversed(rows)]


async def asked_message(session: AsyncSession, event_id: int) -> int | None:
    """The id of the message that an event brought into a conversation."""
    said = Message.event_id == event_id, Message.direction == "in"
    found: int | None = await session.scalar(select(Message.id).where(*said))
    return found


async def blank_messages(session: AsyncSession, event_id: int, *, at: datetime) -> None:
    """Remove the text of what an event brought into a conversation."""
    said = Message.event_id == event_id, Message.direction == "in"
    await session.execute(update(Message).where(*said).values(text="", sources=None, unsent_at=at))
