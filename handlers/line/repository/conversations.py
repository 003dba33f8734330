"""What contacts and bots have said to each other."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import bindparam, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.db.statements import run_upsert, table_of, upsert_of
from bot.models import Bot, Conversation, Message

_CONVERSATIONS, _MESSAGES = table_of(Conversation), table_of(Message)
_SHOWN = tuple(_CONVERSATIONS.c[name] for name in ("id", "state", "state_until", "staff_contact_id"))
_STANDING = select(*_SHOWN).where(
    _CONVERSATIONS.c.contact_id == bindparam("contact"), _CONVERSATIONS.c.bot_id == bindparam("bot")
)
_UPSERT = upsert_of(
    Conversation,
    lambda insert: (
        insert.values({name: bindparam(name) for name in ("tenant_id", "contact_id", "bot_id")})
        .values(created_at=bindparam("now"), last_message_at=bindparam("now"))
        .on_conflict_do_update(
            index_elements=[_CONVERSATIONS.c.contact_id, _CONVERSATIONS.c.bot_id],
            set_={"last_message_at": bindparam("now")},
        )
        .returning(*_SHOWN)
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


class Speaker(StrEnum):
    """Who speaks for the shop: the bot; the bot while a person was asked for (`waiting`); or a person."""

    BOT = "bot"
    WAITING = "waiting"
    PERSON = "person"


@dataclass(frozen=True, slots=True)
class Standing:
    """A conversation and who speaks for the shop in it, until `until` where that ends by itself."""

    conversation_id: int
    speaker: str
    until: datetime | None
    staff_contact_id: int | None

    def person_has_it(self, now: datetime) -> bool:
        """Whether the bot is to be silent."""
        return self.speaker == Speaker.PERSON and (self.until is None or now < self.until)

    def person_is_asked_for(self, now: datetime) -> bool:
        return self.speaker == Speaker.WAITING and (self.until is None or now < self.until)


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One message of a conversation as it is kept. `author` is `staff` where a person of the shop said it."""

    text: str
    event_id: int | None = None
    is_answer: bool = False
    kind: str = "text"
    author: str | None = None
    sources: dict[str, Any] | None = None


async def find_standing(session: AsyncSession, contact_id: int, bot_id: uuid.UUID) -> Standing | None:
    """The conversation of a contact with a bot, if they have one."""
    row = (await session.execute(_STANDING, {"contact": contact_id, "bot": bot_id})).first()
    return Standing(*row) if row is not None else None


async def upsert_conversation(session: AsyncSession, bot: Bot, contact_id: int, *, now: datetime) -> Standing:
    """The conversation of a contact with a bot, made if it is new."""
    given = {"tenant_id": bot.tenant_id, "contact_id": contact_id, "bot_id": bot.id, "now": now}
    return Standing(*await run_upsert(session, _UPSERT, given))


async def keep_lines(
    session: AsyncSession, bot: Bot, conversation_id: int, lines: Sequence[Line], *, now: datetime
) -> None:
    """Add messages to a conversation, in this order."""
    shared = {"tenant_id": bot.tenant_id, "conversation_id": conversation_id, "created_at": now}
    rows = [
        {
            **shared,
            "event_id": line.event_id,
            "direction": "out" if line.is_answer else "in",
            "kind": line.kind,
            "author": line.author,
            "text": line.text,
            "sources": line.sources,
        }
        for line in lines
    ]
    await session.execute(_ADD, rows)


async def conversation(session: AsyncSession, conversation_id: int) -> Conversation:
    """The whole row of a conversation."""
    return await session.get_one(Conversation, conversation_id)


async def change_conversation(session: AsyncSession, conversation_id: int, **changes: Any) -> None:
    """Set columns of a conversation."""
    await session.execute(update(Conversation).where(Conversation.id == conversation_id).values(**changes))


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
