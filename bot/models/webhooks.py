"""Outgoing webhooks: who signs them, where they go, each delivery and each of its attempts."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, deferred, mapped_column

from bot.db.base import Base, IntKey, UuidKey
from bot.models.columns import CompanyOwned, EnvironmentOwned


class WebhookSigner(Base, EnvironmentOwned):
    """In whose name callbacks are signed: one for each key that was made, handed on when a key is rolled.

    The secret is derived from `id` and `version` and is in no store. Until `previous_until` the version before
    counts as well. `event_url` is where its owner is told of what happens by itself, null for nowhere.
    """

    __tablename__ = "webhook_signers"

    id: Mapped[UuidKey]
    version: Mapped[int] = mapped_column(default=1)
    rotated_at: Mapped[datetime | None]
    previous_until: Mapped[datetime | None]
    event_url: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime]


class WebhookEndpoint(Base, EnvironmentOwned):
    """An address that callbacks go to, and how it has answered of late.

    `url` is without a query, which may differ from message to message. `failures` counts failed attempts since the
    last success, `failing_since` is the first of them. While it is paused (`pause_reason` `failing`, `gone` or
    `by_owner`) nothing is sent to it.
    """

    __tablename__ = "webhook_endpoints"
    __table_args__ = (UniqueConstraint("tenant_id", "environment", "url_hash"),)

    id: Mapped[UuidKey]
    url: Mapped[str] = mapped_column(Text)
    url_hash: Mapped[str] = mapped_column(String(64))
    failures: Mapped[int] = mapped_column(default=0)
    failing_since: Mapped[datetime | None]
    last_success_at: Mapped[datetime | None]
    paused_at: Mapped[datetime | None]
    pause_reason: Mapped[str | None] = mapped_column(String(16))
    created_at: Mapped[datetime]


class WebhookDelivery(Base, CompanyOwned):
    """One message to one endpoint, tried up to three times with the same bytes.

    `state` is `waiting`, `sending`, `succeeded`, `failed`, `held` (its endpoint is paused) or `cancelled`.
    `message_id` stays the same when a message is delivered again, and `redelivery` counts how often that was.
    `webhook_url` is where it goes, in whole. `subject_id` is what it tells of, such as the job. `lane` says who sends
    it when: see `bot.outbox`. `body` is null once what it holds was to be kept no longer.
    """

    __tablename__ = "webhook_deliveries"
    __table_args__ = (
        Index("ix_webhook_deliveries_due", "next_attempt_at"),
        Index("ix_webhook_deliveries_lane", "lane", "next_attempt_at"),
    )

    id: Mapped[UuidKey]
    message_id: Mapped[uuid.UUID]
    endpoint_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("webhook_endpoints.id"), index=True)
    signer_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("webhook_signers.id"), index=True)
    async_job_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("async_jobs.id"), index=True)
    webhook_url: Mapped[str] = mapped_column(Text)
    subject_id: Mapped[uuid.UUID]
    event: Mapped[str] = mapped_column(String(64))
    lane: Mapped[str] = mapped_column(String(100))
    body: Mapped[bytes | None] = deferred(mapped_column(LargeBinary))
    state: Mapped[str] = mapped_column(String(16))
    attempts: Mapped[int] = mapped_column(default=0)
    redelivery: Mapped[int] = mapped_column(default=0)
    next_attempt_at: Mapped[datetime | None]
    error_code: Mapped[str | None] = mapped_column(String(32))
    created_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class WebhookLog(Base, CompanyOwned):
    """One attempt of a delivery, written before it is made. `success` is null until its outcome is known."""

    __tablename__ = "webhook_logs"
    __table_args__ = (UniqueConstraint("delivery_id", "attempt_number"),)

    id: Mapped[IntKey]
    delivery_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("webhook_deliveries.id"))
    async_job_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("async_jobs.id"), index=True)
    webhook_url: Mapped[str] = mapped_column(Text)
    attempt_number: Mapped[int]
    http_status: Mapped[int | None]
    success: Mapped[bool | None]
    error_code: Mapped[str | None] = mapped_column(String(32))
    error_message: Mapped[str | None] = mapped_column(String(500))
    duration_ms: Mapped[int | None]
    created_at: Mapped[datetime] = mapped_column(index=True)
