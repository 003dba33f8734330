"""The statements behind callbacks, as partners see them."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, exists, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased, undefer

from bot.models import WebhookDelivery, WebhookEndpoint, WebhookLog, WebhookSigner
from bot.tenancy.principal import Principal
from bot.tenancy.scope import visible_to
from bot.webhooks.states import FINAL, Event, State
from partner_api.callbacks.errors import DeliveryNotFound, EndpointNotFound
from partner_api.wire import PageQuery


@dataclass(frozen=True, slots=True)
class Told:
    """A delivery with its attempts, the first one first."""

    row: WebhookDelivery
    attempts: list[WebhookLog]


async def deliveries_of_job(session: AsyncSession, principal: Principal, job_id: uuid.UUID) -> list[Told]:
    """Every delivery of a job, the newest first."""
    return await _told(session, _deliveries(principal, WebhookDelivery.async_job_id == job_id))


async def list_deliveries(
    session: AsyncSession, principal: Principal, page: PageQuery, *, state: State | None
) -> tuple[list[Told], int]:
    """The page's deliveries, the newest first, and how many there are."""
    conditions = [] if state is None else [WebhookDelivery.state == state.value]
    counting: Select[Any] = select(func.count(WebhookDelivery.id)).where(*conditions)
    total = await session.scalar(visible_to(principal, counting, WebhookDelivery))
    found = _deliveries(principal, *conditions).limit(page.limit).offset(page.offset)
    return await _told(session, found), total or 0


async def delivery(session: AsyncSession, principal: Principal, delivery_id: uuid.UUID) -> Told:
    """One delivery. Raises DeliveryNotFound."""
    found = await _told(session, _deliveries(principal, WebhookDelivery.id == delivery_id))
    if not found:
        raise DeliveryNotFound
    return found[0]


async def delivery_row(session: AsyncSession, principal: Principal, delivery_id: uuid.UUID) -> WebhookDelivery:
    """A delivery with its body. Raises DeliveryNotFound."""
    wanted = _deliveries(principal, WebhookDelivery.id == delivery_id).options(undefer(WebhookDelivery.body))
    row: WebhookDelivery | None = await session.scalar(wanted)
    if row is None:
        raise DeliveryNotFound
    return row


async def newest_of_job(session: AsyncSession, principal: Principal, job_id: uuid.UUID) -> uuid.UUID | None:
    """The latest delivery of a job's callback."""
    row = await session.scalar(_deliveries(principal, WebhookDelivery.async_job_id == job_id).limit(1))
    return None if row is None else row.id


async def of_message(session: AsyncSession, row: WebhookDelivery) -> tuple[int, bool]:
    """The highest number of redelivery of `row`'s message, and whether one of its deliveries is under way."""
    is_open = WebhookDelivery.state.not_in([state.value for state in FINAL])
    counting = select(func.max(WebhookDelivery.redelivery), func.count().filter(is_open))
    found = (await session.execute(counting.where(WebhookDelivery.message_id == row.message_id))).one()
    # Old deliveries may be deleted at any time.
    return max(found[0] or 0, row.redelivery), bool(found[1])


async def failed_messages(session: AsyncSession, *, limit: int, after: uuid.UUID | None) -> Sequence[uuid.UUID]:
    """Failed deliveries whose message was not sent again since, can be sent, and goes to an endpoint in use.

    In the order of their ids, beginning after `after`.
    """
    later = aliased(WebhookDelivery)
    sent_again = exists().where(
        later.message_id == WebhookDelivery.message_id, later.redelivery > WebhookDelivery.redelivery
    )
    statement = (
        select(WebhookDelivery.id)
        .join(WebhookEndpoint, WebhookEndpoint.id == WebhookDelivery.endpoint_id)
        .where(WebhookDelivery.state == State.FAILED.value, WebhookDelivery.event != Event.TEST.value)
        .where(WebhookDelivery.body.is_not(None), WebhookEndpoint.paused_at.is_(None), ~sent_again)
        .order_by(WebhookDelivery.id)
        .limit(limit)
    )
    if after is not None:
        statement = statement.where(WebhookDelivery.id > after)
    return (await session.scalars(statement)).all()


