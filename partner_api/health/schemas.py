"""The wire of `GET /health`."""

from __future__ import annotations

from typing import Literal

import msgspec

from partner_api.caller import Environment

Availability = Literal["available", "unavailable"]


class PartnerHealth(msgspec.Struct):
    id: str
    name: str


class KeyHealth(msgspec.Struct):
    """The key that asks. `rate_limit` is in requests a minute."""

    id: str
    name: str
    hint: str
    expires_at: str
    expires_in_days: int
    company_id: str | None
    rate_limit: int


class Services(msgspec.Struct):
    """`transcription` turns recordings into text, `model` refines what is found without one."""

    analysis: Availability
    transcription: Availability
    model: Availability
    callbacks: Availability


class CallbackHealth(msgspec.Struct):
    """Endpoints that nothing is sent to at present, and deliveries that failed in the last 24 hours."""

    paused_endpoints: int
    failed_last_24h: int


class JobHealth(msgspec.Struct):
    """Open jobs that the key can see; `oldest_queued_seconds` is null where none waits."""

    queued: int
    processing: int
    oldest_queued_seconds: int | None


class Warned(msgspec.Struct):
    """Something to act on: `code` is stable, `message` is for people."""

    code: str
    message: str


class Health(msgspec.Struct):
    """`status` is `ok`, or `degraded` where calls or callbacks don't get through as they should."""

    status: Literal["ok", "degraded"]
    environment: Environment
    partner: PartnerHealth
    key: KeyHealth
    services: Services
    callbacks: CallbackHealth
    jobs: JobHealth
    warnings: list[Warned]
