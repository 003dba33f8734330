"""Who waits for an answer that only the shop could give, and who was told it."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.models import Contact, Conversation, LateAnswer, Message, UnansweredQuestion

# States of a late answer that nobody has to make: the shop gave it.
UNTOLD, PUSHED, REPLIED, TOLD = "untold", "pushed", "replied", "told"
FOLLOW_UPS = (UNTOLD, PUSHED, REPLIED, TOLD)
_OPEN = (UNTOLD, REPLIED)


@dataclass(frozen=True, slots=True)
class Asker:
    """Somebody who asked in a one-to-one chat what nobody could answer, and the words they used."""

    conversation_id: int
    bot_id: uuid.UUID
    contact_id: int
    user_id: str
    language: str | None
    message_id: int
    event_id: int
    text: str


async def askers_of(session: AsyncSession, cluster_id: int, *, since: datetime) -> list[Asker]:
    """Whoever asked a question since then and hasn't taken it back, each chat once with its latest words."""
    asked = (
        select(
            Conversation.id,
            Conversation.bot_id,
            Contact.id,
            Contact.source_id,
            Contact.language,
            Message.id,
            Message.event_id,
            UnansweredQuestion.text,
        )
        .join(Message, Message.id == UnansweredQuestion.message_id)
        .join(Conversation, Conversation.id == Message.conversation_id)
        .join(Contact, Contact.id == Conversation.contact_id)
        .where(UnansweredQuestion.cluster_id == cluster_id, UnansweredQuestion.asked_at >= since)
        .where(UnansweredQuestion.text != "", Message.unsent_at.is_(None), Message.event_id.is_not(None))
        .where(Contact.source_type == "user", Contact.unfollowed_at.is_(None))
        .order_by(UnansweredQuestion.id)
    )
    rows: Sequence[Sequence[Any]] = (await session.execute(asked)).all()
    latest = {row[0]: Asker(*row) for row in rows}
    return list(latest.values())


async def untold_answers(session: AsyncSession, contact_id: int, bot_id: uuid.UUID) -> list[LateAnswer]:
    """Answers of the shop that a contact was not surely told yet, the oldest first."""
    wanted = select(LateAnswer).where(
        LateAnswer.contact_id == contact_id, LateAnswer.bot_id == bot_id, LateAnswer.state.in_(_OPEN)
    )
    return list(await session.scalars(wanted.order_by(LateAnswer.created_at, LateAnswer.id)))


async def pushed_answers(
    session: AsyncSession, channel_id: uuid.UUID, user_id: str, bot_id: uuid.UUID
) -> list[LateAnswer]:
    """Answers of the shop that are on their way to somebody."""
    wanted = (
        select(LateAnswer)
        .join(Contact, Contact.id == LateAnswer.contact_id)
        .where(Contact.channel_id == channel_id, Contact.source_id == user_id)
        .where(LateAnswer.bot_id == bot_id, LateAnswer.state == PUSHED)
    )
    return list(await session.scalars(wanted))
