"""The statements behind usage, and the deletion of old logs."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Delete, Select, case, delete, func, literal, select
from sqlalchemy.engine import CursorResult
from sqlalchemy.ext.asyncio import AsyncSession

from bot.models import AsyncJob, PartnerApiKey, PartnerApiRequest, WebhookDelivery, WebhookEndpoint, WebhookLog
from bot.tenancy.principal import Principal
from bot.tenancy.scope import visible_to

FIRST_ERROR = 400


@dataclass(frozen=True, slots=True)
class Asked:
    """Whose requests are looked at, and when: a key, or with None every key that `principal` sees."""

    principal: Principal
    key_id: uuid.UUID | None
    since: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class Figures:
    """Requests to one endpoint, or with an empty one to all together; times in milliseconds."""

    method: str
    endpoint: str
    requests: int
    errors: int
    p50: float
    p95: float


async def has_key(session: AsyncSession, principal: Principal, key_id: uuid.UUID) -> bool:
    statement = visible_to(principal, select(PartnerApiKey.id).where(PartnerApiKey.id == key_id), PartnerApiKey)
    return await session.scalar(statement) is not None


async def by_status(session: AsyncSession, asked: Asked) -> dict[int, int]:
    """How many requests were answered with each status."""
    status = PartnerApiRequest.response_status
    statement = _requests(asked, status, func.count()).group_by(status)
    return {row[0]: row[1] for row in await session.execute(statement)}


async def by_endpoint(session: AsyncSession, asked: Asked) -> list[Figures]:
    """The figures of each endpoint and method, the busiest first."""
    columns = (PartnerApiRequest.method, PartnerApiRequest.endpoint)
    statement, number = _figures(asked, columns)
    rows = await session.execute(statement.order_by(number.desc(), *statement.selected_columns[:2]))
    return [Figures(*row) for row in rows]


async def of_all(session: AsyncSession, asked: Asked) -> Figures | None:
    """The figures of all requests together; None where there are none."""
    statement, _ = _figures(asked, (literal(""), literal("")))
    row = (await session.execute(statement)).one_or_none()
    return None if row is None else Figures(*row)


def _figures(asked: Asked, groups: tuple[Any, Any]) -> tuple[Select[Any], ColumnElement[int]]:
    """The columns of Figures by method and endpoint, and the number of requests to sort by.

    Percentiles are by nearest rank, as `percentile_disc`: the smallest time that so many percent took at most.
    """
    taken = PartnerApiRequest.response_time_ms
    ranked = _requests(
        asked,
        groups[0].label("method"),
        groups[1].label("endpoint"),
        taken.label("taken"),
        PartnerApiRequest.response_status.label("status"),
        func.row_number().over(partition_by=groups, order_by=taken).label("rank"),
        func.count().over(partition_by=groups).label("number"),
    ).subquery()
    by, number = (ranked.c.method, ranked.c.endpoint), func.count()
    errors = func.sum(case((ranked.c.status >= FIRST_ERROR, 1), else_=0))
    statement: Select[Any] = select(*by, number, errors, _percentile(ranked, 50), _percentile(ranked, 95)).group_by(*by)
    return statement, number


def _percentile(ranked: Any, percent: int) -> ColumnElement[float]:
    # Whole numbers throughout, so that both stores agree on every rank.
    rank = (ranked.c.number * percent + 99) // 100
    return func.max(case((ranked.c.rank == rank, ranked.c.taken)))


def _requests(asked: Asked, *columns: Any) -> Select[Any]:
    at = PartnerApiRequest.created_at
    statement: Select[Any] = select(*columns).where(at >= asked.since, at < asked.until)
    statement = statement.where(PartnerApiRequest.partner_api_key_id.in_(_keys(asked, PartnerApiKey.id)))
    return visible_to(asked.principal, statement, PartnerApiRequest)


async def jobs_by_state(session: AsyncSession, asked: Asked) -> dict[str, int]:
    """How many jobs were made, by the state that they have now."""
    return await _by_state(session, asked, AsyncJob, AsyncJob.partner_api_key_id.in_(_keys(asked, PartnerApiKey.id)))


async def callbacks_by_state(session: AsyncSession, asked: Asked) -> dict[str, int]:
    """How many callbacks were made, by the state that they have now. A rolled key's are its successor's too."""
    signed = WebhookDelivery.signer_id.in_(_keys(asked, PartnerApiKey.signer_id))
    return await _by_state(session, asked, WebhookDelivery, signed)


async def _by_state(
    session: AsyncSession, asked: Asked, model: type[AsyncJob] | type[WebhookDelivery], theirs: ColumnElement[bool]
) -> dict[str, int]:
    within = (model.created_at >= asked.since, model.created_at < asked.until)
    counting: Select[Any] = select(model.state).add_columns(func.count()).where(theirs, *within)
    narrowed = visible_to(asked.principal, counting, model).group_by(model.state)
    return {row[0]: row[1] for row in await session.execute(narrowed)}


def _keys(asked: Asked, column: Any) -> Select[Any]:
    statement: Select[Any] = select(column)
    if asked.key_id is not None:
        statement = statement.where(PartnerApiKey.id == asked.key_id)
    return visible_to(asked.principal, statement, PartnerApiKey)


async def delete_requests(session: AsyncSession, *, before: datetime, limit: int) -> int:
    """Delete at most `limit` requests from before then; how many."""
    old = select(PartnerApiRequest.id).where(PartnerApiRequest.created_at < before).limit(limit)
    return await _count_deleted(
        session, delete(PartnerApiRequest).where(PartnerApiRequest.id.in_(old.scalar_subquery()))
    )


async def delete_attempts(session: AsyncSession, *, before: datetime, limit: int) -> int:
    """Delete at most `limit` attempts from before then, of callbacks that have ended; how many.

    Whatever goes on with a callback writes what became of its last attempt.
    """
    is_open = select(WebhookDelivery.id).where(WebhookDelivery.id == WebhookLog.delivery_id)
    is_open = is_open.where(WebhookDelivery.ended_at.is_(None))
    old = select(WebhookLog.id).where(WebhookLog.created_at < before, ~is_open.exists()).limit(limit)
    return await _count_deleted(session, delete(WebhookLog).where(WebhookLog.id.in_(old.scalar_subquery())))


async def delete_deliveries(session: AsyncSession, *, before: datetime, limit: int) -> int:
    """Delete at most `limit` callbacks that ended before then and of which no attempt is kept; how many."""
    attempt = select(WebhookLog.id).where(WebhookLog.delivery_id == WebhookDelivery.id)
    old = select(WebhookDelivery.id).where(WebhookDelivery.ended_at < before, ~attempt.exists()).limit(limit)
    statement = delete(WebhookDelivery).where(WebhookDelivery.id.in_(old.scalar_subquery()))
    return await _count_deleted(session, statement)


async def delete_endpoints(session: AsyncSession, *, before: datetime, limit: int) -> int:
    """Delete at most `limit` endpoints from before then that no callback is kept for and nobody paused; how many."""
    callback = select(WebhookDelivery.id).where(WebhookDelivery.endpoint_id == WebhookEndpoint.id)
    unused = (WebhookEndpoint.created_at < before, WebhookEndpoint.paused_at.is_(None), ~callback.exists())
    found = select(WebhookEndpoint.id).where(*unused).limit(limit).with_for_update(skip_locked=True)
    ids = (await session.scalars(found)).all()
    # Asked again, since a callback may have come to one until it was locked.
    return await _count_deleted(session, delete(WebhookEndpoint).where(WebhookEndpoint.id.in_(ids), *unused))


async def _count_deleted(session: AsyncSession, statement: Delete) -> int:
    result = await session.execute(statement, execution_options={"synchronize_session": False})
    return result.rowcount if isinstance(result, CursorResult) else 0
