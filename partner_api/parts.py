"""The Partner API as one part of a process: its routes, its workers, its chores."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

from bot.outbox.lanes import LaneWorker
from bot.web.surface import Route, Surface
from bot.webhooks.delivery.worker import CallbackWorker
from bot.webhooks.sender import SafeSender
from partner_api.api import Api
from partner_api.bots.routes import bot_routes, slot_routes
from partner_api.bots.routes_access import bot_authenticator
from partner_api.callbacks.routes import callback_routes
from partner_api.calls.routes import call_routes
from partner_api.calls.tasks import CallWorker
from partner_api.companies.routes import company_routes
from partner_api.health.routes import health_routes
from partner_api.jobs.routes import job_routes
from partner_api.jobs.service import PURGE_EVERY, purging
from partner_api.keys.routes import key_routes
from partner_api.keys.routes_surface import admin_surface, bots_surface, v1_surface
from partner_api.provisioning.routes import provisioning_routes, provisioning_surface
from partner_api.request_log.routes import logged_by
from partner_api.usage.routes import admin_usage_routes, usage_routes
from partner_api.usage.service import CLEAN_EVERY, cleaning

Chore = tuple[str, timedelta, Callable[[datetime], Awaitable[object]]]


def surfaces(api: Api | None = None) -> list[Surface]:
    """Every surface under `/api/partner`; they answer, and their requests are logged, also when the API is off."""
    observer = logged_by(api.request_log) if api else None
    return [provisioning_surface(observer=observer), v1_surface(api), bots_surface(api), admin_surface(api)]


def routes(api: Api) -> list[Route]:
    """Every route of the Partner API; none when `PARTNER_API_ENABLED` is off."""
    if not api.settings.partner_api_enabled:
        return []
    v1, admin = v1_surface(api), admin_surface(api)
    return [
        *provisioning_routes(api),
        *health_routes(v1, api),
        *company_routes(v1, api),
        *call_routes(v1, api),
        *job_routes(v1, api),
        *callback_routes(v1, api),
        *usage_routes(v1, api),
        *bot_routes(bots_surface(api, authenticator=bot_authenticator), api),
        *slot_routes(v1, api),
        *key_routes(admin, api),
        *admin_usage_routes(admin, api),
    ]


def workers(api: Api, *, callbacks: SafeSender) -> Sequence[LaneWorker[Any, Any]]:
    """The workers of the Partner API's jobs; they go on when the API is switched off.

    `callbacks` sends what goes to receivers: a sender of its own, since those may all hang.
    """
    return [CallbackWorker(callbacks, api.signers), CallWorker(api)]


def chores(api: Api) -> Sequence[Chore]:
    """What is done by the timetable: name, interval, and the work."""
    return [
        ("purge_call_results", PURGE_EVERY, purging(api.database)),
        ("partner_logs", CLEAN_EVERY, cleaning(api.database, days=api.settings.partner_log_days)),
    ]
