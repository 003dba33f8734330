"""Every request to the Partner API is a row, off the request's way."""

from __future__ import annotations

import uuid
from dataclasses import replace
from typing import Any

import pytest
import structlog
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from bot.clock import ManualClock
from bot.db.engine import Database
from bot.models import PartnerApiKey
from bot.web.surface import Answered
from partner_api.request_log import repository
from partner_api.request_log import service as request_log
from partner_api.request_log.service import Caught, RequestLog
from tests.support.partners import Client, api_on, make_key, make_partner, served
from tests.support.settings import MakeSettings
from tests.support.waiting import eventually

ANSWERED = Answered(
    method="GET", route="/api/partner/v1/x", status=200, seconds=0.01, client="::1", request_id="a" * 8, error=None
)


async def rows(database: Database) -> list[Any]:
    async with database.reading() as session:
        return list(await session.execute(text("SELECT * FROM partner_api_requests ORDER BY id")))


async def calls(client: Client, **keys: Any) -> None:
    """One request of each kind."""
    await client.call("GET", "/v1/usage", key=keys["good"])
    await client.call("GET", "/v1/usage")
    await client.call("GET", "/v1/usage", headers={"Authorization": "Bearer pk_production_x", "X-API-Secret": "sk_x"})
    await client.call("GET", "/v1/usage", key=keys["elsewhere"])
    await client.call("GET", "/v1/nothing/here", key=keys["good"])
    await client.call("PUT", "/v1/usage", key=keys["good"])
    await client.call("GET", "/v1/usage", key=keys["limited"])
    await client.call("GET", "/v1/usage", key=keys["limited"])
    await client.call("POST", "/provision", json={}, headers={"Authorization": f"Bearer {uuid.uuid4()}"})
    await client.call("GET", "/admin/keys")
    await client.call("PROPFIND", "/v1/bots")


async def test_every_answer_is_a_row_refused_ones_included(
    database: Database, clock: ManualClock, settings: MakeSettings
) -> None:
    api = api_on(database, settings(), clock)
    partner = await make_partner(api)
    good, limited = await make_key(api, partner), await make_key(api, partner, rate_limit=1)
    elsewhere = await make_key(api, partner, allowed_ips=["203.0.113.7"])
    async with served(api) as client:
        await calls(client, good=good, limited=limited, elsewhere=elsewhere)
    kept = await rows(database)
    usage = "/api/partner/v1/usage"
    assert [(row.method, row.endpoint, row.response_status, row.error) for row in kept] == [
        ("GET", usage, 200, None),
        ("GET", usage, 401, "missing_key"),
        ("GET", usage, 401, "invalid_key"),
        ("GET", usage, 403, "ip_not_allowed"),
        ("GET", "unrouted", 404, "not_found"),
        ("PUT", "unrouted", 405, "method_not_allowed"),
        ("GET", usage, 200, None),
        ("GET", usage, 429, "rate_limited"),
        ("POST", "/api/partner/provision", 401, "unauthenticated"),
        ("GET", "/api/partner/admin/keys", 401, "missing_operator_key"),
        ("OTHER", "unrouted", 405, "method_not_allowed"),
    ]
    known = [row.partner_api_key_id is not None for row in kept]
    assert known == [True, False, False, True, False, False, True, True, False, False, False]
    assert all(row.client_ip == "127.0.0.1" and row.response_time_ms > 0 for row in kept)


async def test_a_request_while_the_api_is_off_is_a_row(
    sqlite_database: Database, clock: ManualClock, settings: MakeSettings
) -> None:
    async with served(api_on(sqlite_database, settings(partner_api_enabled=False), clock)) as client:
        for path in ("/provision", "/v1/health", "/v1/bots/x", "/admin/keys"):
            await client.call("GET", path)
    assert [(row.endpoint, row.response_status) for row in await rows(sqlite_database)] == [("unrouted", 404)] * 4


@pytest.fixture
def log(sqlite_database: Database, clock: ManualClock) -> RequestLog:
    return RequestLog(sqlite_database, clock)


async def test_a_lone_request_is_written_at_once(
    log: RequestLog, sqlite_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(request_log, "EVERY_SECONDS", 1000)

    async def written() -> bool:
        return bool(await rows(sqlite_database))

    log.start()
    log.note(Caught(answered=ANSWERED))
    await eventually(written)
    log.note(Caught(answered=ANSWERED))
    await log.stop()
    assert len(await rows(sqlite_database)) == 2


async def test_a_key_is_marked_as_used(
    sqlite_database: Database, clock: ManualClock, settings: MakeSettings, log: RequestLog
) -> None:
    key = await make_key(api_on(sqlite_database, settings(), clock))
    log.note(Caught(answered=ANSWERED, key_id=key.caller.key_id, tenant_id=key.caller.principal.tenant_id))
    await log.stop()
    async with sqlite_database.reading() as session:
        assert (await session.get_one(PartnerApiKey, key.caller.key_id)).last_used_at == clock.now()


async def test_what_the_store_could_not_take_waits_for_it(
    log: RequestLog, sqlite_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(*_: object) -> None:
        raise OperationalError("", None, OSError())

    with monkeypatch.context() as without_store:
        without_store.setattr(repository, "add_requests", away)
        log.note(Caught(answered=ANSWERED))
        assert not await log._write_all()
    log.note(Caught(answered=ANSWERED))
    await log.stop()
    assert len(await rows(sqlite_database)) == 2


async def test_what_does_not_fit_is_dropped_and_told(
    log: RequestLog, sqlite_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(request_log, "WAITING", 3)
    for _ in range(5):
        log.note(Caught(answered=ANSWERED))
    with structlog.testing.capture_logs() as told:
        await log.stop()
    assert [(line["event"], line["lost"]) for line in told] == [("partner_requests_lost", 2)]
    assert len(await rows(sqlite_database)) == 3


async def test_what_is_lost_with_a_store_that_stays_away_is_told_in_full(
    log: RequestLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(*_: object) -> None:
        raise OperationalError("", None, OSError())

    monkeypatch.setattr(request_log, "WAITING", 3)
    monkeypatch.setattr(repository, "add_requests", away)
    for _ in range(5):
        log.note(Caught(answered=ANSWERED))
    with structlog.testing.capture_logs() as told:
        await log.stop()
    assert [line["lost"] for line in told if line["event"] == "partner_requests_lost"] == [5]


async def test_a_row_that_cannot_be_kept_does_not_keep_the_others_waiting(
    log: RequestLog, sqlite_database: Database
) -> None:
    log.note(Caught(answered=replace(ANSWERED, status=None)))  # type: ignore[arg-type]
    with structlog.testing.capture_logs() as told:
        assert await log._write_all()
        log.note(Caught(answered=ANSWERED))
        await log.stop()
    assert [line["event"] for line in told] == ["partner_requests_lost"]
    assert len(await rows(sqlite_database)) == 1
