"""What keys were used for in a period, and how long that is known."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

from bot.clock import Clock
from bot.db.engine import Database
from bot.logging import get_logger
from bot.tenancy.principal import PLATFORM, Principal
from partner_api.caller import Caller
from partner_api.keys.errors import CompanyBound, NoSuchKey
from partner_api.usage import repository
from partner_api.usage.errors import WrongPeriod
from partner_api.usage.repository import Asked
from partner_api.usage.schemas import (
    CallbackUsage,
    EndpointUsage,
    JobUsage,
    PeriodQuery,
    RequestUsage,
    UsageShown,
)
from partner_api.wire import timestamp

DEFAULT_PERIOD = timedelta(days=30)
LONGEST_PERIOD = timedelta(days=366)
DAY = timedelta(days=1)
CLASSES = ("2xx", "3xx", "4xx", "5xx")
TOO_MANY = 429
CHUNK = 2_000
# A hundred thousand requests take the store most of a second: asked often, they must not take all its connections.
ADDED_UP_AT_ONCE = 2
CLEAN_EVERY = timedelta(days=1)

log = get_logger(__name__)

Period = tuple[datetime, datetime]


def period(query: PeriodQuery, *, now: datetime) -> Period:
    """From when on and until when, the latter left out. Raises WrongPeriod."""
    until = _moment("to", query.until, end=True) if query.until else now
    try:
        since = _moment("from", query.since) if query.since else until - DEFAULT_PERIOD
    except OverflowError:
        raise WrongPeriod("to is too early.") from None
    if since >= until:
        raise WrongPeriod("from must be before to.")
    if until - since > LONGEST_PERIOD:
        raise WrongPeriod(f"At most {LONGEST_PERIOD.days} days can be looked at in one go.")
    return since, until


class Usage:
    """Adds up the logs."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._places = asyncio.Semaphore(ADDED_UP_AT_ONCE)

    async def of_caller(self, caller: Caller, query: PeriodQuery, *, every_key: bool) -> UsageShown:
        """What the caller's key was used for, or every key of its partner in its environment.

        Raises CompanyBound (403) where a key that is bound to a company asks for every key's.
        """
        if every_key and caller.principal.company_id is not None:
            raise CompanyBound("This API key is bound to one company and sees its own usage alone.")
        # Requests are the partner's and no company's, and seeing every partner's companies is not seeing their keys.
        principal = replace(caller.principal, company_id=None, all_companies=False)
        return await self._usage(principal, None if every_key else caller.key_id, query)

    async def of_key(self, key_id: uuid.UUID, query: PeriodQuery) -> UsageShown:
        """What a key was used for, for the operator. Raises NoSuchKey."""
        async with self._database.reading() as session:
            if not await repository.has_key(session, PLATFORM, key_id):
                raise NoSuchKey
        return await self._usage(PLATFORM, key_id, query)

    async def _usage(self, principal: Principal, key_id: uuid.UUID | None, query: PeriodQuery) -> UsageShown:
        asked = Asked(principal, key_id, *period(query, now=self._clock.now()))
        # Sorting a busy month's times takes the store a while, which must not be the event loop's.
        async with self._places, self._database.reading(heavy=True) as session:
            statuses = await repository.by_status(session, asked)
            everything, endpoints = (
                await repository.of_all(session, asked),
                await repository.by_endpoint(session, asked),
            )
            jobs = await repository.jobs_by_state(session, asked)
            callbacks = await repository.callbacks_by_state(session, asked)
        return UsageShown(
            key_id=str(key_id) if key_id else None,
            since=timestamp(asked.since),
            until=timestamp(asked.until),
            requests=RequestUsage(
                total=sum(statuses.values()),
                errors=everything.errors if everything else 0,
                rate_limited=statuses.get(TOO_MANY, 0),
                by_status={name: _of_class(statuses, name) for name in CLASSES},
                p50_ms=everything.p50 if everything else None,
                p95_ms=everything.p95 if everything else None,
                by_endpoint=[_endpoint(figures) for figures in endpoints],
            ),
            jobs=JobUsage(total=sum(jobs.values()), by_state=jobs),
            callbacks=CallbackUsage(total=sum(callbacks.values()), by_state=callbacks),
        )


async def clean_up(database: Database, *, before: datetime) -> Mapping[str, int]:
    """Delete requests, callbacks, their attempts and unused endpoints from before then; how many of each table."""
    tables = {
        "partner_api_requests": repository.delete_requests,
        "webhook_logs": repository.delete_attempts,
        "webhook_deliveries": repository.delete_deliveries,
        "webhook_endpoints": repository.delete_endpoints,
    }
    deleted = dict.fromkeys(tables, 0)
    for table, delete in tables.items():
        while True:
            async with database.unit_of_work() as session:
                gone = await delete(session, before=before, limit=CHUNK)
            deleted[table] += gone
            if gone < CHUNK:
                break
    return deleted


def cleaning(database: Database, *, days: int) -> Callable[[datetime], Awaitable[None]]:
    """The chore that deletes what is older than `days` days."""

    async def clean(now: datetime) -> None:
        log.info("partner_logs_deleted", **await clean_up(database, before=now - timedelta(days=days)))

    return clean


def _endpoint(figures: repository.Figures) -> EndpointUsage:
    return EndpointUsage(
        method=figures.method,
        endpoint=figures.endpoint,
        requests=figures.requests,
        errors=figures.errors,
        p50_ms=figures.p50,
        p95_ms=figures.p95,
    )


def _of_class(statuses: Mapping[int, int], name: str) -> int:
    return sum(number for status, number in statuses.items() if str(status)[0] == name[0])


def _moment(name: str, text: str, *, end: bool = False) -> datetime:
    """A day begins at 00:00 UTC and, as an end, counts in whole; a moment without a zone is UTC."""
    try:
        if len(text) == len("2026-11-22"):
            day = datetime.combine(date.fromisoformat(text), time(), tzinfo=UTC)
            return day + DAY if end else day
        moment = datetime.fromisoformat(text)
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        raise WrongPeriod(
            f"{name} must be a day such as 2026-11-22 or a moment such as 2026-11-22T03:00:00Z."
        ) from None
