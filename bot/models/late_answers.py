"""Answers that missed their reply token and wait to be fetched."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from bot.db.base import Base, UuidKey
from bot.models.columns import TenantOwned

_OPEN = text("due_at IS NOT NULL")


class LateAnswer(Base, TenantOwned):
    """A question whose answer wasn't ready in time. Its id is what the button that fetches it carries.

    `state` is `pending`, `ready`, `failed`, or `dropped` where the question was taken back. What the shop's people
    answered later is `untold`, `pushed`, `replied` or `told` (`handlers.line.owner.follow_ups`). `messages` are the
    answer's message objects. `message_id` is the question as it stands in the conversation. `due_at` is
    set as long as somebody is to work on it.
    """

    __tablename__ = "late_answers"
    __table_args__ = (Index("ix_late_answers_due", "due_at", sqlite_where=_OPEN, postgresql_where=_OPEN),)

    id: Mapped[UuidKey]
    bot_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("bots.id"), index=True)
    contact_id: Mapped[int] = mapped_column(ForeignKey("contacts.id"), index=True)
    conversation_id: Mapped[int] = mapped_column(ForeignKey("conversations.id"), index=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("line_events.id"), index=True)
    message_id: Mapped[int | None] = mapped_column(ForeignKey("messages.id"), index=True)
    state: Mapped[str] = mapped_column(String(16))
    language: Mapped[str] = mapped_column(String(8))
    question: Mapped[str] = mapped_column(Text)
    answer: Mapped[str | None] = mapped_column(Text)
    messages: Mapped[list[Any] | None]
    sources: Mapped[dict[str, Any] | None]
    attempts: Mapped[int] = mapped_column(default=0)
    due_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    ready_at: Mapped[datetime | None]
    told_at: Mapped[datetime | None]
