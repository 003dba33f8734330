"""What keys were used for, and how long that is known."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from bot.clock import ManualClock
from bot.db.engine import Database
from bot.models import AsyncJob, Company, PartnerApiRequest, WebhookDelivery, WebhookEndpoint, WebhookLog
from partner_api import parts
from partner_api.api import Api
from partner_api.caller import Environment
from partner_api.keys.errors import CompanyBound, NoSuchKey
from partner_api.usage import service
from partner_api.usage.errors import WrongPeriod
from partner_api.usage.schemas import PeriodQuery, UsageShown
from partner_api.usage.service import ADDED_UP_AT_ONCE, Usage, clean_up, period
from tests.support.partners import MadeKey, api_on, make_key, make_partner
from tests.support.settings import MakeSettings

NOW = datetime(2026, 1, 1, tzinfo=UTC)
CALLS, HEALTH = "/api/partner/v1/calls/analyze", "/api/partner/v1/health"


@dataclass(frozen=True)
class Desk:
    api: Api
    usage: Usage

    async def add(self, *rows: Any) -> None:
        async with self.api.database.unit_of_work() as session:
            session.add_all(rows)

    async def own(self, key: MadeKey, *, every_key: bool = False, since: str = "") -> UsageShown:
        query = PeriodQuery.model_validate({"from": since})
        return await self.usage.of_caller(key.caller, query, every_key=every_key)


@pytest.fixture
def desk(database: Database, settings: MakeSettings, clock: ManualClock) -> Desk:
    clock.advance(timedelta(hours=1))
    return Desk(api_on(database, settings(), clock), Usage(database, clock))


def request(key: MadeKey, ms: float = 1, *, status: int = 200, endpoint: str = HEALTH, at: datetime = NOW) -> Any:
    return PartnerApiRequest(
        partner_api_key_id=key.caller.key_id,
        tenant_id=key.caller.principal.tenant_id,
        endpoint=endpoint,
        method="GET",
        response_status=status,
        response_time_ms=ms,
        client_ip="::1",
        request_id="r",
        created_at=at,
    )


async def test_requests_are_added_up_by_endpoint_and_status(desk: Desk) -> None:
    key, other = await make_key(desk.api), await make_key(desk.api)
    times = [request(key, ms) for ms in range(1, 101)]
    refused = [request(key, 500, status=status, endpoint=CALLS) for status in (202, 429, 503)]
    await desk.add(*times, *refused, request(other, 9000))
    shown = (await desk.own(key)).requests
    assert (shown.total, shown.errors, shown.rate_limited) == (103, 2, 1)
    assert shown.by_status == {"2xx": 101, "3xx": 0, "4xx": 1, "5xx": 1}
    assert (shown.p50_ms, shown.p95_ms) == (52, 98)
    told = [(one.method, one.endpoint, one.requests, one.errors, one.p50_ms, one.p95_ms) for one in shown.by_endpoint]
    assert told == [("GET", HEALTH, 100, 0, 50, 95), ("GET", CALLS, 3, 2, 500, 500)]


async def test_nothing_yet_is_told_without_invented_times(desk: Desk) -> None:
    shown = await desk.own(await make_key(desk.api))
    assert (shown.requests.total, shown.requests.p50_ms, shown.requests.by_endpoint) == (0, None, [])
    assert (shown.jobs.total, shown.callbacks.by_state) == (0, {})


async def test_all_keys_are_those_of_the_partner_in_one_environment(desk: Desk) -> None:
    partner = await make_partner(desk.api)
    one, two = await make_key(desk.api, partner, all_companies=True), await make_key(desk.api, partner)
    sandbox = await make_key(desk.api, partner, environment=Environment.SANDBOX)
    foreign = await make_key(desk.api)
    await desk.add(*(request(key) for key in (one, two, sandbox, foreign)))
    assert [(await desk.own(one, every_key=every)).requests.total for every in (False, True)] == [1, 2]
    assert (await desk.own(sandbox, every_key=True)).requests.total == 1


async def test_a_key_that_is_bound_to_a_company_sees_itself_alone(desk: Desk) -> None:
    partner = await make_partner(desk.api)
    company = Company(
        tenant_id=partner.tenant_id, environment="production", name="C", created_at=NOW, updated_at=NOW
    )  # fmt: skip
    await desk.add(company)
    bound, other = await make_key(desk.api, partner, company_id=company.id), await make_key(desk.api, partner)
    await desk.add(request(bound), request(other))
    assert (await desk.own(bound)).requests.total == 1
    with pytest.raises(CompanyBound):
        await desk.own(bound, every_key=True)


async def test_jobs_and_callbacks_count_by_what_became_of_them(desk: Desk) -> None:
    key, foreign = await make_key(desk.api), await make_key(desk.api)
    for whose, states in ((key, ("completed", "completed", "failed")), (foreign, ("queued",))):
        rows = [job(whose, state) for state in states]
        endpoint = WebhookEndpoint(url="https://x", url_hash=str(whose.caller.key_id), created_at=NOW, **owner(whose))
        await desk.add(endpoint, *rows)
        await desk.add(*(delivery(whose, endpoint, subject=row.id) for row in rows))
    shown = await desk.own(key)
    assert (shown.jobs.total, shown.jobs.by_state) == (3, {"completed": 2, "failed": 1})
    assert (shown.callbacks.total, shown.callbacks.by_state) == (3, {"succeeded": 3})


def owner(key: MadeKey) -> dict[str, Any]:
    return {"tenant_id": key.caller.principal.tenant_id, "environment": key.caller.environment.value}


def job(key: MadeKey, state: str) -> AsyncJob:
    who = {"partner_api_key_id": key.caller.key_id, "signer_id": key.caller.signer_id, **owner(key)}
    more = {"call_id": uuid.uuid4(), "job_type": "call_analysis", "request": {}, "created_at": NOW}
    return AsyncJob(id=uuid.uuid4(), state=state, **who, **more)


def delivery(key: MadeKey, endpoint: WebhookEndpoint, *, subject: uuid.UUID) -> WebhookDelivery:
    told = {
        "event": "call_analysis",
        "webhook_url": "https://x",
        "lane": "callback:x",
        "body": b"{}",
        "state": "succeeded",
        "created_at": NOW,
    }
    signed = {"signer_id": key.caller.signer_id, "message_id": uuid.uuid4(), **owner(key)}
    return WebhookDelivery(endpoint_id=endpoint.id, subject_id=subject, **signed, **told)


@pytest.mark.parametrize(
    ("query", "since", "until"),
    [
        ({}, "2025-12-02T00", "2026-01-01T00"),
        ({"from": "2025-12-31"}, "2025-12-31T00", "2026-01-01T00"),
        ({"from": "2025-11-01", "to": "2025-11-30"}, "2025-11-01T00", "2025-12-01T00"),
        ({"from": "2025-11-01", "to": "2025-11-01"}, "2025-11-01T00", "2025-11-02T00"),
        ({"from": "2025-11-01T10:00:00Z"}, "2025-11-01T10", "2026-01-01T00"),
        ({"from": "2025-11-01T10:00:00"}, "2025-11-01T10", "2026-01-01T00"),
        ({"to": "2025-12-31T12:00:00+01:00"}, "2025-12-01T11", "2025-12-31T11"),
    ],
)
def test_a_period_is_read(query: dict[str, str], since: str, until: str) -> None:
    found = period(PeriodQuery.model_validate(query), now=NOW)
    assert [f"{moment:%Y-%m-%dT%H}" for moment in found] == [since, until]


@pytest.mark.parametrize(
    "query",
    [
        {"from": "yesterday"},
        {"from": "2026-13-01"},
        {"from": "2026-01-02"},
        {"to": "0001-01-01T00:00:00+14:00"},
        {"to": "0001-01-01"},
        {"from": "2025-12-02", "to": "2025-12-01"},
        {"from": "2020-01-01"},
        {"to": "9999-12-31"},
    ],
)
def test_a_period_that_makes_no_sense_is_refused(query: dict[str, str]) -> None:
    with pytest.raises(WrongPeriod):
        period(PeriodQuery.model_validate(query), now=NOW)


async def test_old_rows_are_deleted_in_steps(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service, "CHUNK", 2)
    key, old = await make_key(desk.api), NOW - timedelta(days=91)
    endpoint = WebhookEndpoint(url="https://x", url_hash="x", created_at=old, **owner(key))
    await desk.add(endpoint)
    sent, gone = (delivery(key, endpoint, subject=uuid.uuid4()) for _ in range(2))
    gone.ended_at = sent.ended_at = old
    await desk.add(sent, gone, *(request(key, at=at) for at in (old, old, old, NOW)))
    tried = {"delivery_id": sent.id, "webhook_url": "https://x", **owner(key)}
    await desk.add(*(WebhookLog(attempt_number=n, created_at=at, **tried) for n, at in ((1, old), (2, NOW))))
    assert await clean_up(desk.api.database, before=NOW - timedelta(days=90)) == {
        "partner_api_requests": 3, "webhook_logs": 1, "webhook_deliveries": 1, "webhook_endpoints": 0
    }  # fmt: skip
    assert (await desk.own(key)).requests.total == 1


async def test_attempts_are_kept_as_long_as_their_callback_is_open(desk: Desk) -> None:
    key, old = await make_key(desk.api), NOW - timedelta(days=91)
    endpoint = WebhookEndpoint(url="https://x", url_hash="x", created_at=old, **owner(key))
    await desk.add(endpoint)
    sending = delivery(key, endpoint, subject=uuid.uuid4())
    sending.state, sending.attempts = "sending", 1
    await desk.add(sending)
    await desk.add(
        WebhookLog(delivery_id=sending.id, webhook_url="https://x", attempt_number=1, created_at=old, **owner(key))
    )
    assert set((await clean_up(desk.api.database, before=NOW - timedelta(days=90))).values()) == {0}


async def test_endpoints_go_once_nothing_is_kept_that_went_there(desk: Desk) -> None:
    key, old = await make_key(desk.api), NOW - timedelta(days=91)
    unused, used, paused, new = (
        WebhookEndpoint(url=name, url_hash=name, created_at=NOW if name == "new" else old, **owner(key))
        for name in ("unused", "used", "paused", "new")
    )
    paused.paused_at = old
    await desk.add(unused, used, paused, new)
    await desk.add(delivery(key, used, subject=uuid.uuid4()))
    before = NOW - timedelta(days=90)
    assert [(await clean_up(desk.api.database, before=before))["webhook_endpoints"] for _ in range(2)] == [1, 0]
    async with desk.api.database.reading() as session:
        assert set(await session.scalars(select(WebhookEndpoint.url))) == {"used", "paused", "new"}


async def test_old_rows_are_deleted_by_the_timetable(desk: Desk) -> None:
    key = await make_key(desk.api)
    await desk.add(request(key, at=NOW - timedelta(days=91)), request(key))
    chore = {name: work for name, _, work in parts.chores(desk.api)}["partner_logs"]
    await chore(NOW)
    assert (await desk.own(key, since="2025-09-01")).requests.total == 1


async def test_the_operator_sees_any_key(desk: Desk) -> None:
    key = await make_key(desk.api)
    await desk.add(request(key))
    assert (await desk.usage.of_key(key.caller.key_id, PeriodQuery())).requests.total == 1
    with pytest.raises(NoSuchKey):
        await desk.usage.of_key(uuid.uuid4(), PeriodQuery())


async def test_postgresql_has_the_same_as_functions(
    postgresql_database: Database, settings: MakeSettings, clock: ManualClock
) -> None:
    clock.advance(timedelta(hours=1))
    desk = Desk(api_on(postgresql_database, settings(), clock), Usage(postgresql_database, clock))
    key, now = await make_key(desk.api), datetime.now(UTC)
    await desk.add(*(request(key, ms, status=200 if ms < 8 else 500, at=now) for ms in range(1, 11)))
    days = {"key": key.caller.key_id, "first": now.date(), "last": now.date()}
    async with postgresql_database.reading() as session:
        rows = list(await session.execute(text("SELECT * FROM get_partner_api_usage(:key, :first, :last)"), days))
        days["last"] = days["first"] = date(2020, 1, 1)
        none = list(await session.execute(text("SELECT * FROM get_partner_api_usage(:key, :first, :last)"), days))
    assert [tuple(row) for row in rows] == [("GET", HEALTH, 10, 7, 0, 3, 5.0, 10.0)]
    assert none == []


async def test_postgresql_cleans_up_and_makes_no_keys(
    postgresql_database: Database, settings: MakeSettings, clock: ManualClock
) -> None:
    desk = Desk(api_on(postgresql_database, settings(), clock), Usage(postgresql_database, clock))
    key, now = await make_key(desk.api), datetime.now(UTC)
    await desk.add(request(key, at=now - timedelta(days=91)), request(key, at=now - timedelta(days=89)))
    async with postgresql_database.unit_of_work() as session:
        cleaned = (await session.execute(text("SELECT * FROM cleanup_partner_api_logs(90)"))).one()
    assert tuple(cleaned) == (1, 0, 0)
    wrong = {"cleanup_partner_api_logs(0)": "1 or more", "generate_partner_api_key('x', 'sandbox')": "not made"}
    for call, told in wrong.items():
        async with postgresql_database.reading() as session:
            with pytest.raises(DBAPIError, match=told) as refused:
                await session.execute(text(f"SELECT {call}"))
    assert refused.value.orig is not None
    assert "shopkeeper partner key create" in str(getattr(refused.value.orig.__cause__, "hint", ""))


async def test_adding_up_takes_two_connections_at_most(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    key, most, now, reading = await make_key(desk.api), 0, 0, desk.api.database.reading

    @asynccontextmanager
    async def counted(*, heavy: bool = False) -> AsyncIterator[AsyncSession]:
        nonlocal most, now
        async with reading(heavy=heavy) as session:
            now += heavy
            most = max(most, now)
            yield session
            now -= heavy

    monkeypatch.setattr(desk.api.database, "reading", counted)
    await asyncio.gather(*(desk.own(key) for _ in range(6)))
    assert most == ADDED_UP_AT_ONCE
