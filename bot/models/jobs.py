"""Asynchronous jobs of the Partner API, and what they work on."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, deferred, mapped_column

from bot.db.base import Base, Json, UuidKey
from bot.models.columns import CompanyOwned, TenantOwned


class AsyncJob(Base, CompanyOwned):
    """One job, such as the analysis of a call.

    `state` is `queued`, `processing`, `completed`, `failed` or `cancelled`. `request` holds what was asked
    for but the recording (`call_type`, `language` and the like). `results` go at `results_until`; `error_code`
    is the stable code of what made it fail. `due_at` is when it is to be worked on next, null once it has ended.
    `attempts` counts starts.
    """

    __tablename__ = "async_jobs"
    __table_args__ = (
        Index("ix_async_jobs_list", "tenant_id", "environment", "created_at"),
        Index("ix_async_jobs_due", "due_at"),
        Index("ix_async_jobs_key", "partner_api_key_id", "due_at"),
    )

    id: Mapped[UuidKey]
    partner_api_key_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("partner_api_keys.id"))
    signer_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("webhook_signers.id"), index=True)
    agent_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("agents.id"), index=True)
    call_id: Mapped[uuid.UUID] = mapped_column(unique=True)
    job_type: Mapped[str] = mapped_column(String(32))
    state: Mapped[str] = mapped_column(String(16))
    request: Mapped[dict[str, Any]]
    webhook_url: Mapped[str | None] = mapped_column(Text)
    results: Mapped[dict[str, Any] | None] = deferred(mapped_column(Json))
    results_until: Mapped[datetime | None] = mapped_column(index=True)
    error_code: Mapped[str | None] = mapped_column(String(64))
    error_message: Mapped[str | None] = mapped_column(String(500))
    attempts: Mapped[int] = mapped_column(default=0)
    due_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    started_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]


class CallRecording(Base, TenantOwned):
    """What a call's analysis works on: bytes, an address to fetch them from, or a transcript.

    It is deleted as soon as its job has ended, since it is the most personal that is held.
    """

    __tablename__ = "call_recordings"

    job_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("async_jobs.id"), primary_key=True)
    data: Mapped[bytes | None] = deferred(mapped_column(LargeBinary))
    content_type: Mapped[str | None] = mapped_column(String(100))
    url: Mapped[str | None] = mapped_column(Text)
    transcript: Mapped[list[Any] | None] = deferred(mapped_column(Json))
