"""Callbacks to partners: enqueue one in the caller's transaction; a worker signs and sends it."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from bot.models import WebhookDelivery
from bot.webhooks.fitting import fitted
from bot.webhooks.lanes import lane_of
from bot.webhooks.repository import endpoints
from bot.webhooks.states import State


@dataclass(frozen=True, slots=True, kw_only=True)
class Callback:
    """A message to the address `url`, signed in the name of `signer_id`.

    `subject_id` goes out as X-Webhook-ID: the job, or whatever the message tells of. `payload` is JSON of
    plain values; numbers are written as JavaScript writes them. Where it is too large to send, its `results` are
    cut, `truncated: true` is added, and `results_url` where there is one: the address of the whole.
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
    results_url: str | None = None


async def enqueue(session: AsyncSession, callback: Callback, *, now: datetime) -> str:
    """Store `callback` for sending, and give the lane to wake once the transaction is committed."""
    delivery = await add_delivery(session, callback, now=now)
    return delivery.lane


async def add_delivery(session: AsyncSession, callback: Callback, *, now: datetime) -> WebhookDelivery:
    """The row of a new delivery, due now."""
    endpoint_id = await endpoints.find_or_add(
        session, callback.tenant_id, environment=callback.environment, url=callback.url, now=now
    )
    message_id = uuid.uuid4()
    delivery = WebhookDelivery(
        id=uuid.uuid4(),
        tenant_id=callback.tenant_id,
        environment=callback.environment,
        company_id=callback.company_id,
        message_id=message_id,
        endpoint_id=endpoint_id,
        signer_id=callback.signer_id,
        webhook_url=callback.url,
        async_job_id=callback.job_id,
        subject_id=callback.subject_id,
        event=callback.event,
        lane=lane_of(endpoint_id, message_id),
        body=fitted(callback.payload, results_url=callback.results_url),
        state=State.WAITING.value,
        attempts=0,
        redelivery=0,
        next_attempt_at=now,
        created_at=now,
    )
    session.add(delivery)
    await session.flush()
    return delivery
