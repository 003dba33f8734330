"""Statements about the addresses that callbacks go to."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import bindparam, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.db.statements import run_upsert, table_of, upsert_of
from bot.models import WebhookDelivery, WebhookEndpoint
from bot.webhooks.states import PauseReason, State
from bot.webhooks.urls import endpoint_url

_ENDPOINTS, _DELIVERIES = table_of(WebhookEndpoint), table_of(WebhookDelivery)
_UNIQUE = (_ENDPOINTS.c.tenant_id, _ENDPOINTS.c.environment, _ENDPOINTS.c.url_hash)
_FIND = (
    select(_ENDPOINTS.c.id)
    .where(*(column == bindparam(column.name) for column in _UNIQUE))
    # As whatever refers to it will: until then nobody deletes it.
    .with_for_update(read=True, key_share=True)
)
_ADD = upsert_of(
    WebhookEndpoint,
    lambda insert: (
        insert.values(
            id=bindparam("id"),
            tenant_id=bindparam("tenant_id"),
            environment=bindparam("environment"),
            url=bindparam("url"),
            url_hash=bindparam("url_hash"),
            failures=0,
            created_at=bindparam("created_at"),
        )
        # What another transaction added meanwhile is written as it is, so that it comes back.
        .on_conflict_do_update(index_elements=_UNIQUE, set_={"url_hash": bindparam("url_hash")})
        .returning(_ENDPOINTS.c.id)
    ),
)


async def find_or_add(
    session: AsyncSession, tenant_id: uuid.UUID, *, environment: str, url: str, now: datetime
) -> uuid.UUID:
    """The id of the endpoint that `url` leads to, one for each tenant and environment."""
    address = endpoint_url(url)
    url_hash = hashlib.sha256(address.encode()).hexdigest()
    key = {"tenant_id": tenant_id, "environment": environment, "url_hash": url_hash}
    # Nearly always it is there, and then it need not be written.
    found: uuid.UUID | None = (await session.execute(_FIND, key)).scalar()
    if found is None:
        row = await run_upsert(session, _ADD, key | {"id": uuid.uuid4(), "url": address, "created_at": now})
        found = uuid.UUID(str(row.id))
    return found


_THIS = _ENDPOINTS.c.id == bindparam("endpoint")
_SUCCEEDED = update(_ENDPOINTS).where(_THIS).values(failures=0, failing_since=None, last_success_at=bindparam("now"))
_FAILED = (
    update(_ENDPOINTS)
    .where(_THIS)
    .values(
        failures=_ENDPOINTS.c.failures + 1,
        failing_since=func.coalesce(_ENDPOINTS.c.failing_since, bindparam("now", type_=_ENDPOINTS.c.created_at.type)),
    )
    .returning(_ENDPOINTS.c.url, _ENDPOINTS.c.failures, _ENDPOINTS.c.failing_since, _ENDPOINTS.c.paused_at)
)


@dataclass(frozen=True, slots=True)
class Failing:
    """How the endpoint at `url` has failed of late."""

    url: str = field(repr=False)
    failures: int
    since: datetime
    is_paused: bool


async def record_success(session: AsyncSession, endpoint_id: uuid.UUID, *, now: datetime) -> None:
    """An attempt succeeded: whatever failed before counts no more."""
    await session.execute(_SUCCEEDED, {"endpoint": endpoint_id, "now": now})


async def record_failure(session: AsyncSession, endpoint_id: uuid.UUID, *, now: datetime) -> Failing:
    """Count a failed attempt. Nobody else pauses or resumes the endpoint until this transaction ends."""
    row = (await session.execute(_FAILED, {"endpoint": endpoint_id, "now": now})).one()
    return Failing(row.url, row.failures, row.failing_since, is_paused=row.paused_at is not None)


async def is_paused(session: AsyncSession, endpoint_id: uuid.UUID) -> bool:
    """Whether nothing is to be sent. Nobody else pauses or resumes it until this transaction ends.

    As an update of it locks it, so that new deliveries, which refer to it, neither wait for this nor this for them.
    """
    found = select(_ENDPOINTS.c.paused_at).where(_ENDPOINTS.c.id == endpoint_id).with_for_update(key_share=True)
    return (await session.execute(found)).scalar_one() is not None


async def pause(session: AsyncSession, endpoint_id: uuid.UUID, *, reason: PauseReason, now: datetime) -> None:
    """Send nothing more to an endpoint: what waits is held. The endpoint must be locked by this transaction."""
    values = {"paused_at": now, "pause_reason": reason.value}
    await session.execute(update(_ENDPOINTS).where(_ENDPOINTS.c.id == endpoint_id).values(values))
    await hold(session, endpoint_id)


async def hold(session: AsyncSession, endpoint_id: uuid.UUID) -> None:
    """Hold what waits for an endpoint that is paused."""
    waits = (_DELIVERIES.c.endpoint_id == endpoint_id, _DELIVERIES.c.state == State.WAITING.value)
    await session.execute(update(_DELIVERIES).where(*waits).values(state=State.HELD.value, next_attempt_at=None))


async def resume(session: AsyncSession, endpoint_id: uuid.UUID, *, now: datetime) -> Sequence[str]:
    """Send to an endpoint again, beginning with what was held; gives the lanes to wake."""
    values = {"paused_at": None, "pause_reason": None, "failures": 0, "failing_since": None}
    await session.execute(update(_ENDPOINTS).where(_ENDPOINTS.c.id == endpoint_id).values(values))
    held = (_DELIVERIES.c.endpoint_id == endpoint_id, _DELIVERIES.c.state == State.HELD.value)
    releasing = update(_DELIVERIES).where(*held).values(state=State.WAITING.value, next_attempt_at=now)
    lanes = await session.scalars(releasing.returning(_DELIVERIES.c.lane))
    return sorted(set(lanes))
