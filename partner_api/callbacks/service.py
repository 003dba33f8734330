"""The verbs on callbacks: deliver again, pause and resume, rotate the secret, say where events go."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from bot.logging import get_logger
from bot.models import WebhookDelivery, WebhookEndpoint, WebhookSigner
from bot.tenancy.principal import Principal
from bot.webhooks.lanes import lane_of
from bot.webhooks.repository import endpoints
from bot.webhooks.states import PauseReason, State
from partner_api.callbacks import repository
from partner_api.callbacks.errors import DeliveryErased, DeliveryOpen, EndpointPaused, NoDelivery
from partner_api.caller import Caller
from partner_api.jobs.repository import job_row
from partner_api.keys.errors import CompanyBound

log = get_logger(__name__)


async def redeliver(
    session: AsyncSession, principal: Principal, delivery_id: uuid.UUID, *, now: datetime
) -> WebhookDelivery:
    """Begin a new delivery of a message, with the same bytes and new attempts; wake its lane after the commit.

    Raises DeliveryNotFound (404), DeliveryOpen, DeliveryErased and EndpointPaused (409).
    """
    before = await repository.delivery_row(session, principal, delivery_id)
    # Whoever writes what became of an attempt locks the endpoint first as well, so that what is read from here on
    # stays as it is.
    is_paused = await endpoints.is_paused(session, before.endpoint_id)
    before = await repository.delivery_row(session, principal, delivery_id)
    redelivered, is_open = await repository.of_message(session, before)
    if is_paused:
        raise EndpointPaused
    if is_open:
        raise DeliveryOpen
    if before.body is None:
        raise DeliveryErased
    again = WebhookDelivery(
        id=uuid.uuid4(),
        tenant_id=before.tenant_id,
        environment=before.environment,
        company_id=before.company_id,
        message_id=before.message_id,
        endpoint_id=before.endpoint_id,
        signer_id=before.signer_id,
        webhook_url=before.webhook_url,
        async_job_id=before.async_job_id,
        subject_id=before.subject_id,
        event=before.event,
        lane=lane_of(before.endpoint_id, before.message_id),
        body=before.body,
        state=State.WAITING.value,
        attempts=0,
        redelivery=redelivered + 1,
        next_attempt_at=now,
        created_at=now,
    )
    session.add(again)
    await session.flush()
    return again


async def redeliver_job(
    session: AsyncSession, principal: Principal, job_id: uuid.UUID, *, now: datetime
) -> WebhookDelivery:
    """Begin a new delivery of a job's callback. Raises JobNotFound, NoDelivery (409), and what `redeliver` raises."""
    job = await job_row(session, principal, job_id)
    newest = await repository.newest_of_job(session, principal, job.id)
    if newest is None:
        raise NoDelivery
    return await redeliver(session, principal, newest, now=now)


async def pause(session: AsyncSession, caller: Caller, endpoint_id: uuid.UUID, *, now: datetime) -> None:
    """Hold what goes to an endpoint. Raises CompanyBound and EndpointNotFound; one that is paused stays as it is."""
    row = await _endpoint(session, caller, endpoint_id)
    if row.paused_at is None:
        await endpoints.pause(session, row.id, reason=PauseReason.BY_OWNER, now=now)
        log.info("endpoint_paused", endpoint_id=str(row.id), reason=PauseReason.BY_OWNER)


async def resume(session: AsyncSession, caller: Caller, endpoint_id: uuid.UUID, *, now: datetime) -> list[str]:
    """Send to an endpoint again; gives the lanes to wake. Raises CompanyBound and EndpointNotFound."""
    row = await _endpoint(session, caller, endpoint_id)
    if row.paused_at is None:
        return []
    log.info("endpoint_resumed", endpoint_id=str(row.id))
    return list(await endpoints.resume(session, row.id, now=now))


async def rotate(session: AsyncSession, caller: Caller, *, overlap: timedelta, now: datetime) -> WebhookSigner:
    """Replace the signing secret of the caller's key; the one before signs as well for `overlap`. Raises CompanyBound.

    Of two secrets before none is left: the earlier ends with the rotation.
    """
    row = await own_signer(session, caller)
    row.version += 1
    row.rotated_at = now
    row.previous_until = now + overlap if overlap else None
    await session.flush()
    log.info("webhook_secret_rotated", signer_id=str(row.id), version=row.version)
    return row


async def listen(session: AsyncSession, caller: Caller, *, url: str | None) -> None:
    """Tell the partner at `url` from now on of what happens by itself, None for nowhere. Raises CompanyBound."""
    row = await own_signer(session, caller)
    row.event_url = url
    await session.flush()


async def own_signer(session: AsyncSession, caller: Caller) -> WebhookSigner:
    """The signer of the caller's key. Raises CompanyBound for a key that is bound to a company."""
    refuse_bound(caller)
    return await repository.signer(session, caller.principal, caller.signer_id)


def refuse_bound(caller: Caller) -> None:
    """Raises CompanyBound where `caller` is bound to one company, and what it asks for is the whole partner's."""
    if caller.principal.company_id is not None:
        raise CompanyBound


async def _endpoint(session: AsyncSession, caller: Caller, endpoint_id: uuid.UUID) -> WebhookEndpoint:
    refuse_bound(caller)
    return await repository.endpoint_for_update(session, caller.principal, endpoint_id)
