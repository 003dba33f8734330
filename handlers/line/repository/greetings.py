"""What a new friend is offered to ask."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.models import Bot, Conversation, KnowledgeEntry, Message
from bot.tenancy.principal import Principal
from bot.tenancy.scope import visible_to
from knowledge.repository.entries import seen_by_vendor

_SHORT, _LAST_WORDS = 40, 6


async def first_questions(session: AsyncSession, principal: Principal, bot: Bot, *, limit: int) -> Sequence[str]:
    """Short questions that the bot surely has answers to: its vendor's own before shared ones, approved ones first.

    A shared answer that waits for a value of the vendor's isn't offered, since the vendor may have none.
    """
    offered = (
        select(KnowledgeEntry.question_summary)
        .where(seen_by_vendor(bot.vendor_id), KnowledgeEntry.is_active, KnowledgeEntry.audience != "staff")
        .where(func.length(KnowledgeEntry.question_summary).between(2, _SHORT), ~KnowledgeEntry.answer.contains("{{"))
        .order_by(KnowledgeEntry.vendor_id.is_(None), KnowledgeEntry.is_curated.desc(), KnowledgeEntry.id)
        .limit(limit)
    )
    return (await session.scalars(visible_to(principal, offered, KnowledgeEntry))).all()


async def last_words(session: AsyncSession, contact_id: int) -> Sequence[str]:
    """The latest texts that a contact wrote, to whichever bot, the last first."""
    said = Message.direction == "in", Message.kind == "text", Message.text != ""
    theirs = select(Conversation.id).where(Conversation.contact_id == contact_id)
    of_contact = select(Message.text).where(Message.conversation_id.in_(theirs), *said)
    return (await session.scalars(of_contact.order_by(Message.id.desc()).limit(_LAST_WORDS))).all()
