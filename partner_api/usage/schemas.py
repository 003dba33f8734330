"""The wire of usage."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from pydantic import BaseModel, Field

MOMENT = "A day (`2026-11-22`) or a moment (`2026-11-22T03:00:00Z`)."


class PeriodQuery(BaseModel):
    """The period to tell of: the last 30 days unless given. A day as `to` is counted in whole."""

    since: Annotated[str, Field(alias="from", max_length=40, description=MOMENT)] = ""
    until: Annotated[str, Field(alias="to", max_length=40, description=MOMENT)] = ""


class UsageQuery(PeriodQuery):
    """What to tell of: the key itself, or all keys of its partner in its environment."""

    key: Annotated[Literal["own", "all"], Field(description="The key itself, or all its partner's.")] = "own"


class EndpointUsage(msgspec.Struct, kw_only=True):
    """Requests to one endpoint. `errors` were answered with 4xx or 5xx; times are in milliseconds."""

    method: str
    endpoint: str
    requests: int
    errors: int
    p50_ms: float
    p95_ms: float


class RequestUsage(msgspec.Struct, kw_only=True):
    """All requests together. `by_status` has the classes 2xx, 3xx, 4xx and 5xx."""

    total: int
    errors: int
    rate_limited: int
    by_status: dict[str, int]
    p50_ms: float | None
    p95_ms: float | None
    by_endpoint: list[EndpointUsage]


class JobUsage(msgspec.Struct, kw_only=True):
    """Jobs that were made in the period, by the state that they have now."""

    total: int
    by_state: dict[str, int]


class CallbackUsage(msgspec.Struct, kw_only=True):
    """Callbacks that were made in the period, by the state that they have now."""

    total: int
    by_state: dict[str, int]


class UsageShown(msgspec.Struct, kw_only=True, rename={"since": "from", "until": "to"}):
    """What keys were used for. `key_id` is null where it is about several."""

    key_id: str | None
    since: str
    until: str
    requests: RequestUsage
    jobs: JobUsage
    callbacks: CallbackUsage
