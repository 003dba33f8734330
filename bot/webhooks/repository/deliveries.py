"""Statements about deliveries and their attempts, for the worker that sends them."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, func, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.db.statements import table_of
from bot.models import Lane, WebhookDelivery, WebhookEndpoint, WebhookLog, WebhookSigner
from bot.webhooks.signers import SignerState
from bot.webhooks.states import FINAL, State

_DELIVERIES, _LOGS, _LANES = table_of(WebhookDelivery), table_of(WebhookLog), table_of(Lane)
_ENDPOINTS, _SIGNERS = table_of(WebhookEndpoint), table_of(WebhookSigner)
_OWNED = ("tenant_id", "environment", "company_id", "async_job_id")

_READ = (
    select(
        *(_DELIVERIES.c[name] for name in ("id", *_OWNED, "message_id", "subject_id", "endpoint_id", "event")),
        *(_DELIVERIES.c[name] for name in ("webhook_url", "redelivery", "body", "state", "attempts")),
        _ENDPOINTS.c.paused_at,
        _SIGNERS.c.id.label("signer_id"),
        _SIGNERS.c.version,
        _SIGNERS.c.previous_until,
    )
    .join(_ENDPOINTS, _ENDPOINTS.c.id == _DELIVERIES.c.endpoint_id)
    .join(_SIGNERS, _SIGNERS.c.id == _DELIVERIES.c.signer_id)
)
_NEXT = (
    _READ.where(_DELIVERIES.c.lane == bindparam("key"), _DELIVERIES.c.next_attempt_at <= bindparam("now"))
    .order_by(_DELIVERIES.c.next_attempt_at, _DELIVERIES.c.id)
    .limit(1)
)
_ONE = _READ.where(_DELIVERIES.c.id == bindparam("delivery"))
_THIS = _DELIVERIES.c.id == bindparam("delivery")
_BEGIN = (
    update(_DELIVERIES)
    .where(_THIS, _DELIVERIES.c.state == State.WAITING.value)
    .values(state=State.SENDING.value, attempts=bindparam("number"))
    .returning(_DELIVERIES.c.id)
)
_LOG = insert(_LOGS)
_END_ATTEMPT = (
    update(_LOGS)
    .where(_LOGS.c.delivery_id == bindparam("delivery"), _LOGS.c.attempt_number == bindparam("number"))
    .values({name: bindparam(name) for name in ("http_status", "success", "duration_ms")})
    .values(error_code=bindparam("code"), error_message=bindparam("message"))
    .returning(_LOGS.c.created_at)
)
_SETTLE = (
    update(_DELIVERIES)
    .where(_THIS)
    .values(state=bindparam("to"), next_attempt_at=bindparam("again_at"))
    .values(error_code=bindparam("code"), ended_at=bindparam("ended"))
)
_NEXT_DUE = (
    select(_DELIVERIES.c.next_attempt_at)
    .where(_DELIVERIES.c.lane == bindparam("key"), _DELIVERIES.c.next_attempt_at.is_not(None))
    .order_by(_DELIVERIES.c.next_attempt_at)
    .limit(1)
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ready:
    """A delivery that is due, with whatever sending it takes. `attempts` is how many were begun before."""

    id: uuid.UUID
    endpoint_id: uuid.UUID
    message_id: uuid.UUID
    subject_id: uuid.UUID
    event: str
    url: str = field(repr=False)
    body: bytes | None = field(repr=False)
    state: State
    attempts: int
    redelivery: int
    is_paused: bool
    signer: SignerState
    owned: Mapping[str, Any] = field(repr=False)

    @property
    def tenant_id(self) -> uuid.UUID:
        found: uuid.UUID = self.owned["tenant_id"]
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """What an attempt came to; an `error_code` is what it failed with."""

    http_status: int | None = None
    error_code: str | None = None
    error_message: str | None = None
    duration_ms: int | None = None

    @property
    def success(self) -> bool:
        return self.error_code is None


async def next_ready(session: AsyncSession, lane: str, *, now: datetime) -> Ready | None:
    """The delivery of a lane that has been due for longest."""
    row = (await session.execute(_NEXT, {"key": lane, "now": now})).first()
    return None if row is None else _ready(row)


async def read(session: AsyncSession, delivery_id: uuid.UUID) -> Ready:
    """A delivery, whether it is due or not."""
    return _ready((await session.execute(_ONE, {"delivery": delivery_id})).one())


async def begin_attempt(session: AsyncSession, ready: Ready, *, now: datetime) -> int | None:
    """Write the next attempt of a delivery that waits, and give its number; None where it is held since."""
    number = ready.attempts + 1
    if (await session.execute(_BEGIN, {"delivery": ready.id, "number": number})).first() is None:
        return None
    named = {"delivery_id": ready.id, "webhook_url": ready.url, "attempt_number": number, "created_at": now}
    await session.execute(_LOG, {**ready.owned, **named})
    return number


async def end_attempt(session: AsyncSession, delivery_id: uuid.UUID, number: int, *, ended: Ended) -> datetime:
    """Write what an attempt came to, and give the time at which it began."""
    values = {
        "delivery": delivery_id,
        "number": number,
        "http_status": ended.http_status,
        "success": ended.success,
        "duration_ms": ended.duration_ms,
        "code": ended.error_code,
        "message": ended.error_message,
    }
    begun: datetime = (await session.execute(_END_ATTEMPT, values)).scalar_one()
    return begun


async def settle(
    session: AsyncSession, delivery_id: uuid.UUID, state: State, *, code: str | None, at: datetime | None
) -> None:
    """Write where a delivery is. `at` is when it is tried next, or, in a final state, when it ended."""
    values = {
        "delivery": delivery_id,
        "to": state.value,
        "code": code,
        "again_at": at if state is State.WAITING else None,
        "ended": at if state in FINAL else None,
    }
    await session.execute(_SETTLE, values)


async def due_lanes(session: AsyncSession, now: datetime, *, limit: int) -> Sequence[str]:
    """Lanes with something to send that nobody holds: of each tenant the longest due first, the tenants in turn."""
    since = func.min(_DELIVERIES.c.next_attempt_at)
    turn = func.row_number().over(partition_by=_DELIVERIES.c.tenant_id, order_by=since)
    due = (
        select(_DELIVERIES.c.lane)
        .outerjoin(_LANES, _LANES.c.key == _DELIVERIES.c.lane)
        .where(_DELIVERIES.c.next_attempt_at <= now)
        .where(or_(_LANES.c.key.is_(None), _LANES.c.lease_until <= now))
        .group_by(_DELIVERIES.c.lane, _DELIVERIES.c.tenant_id)
        .order_by(turn, since)
        .limit(limit)
    )
    return (await session.scalars(due)).all()


async def next_due(session: AsyncSession, lane: str) -> datetime | None:
    """When the lane has something to send next."""
    at: datetime | None = (await session.execute(_NEXT_DUE, {"key": lane})).scalar()
    return at


def _ready(row: Any) -> Ready:
    return Ready(
        id=row.id,
        endpoint_id=row.endpoint_id,
        message_id=row.message_id,
        subject_id=row.subject_id,
        event=row.event,
        url=row.webhook_url,
        body=row.body,
        state=State(row.state),
        attempts=row.attempts,
        redelivery=row.redelivery,
        is_paused=row.paused_at is not None,
        signer=SignerState(row.signer_id, row.version, row.previous_until),
        owned={name: getattr(row, name) for name in _OWNED},
    )