async def first_outcomes(session: AsyncSession, ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, bool | None]:
    """How the first attempt of each of these deliveries ended; without those that it has not begun for."""
    logs = select(WebhookLog.delivery_id, WebhookLog.success)
    found = await session.execute(logs.where(WebhookLog.delivery_id.in_(ids), WebhookLog.attempt_number == 1))
    return {row.delivery_id: row.success for row in found}


async def list_endpoints(
    session: AsyncSession, principal: Principal, page: PageQuery
) -> tuple[list[tuple[WebhookEndpoint, int]], int]:
    """The page's endpoints with how many deliveries are held for each, the newest first, and how many there are."""
    ordered = select(WebhookEndpoint).order_by(WebhookEndpoint.created_at.desc(), WebhookEndpoint.id)
    wanted = visible_to(principal, ordered.limit(page.limit).offset(page.offset), WebhookEndpoint)
    rows = (await session.scalars(wanted)).all()
    counting: Select[Any] = select(func.count(WebhookEndpoint.id))
    total = await session.scalar(visible_to(principal, counting, WebhookEndpoint))
    held = await _held(session, [row.id for row in rows])
    return [(row, held.get(row.id, 0)) for row in rows], total or 0


async def endpoint(session: AsyncSession, principal: Principal, endpoint_id: uuid.UUID) -> tuple[WebhookEndpoint, int]:
    """An endpoint, and how many deliveries are held for it. Raises EndpointNotFound."""
    row = await _endpoint(session, visible_to(principal, _one_endpoint(endpoint_id), WebhookEndpoint))
    return row, (await _held(session, [row.id])).get(row.id, 0)


async def endpoint_for_update(session: AsyncSession, principal: Principal, endpoint_id: uuid.UUID) -> WebhookEndpoint:
    """An endpoint that nobody else changes until this transaction ends. Raises EndpointNotFound."""
    wanted = visible_to(principal, _one_endpoint(endpoint_id), WebhookEndpoint)
    return await _endpoint(session, wanted.with_for_update(key_share=True))


async def signer(session: AsyncSession, principal: Principal, signer_id: uuid.UUID) -> WebhookSigner:
    """The signer of a key, which nobody else changes until this transaction ends."""
    statement = select(WebhookSigner).where(WebhookSigner.id == signer_id).with_for_update(key_share=True)
    found: WebhookSigner = (await session.scalars(visible_to(principal, statement, WebhookSigner))).one()
    return found


def _deliveries(principal: Principal, *conditions: ColumnElement[bool]) -> Select[WebhookDelivery]:
    ordered = select(WebhookDelivery).where(*conditions).execution_options(populate_existing=True)
    ordered = ordered.order_by(WebhookDelivery.created_at.desc(), WebhookDelivery.redelivery.desc(), WebhookDelivery.id)
    return visible_to(principal, ordered, WebhookDelivery)


async def _told(session: AsyncSession, statement: Select[WebhookDelivery]) -> list[Told]:
    rows = (await session.scalars(statement)).all()
    if not rows:
        return []
    logs = select(WebhookLog).where(WebhookLog.delivery_id.in_([row.id for row in rows]))
    attempts: dict[uuid.UUID, list[WebhookLog]] = {row.id: [] for row in rows}
    for log in await session.scalars(logs.order_by(WebhookLog.attempt_number)):
        attempts[log.delivery_id].append(log)
    return [Told(row, attempts[row.id]) for row in rows]


def _one_endpoint(endpoint_id: uuid.UUID) -> Select[WebhookEndpoint]:
    statement = select(WebhookEndpoint).where(WebhookEndpoint.id == endpoint_id)
    return statement.execution_options(populate_existing=True)


async def _endpoint(session: AsyncSession, statement: Select[WebhookEndpoint]) -> WebhookEndpoint:
    row: WebhookEndpoint | None = await session.scalar(statement)
    if row is None:
        raise EndpointNotFound
    return row


async def _held(session: AsyncSession, ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, int]:
    counting = select(WebhookDelivery.endpoint_id, func.count()).group_by(WebhookDelivery.endpoint_id)
    held = counting.where(WebhookDelivery.endpoint_id.in_(ids), WebhookDelivery.state == State.HELD.value)
    return {row[0]: row[1] for row in await session.execute(held)}
