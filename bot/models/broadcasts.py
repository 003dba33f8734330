"""Messages from a shop to all who follow it."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from bot.db.base import Base, IntKey
from bot.models.columns import TenantOwned

_OPEN = text("due_at IS NOT NULL")


class Broadcast(Base, TenantOwned):
    """One text to the followers of a bot, sent in multicasts of up to 500 (`deliveries.broadcast_id`).

    `state` is `draft`, `scheduled`, `sending`, `done`, `stopped` or `cancelled`, and `reason` why it stopped.
    `recipients` is how many it went or will go to, `due_at` when it is next to be worked on.
    """

    __tablename__ = "broadcasts"
    __table_args__ = (Index("ix_broadcasts_due", "due_at", sqlite_where=_OPEN, postgresql_where=_OPEN),)

    id: Mapped[IntKey]
    bot_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("bots.id"), index=True)
    channel_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("channels.id"), index=True)
    contact_id: Mapped[int | None] = mapped_column(ForeignKey("contacts.id"), index=True)
    messages: Mapped[list[Any]]
    state: Mapped[str] = mapped_column(String(16))
    reason: Mapped[str | None] = mapped_column(String(64))
    recipients: Mapped[int] = mapped_column(default=0)
    scheduled_at: Mapped[datetime | None]
    due_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    started_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
