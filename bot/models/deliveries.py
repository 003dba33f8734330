"""The ledger of what was sent to LINE: a row per message group, a row per attempt."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from bot.db.base import Base, IntKey

_DUE = text("due_at IS NOT NULL")


class Delivery(Base):
    """A group of up to five messages that goes out in one call.

    `kind` is `reply`, `push` or `multicast`, and `purpose` what for (`bot.line.delivery.Purpose`). `state` is
    one of `bot.line.delivery.DeliveryState`. `fence` is the lane's when it was planned. `cost` is
    the number of billed messages.

    A reply has a `reply_token` that arrived at `token_at`. What is pushed goes to `to_id`, or to every one of
    `recipients`, under a `retry_key` that stays the same for every attempt, and isn't begun after `expires_at`.
    It may carry a reply token too, which is then tried first since it costs nothing. `due_at` is set as
    long as an attempt is to come.
    """

    __tablename__ = "deliveries"
    __table_args__ = (
        Index("ix_deliveries_channel", "channel_id", "created_at"),
        Index("ix_deliveries_due", "lane", "id", sqlite_where=_DUE, postgresql_where=_DUE),
    )

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
    purpose: Mapped[str] = mapped_column(String(16), default="answer", server_default="answer")
    to_id: Mapped[str | None] = mapped_column(String(80))
    recipients: Mapped[list[Any] | None]
    retry_key: Mapped[uuid.UUID | None]
    token_at: Mapped[datetime | None]
    due_at: Mapped[datetime | None]
    expires_at: Mapped[datetime | None]
    broadcast_id: Mapped[int | None] = mapped_column(ForeignKey("broadcasts.id"), index=True)
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


class SentMessage(Base):
    """LINE's id of a message that a bot sent into a group, by which people there may quote it."""

    __tablename__ = "sent_messages"
    __table_args__ = (UniqueConstraint("channel_id", "line_message_id"),)

    id: Mapped[IntKey]
    channel_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("channels.id"))
    line_message_id: Mapped[str] = mapped_column(String(64))
    delivery_id: Mapped[int] = mapped_column(ForeignKey("deliveries.id"), index=True)
