"""The ledger of what was sent to LINE: a row per message group, a row per attempt."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from bot.db.base import Base, IntKey


class Delivery(Base):
    """A group of up to five messages that goes out in one call.

    `kind` is `reply`. `state` is one of `bot.line.delivery.DeliveryState`. `fence` is the lane's
    when it was planned. `cost` is the number of billed messages.
    """

    __tablename__ = "deliveries"
    __table_args__ = (Index("ix_deliveries_channel", "channel_id", "created_at"),)

    id: Mapped[IntKey]
    channel_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("channels.id"))
    bot_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("bots.id"), index=True)
    lane: Mapped[str] = mapped_column(String(160))
    kind: Mapped[str] = mapped_column(String(16))
    messages: Mapped[list[Any]]
    reply_token: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(String(16))
    fence: Mapped[int]
    attempts: Mapped[int] = mapped_column(default=0)
    error: Mapped[str | None] = mapped_column(String(300))
    cost: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]


class DeliveryAttempt(Base):
    """One call to LINE. `outcome` is null from just before the call until its end is recorded."""

    __tablename__ = "delivery_attempts"

    id: Mapped[IntKey]
    delivery_id: Mapped[int] = mapped_column(ForeignKey("deliveries.id"), index=True)
    number: Mapped[int]
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    outcome: Mapped[str | None] = mapped_column(String(16))
    http_status: Mapped[int | None]
    line_request_id: Mapped[str | None] = mapped_column(String(64))
