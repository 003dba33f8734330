"""Putting the health check together."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.models import Partner, PartnerApiKey
from partner_api.api import Api
from partner_api.caller import Caller
from partner_api.health import repository
from partner_api.health.repository import Callbacks
from partner_api.health.schemas import (
    CallbackHealth,
    Health,
    JobHealth,
    KeyHealth,
    PartnerHealth,
    Services,
    Warned,
)
from partner_api.jobs.repository import OpenJobs, open_jobs
from partner_api.wire import timestamp

FAILURES_SINCE = timedelta(hours=24)
EXPIRY_IS_NEAR = timedelta(days=30)
BEHIND_AFTER = timedelta(minutes=5)
# Warnings that say that calls or callbacks don't get through as they should.
DEGRADING = frozenset(("no_transcription", "endpoint_paused", "jobs_behind"))


async def health(api: Api, caller: Caller) -> Health:
    """How things are for this caller, and what it should do about them."""
    now, principal = api.clock.now(), caller.principal
    async with api.database.reading() as session:
        key, partner = await repository.key_and_partner(session, caller)
        callbacks = await repository.callbacks(session, principal, since=now - FAILURES_SINCE)
        jobs = await open_jobs(session, principal)
    services = _services(api, caller)
    waited = None if jobs.oldest_queued is None else max(now - jobs.oldest_queued, timedelta())
    warnings = [
        *_about_key(key, now),
        *_about_services(services),
        *_about_callbacks(callbacks),
        *_about_jobs(waited),
    ]
    return Health(
        status="degraded" if any(warning.code in DEGRADING for warning in warnings) else "ok",
        environment=caller.environment,
        partner=_partner(partner),
        key=_key(key, now),
        services=services,
        callbacks=CallbackHealth(callbacks.paused, callbacks.failed),
        jobs=_jobs(jobs, waited),
        warnings=warnings,
    )


def _partner(partner: Partner) -> PartnerHealth:
    return PartnerHealth(str(partner.id), partner.name)


def _key(key: PartnerApiKey, now: datetime) -> KeyHealth:
    return KeyHealth(
        id=str(key.id),
        name=key.name,
        hint=key.hint,
        expires_at=timestamp(key.expires_at),
        expires_in_days=(key.expires_at - now).days,
        company_id=str(key.company_id) if key.company_id else None,
        rate_limit=key.rate_limit,
    )


def _services(api: Api, caller: Caller) -> Services:
    """In the sandbox results are made up without either, so that there is nothing that could be missing."""
    has_speech, has_model = (port is not None or caller.is_sandbox for port in (api.speech, api.llm))
    return Services(
        analysis="available",
        transcription="available" if has_speech else "unavailable",
        model="available" if has_model else "unavailable",
        callbacks="available",
    )


def _jobs(jobs: OpenJobs, waited: timedelta | None) -> JobHealth:
    return JobHealth(jobs.queued, jobs.processing, None if waited is None else int(waited.total_seconds()))


def _about_key(key: PartnerApiKey, now: datetime) -> list[Warned]:
    left = key.expires_at - now
    if left >= EXPIRY_IS_NEAR:
        return []
    return [Warned("key_expires_soon", f"This API key expires in {left.days} days: ask the operator to roll it.")]


def _about_services(services: Services) -> list[Warned]:
    if services.transcription == "available":
        return []
    text = "Recordings can't be transcribed here at present: send a transcript with each call."
    return [Warned("no_transcription", text)]


def _about_callbacks(callbacks: Callbacks) -> list[Warned]:
    if not callbacks.paused:
        return []
    whose = "one of your endpoints is" if callbacks.paused == 1 else f"{callbacks.paused} of your endpoints are"
    text = f"Callbacks are held, since {whose} paused: see why, mend what is wrong, and resume."
    return [Warned("endpoint_paused", text)]


def _about_jobs(waited: timedelta | None) -> list[Warned]:
    if waited is None or waited < BEHIND_AFTER:
        return []
    minutes = int(waited.total_seconds() // 60)
    return [Warned("jobs_behind", f"A job has waited for {minutes} minutes: results will come later than usual.")]
