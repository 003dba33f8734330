"""Webhook events as received, and the lanes that keep a conversation's events in order."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from bot.db.base import Base, IntKey

_OPEN = text("state IN ('received', 'working')")
_HAS_MESSAGE = text("message_id IS NOT NULL")


class LineEvent(Base):
    """An acknowledged event: the inbox row that is the truth of what is to be done.

    `payload` is the event's JSON as LINE sent it. `webhook_event_id` is LINE's, or a hash of the
    event where it has none. `state` is one of `bot.line.events.EventState`; `reason` says why an
    event ended as it did. `due_at` is when it may next be worked on.
    """

    __tablename__ = "line_events"
    __table_args__ = (
        UniqueConstraint("channel_id", "webhook_event_id"),
        Index("ix_line_events_open", "lane", "occurred_at", "id", sqlite_where=_OPEN, postgresql_where=_OPEN),
        Index(
            "ix_line_events_message",
            "channel_id",
            "message_id",
            sqlite_where=_HAS_MESSAGE,
            postgresql_where=_HAS_MESSAGE,
        ),
    )

    id: Mapped[IntKey]
    channel_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("channels.id"))
    webhook_event_id: Mapped[str] = mapped_column(String(80))
    lane: Mapped[str] = mapped_column(String(160))
    type: Mapped[str] = mapped_column(String(32))
    message_id: Mapped[str | None] = mapped_column(String(64))
    payload: Mapped[str] = mapped_column(Text)
    occurred_at: Mapped[datetime]
    received_at: Mapped[datetime]
    due_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(String(16))
    reason: Mapped[str | None] = mapped_column(String(64))
    attempts: Mapped[int] = mapped_column(default=0)
    delivery_id: Mapped[int | None] = mapped_column(ForeignKey("deliveries.id"), index=True)


class Lane(Base):
    """The claim on one ordered stream of work.

    `owner` is the process that works it until `lease_until`. `fence` rises with every claim; a
    write that carries a lower fence than the row's is refused.
    """

    __tablename__ = "lanes"

    key: Mapped[str] = mapped_column(String(160), primary_key=True)
    owner: Mapped[uuid.UUID | None]
    lease_until: Mapped[datetime]
    fence: Mapped[int] = mapped_column(default=0)
