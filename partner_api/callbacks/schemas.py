"""The wire of callbacks: deliveries with their attempts, endpoints, secrets, events and tests."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Annotated

import msgspec
from pydantic import Field

from bot.models import WebhookDelivery, WebhookEndpoint, WebhookLog
from bot.webhooks.states import State
from bot.webhooks.urls import MAX_URL
from partner_api.wire import PageQuery, RequestBody, timestamp

DEFAULT_OVERLAP_HOURS = 24
MAX_OVERLAP_HOURS = 168


class EndpointStatus(StrEnum):
    """`failing` has failed since its last success and is still tried; `paused` gets nothing."""

    ACTIVE = "active"
    FAILING = "failing"
    PAUSED = "paused"


class DeliveriesQuery(PageQuery):
    """Which deliveries to list."""

    status: State | None = None


class UrlBody(RequestBody):
    """An address on the public internet, of at most 2,048 characters."""

    url: Annotated[str, Field(min_length=1, max_length=MAX_URL)]


class RotateBody(RequestBody):
    """For how many hours the secret before signs as well, 0 for none."""

    overlap_hours: Annotated[int, Field(ge=0, le=MAX_OVERLAP_HOURS)] = DEFAULT_OVERLAP_HOURS


class AttemptShown(msgspec.Struct):
    """One attempt. `success` is null while its answer is awaited; `http_status` is null where none came."""

    attempt_number: int
    success: bool | None
    http_status: int | None
    error_code: str | None
    error_message: str | None
    duration_ms: int | None
    created_at: str


class DeliveryShown(msgspec.Struct):
    """One message to one endpoint.

    `redelivery` is 0 for the first delivery of a message and counts those that were asked for; `message_id` is the
    same in all of them and goes out as `webhook-id`, `webhook_id` goes out as `X-Webhook-ID`.
    """

    id: str
    message_id: str
    webhook_id: str
    event: str
    job_id: str | None
    company_id: str | None
    endpoint_id: str
    webhook_url: str
    status: State
    redelivery: int
    attempts: list[AttemptShown]
    next_attempt_at: str | None
    error_code: str | None
    created_at: str
    ended_at: str | None


class DeliveryList(msgspec.Struct):
    """A part of the deliveries, the newest first."""

    deliveries: list[DeliveryShown]
    total: int
    limit: int
    offset: int


class JobDeliveries(msgspec.Struct):
    """Every delivery of a job's callback, the newest first."""

    job_id: str
    deliveries: list[DeliveryShown]


class EndpointShown(msgspec.Struct):
    """An address that callbacks go to, without a query.

    `failures` and `failing_since` count since its last success; `held` is how many deliveries wait until it is resumed.
    """

    id: str
    url: str
    status: EndpointStatus
    pause_reason: str | None
    paused_at: str | None
    failures: int
    failing_since: str | None
    last_success_at: str | None
    held: int
    created_at: str


class EndpointList(msgspec.Struct):
    """A part of the endpoints, the newest first."""

    endpoints: list[EndpointShown]
    total: int
    limit: int
    offset: int


class SecretShown(msgspec.Struct):
    """A new signing secret, shown this once. Until `previous_valid_until` the one before signs as well."""

    webhook_secret: str
    rotated_at: str
    previous_valid_until: str | None


class EventsShown(msgspec.Struct):
    """Where the partner is told of what happens by itself (null for nowhere), and of what."""

    url: str | None
    events: list[str]


class ErrorShown(msgspec.Struct):
    code: str
    message: str


class SentShown(msgspec.Struct):
    """A request as it was sent, but for the headers that belong to the connection."""

    url: str
    headers: Mapping[str, str]
    body: str


class CallbackTestShown(msgspec.Struct):
    """What became of a test callback."""

    delivered: bool
    delivery_id: str
    http_status: int | None
    duration_ms: int | None
    error: ErrorShown | None
    sent: SentShown


def _or_null(moment: datetime | None) -> str | None:
    return None if moment is None else timestamp(moment)


def attempt_shown(row: WebhookLog) -> AttemptShown:
    return AttemptShown(
        attempt_number=row.attempt_number,
        success=row.success,
        http_status=row.http_status,
        error_code=row.error_code,
        error_message=row.error_message,
        duration_ms=row.duration_ms,
        created_at=timestamp(row.created_at),
    )


def delivery_shown(row: WebhookDelivery, *, attempts: list[WebhookLog]) -> DeliveryShown:
    return DeliveryShown(
        id=str(row.id),
        message_id=str(row.message_id),
        webhook_id=str(row.subject_id),
        event=row.event,
        job_id=str(row.async_job_id) if row.async_job_id else None,
        company_id=str(row.company_id) if row.company_id else None,
        endpoint_id=str(row.endpoint_id),
        webhook_url=row.webhook_url,
        status=State(row.state),
        redelivery=row.redelivery,
        attempts=[attempt_shown(one) for one in attempts],
        next_attempt_at=_or_null(row.next_attempt_at) if row.state == State.WAITING else None,
        error_code=row.error_code,
        created_at=timestamp(row.created_at),
        ended_at=_or_null(row.ended_at),
    )


def endpoint_shown(row: WebhookEndpoint, *, held: int) -> EndpointShown:
    status = EndpointStatus.FAILING if row.failures else EndpointStatus.ACTIVE
    return EndpointShown(
        id=str(row.id),
        url=row.url,
        status=EndpointStatus.PAUSED if row.paused_at else status,
        pause_reason=row.pause_reason,
        paused_at=_or_null(row.paused_at),
        failures=row.failures,
        failing_since=_or_null(row.failing_since),
        last_success_at=_or_null(row.last_success_at),
        held=held,
        created_at=timestamp(row.created_at),
    )
