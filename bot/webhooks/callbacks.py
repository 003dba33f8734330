"""Callbacks to partners: enqueue one in the caller's transaction; a worker signs and sends it."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession


@dataclass(frozen=True, slots=True, kw_only=True)
class Callback:
    """A message to the address `url`, signed in the name of `signer_id`.

    `subject_id` goes out as X-Webhook-ID: the job, or whatever the message tells of. `payload` is JSON of
    plain values; numbers are written as JavaScript writes them.
    """

    tenant_id: uuid.UUID
    environment: str
    signer_id: uuid.UUID
    url: str = field(repr=False)
    event: str
    subject_id: uuid.UUID
    payload: Mapping[str, Any] = field(repr=False)
    company_id: uuid.UUID | None = None
    job_id: uuid.UUID | None = None


async def enqueue(session: AsyncSession, callback: Callback, *, now: datetime) -> str:
    """Store `callback` for sending, and give the lane to wake once the transaction is committed."""
    raise NotImplementedError
