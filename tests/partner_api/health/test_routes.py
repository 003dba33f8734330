from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import update

from bot.clock import ManualClock
from bot.models import AsyncJob, WebhookDelivery, WebhookEndpoint, WebhookLog
from partner_api.caller import Environment
from tests.partner_api.conftest import Office
from tests.support.partners import MadeKey, make_key


async def health(office: Office, key: MadeKey | None = None) -> Any:
    answer = await office.call("GET", "/health", key=key)
    assert answer.status == 200, answer
    return answer.body


def codes(body: Any) -> list[str]:
    return [warning["code"] for warning in body["warnings"]]


async def test_a_caller_learns_whose_its_key_is_and_what_works(office: Office) -> None:
    partner, issued = await office.partner(), office.key.issued
    assert await health(office) == {
        "status": "degraded",
        "environment": "production",
        "partner": {"id": str(partner.id), "name": "CompanyX Call Center"},
        "key": {
            "id": str(issued.row.id),
            "name": issued.row.name,
            "hint": issued.row.hint,
            "expires_at": "2027-01-01T00:00:00Z",
            "expires_in_days": 365,
            "company_id": None,
            "rate_limit": 1000,
        },
        "services": {
            "analysis": "available",
            "transcription": "unavailable",
            "model": "unavailable",
            "callbacks": "available",
        },
        "callbacks": {"paused_endpoints": 0, "failed_last_24h": 0},
        "jobs": {"queued": 0, "processing": 0, "oldest_queued_seconds": None},
        "warnings": [
            {
                "code": "no_transcription",
                "message": "Recordings can't be transcribed here at present: send a transcript with each call.",
            }
        ],
    }


async def test_a_sandbox_lacks_nothing(office: Office) -> None:
    key = await make_key(office.api, await office.partner(), environment=Environment.SANDBOX)
    body = await health(office, key)
    assert (body["status"], body["environment"], body["warnings"]) == ("ok", "sandbox", [])


async def test_a_key_that_expires_soon_is_told_of(office: Office, clock: ManualClock) -> None:
    clock.advance(timedelta(days=336))
    assert "key_expires_soon" in codes(await health(office))
    clock.advance(-timedelta(days=2))
    assert "key_expires_soon" not in codes(await health(office))


async def test_jobs_that_wait_too_long_are_told_of_to_those_who_see_them(office: Office, clock: ManualClock) -> None:
    await office.job()
    clock.advance(timedelta(seconds=299))
    assert codes(await health(office)) == ["no_transcription"]
    await office.job()
    clock.advance(timedelta(seconds=1))
    body = await health(office)
    assert (body["jobs"], codes(body)[-1]) == (
        {"queued": 2, "processing": 0, "oldest_queued_seconds": 300},
        "jobs_behind",
    )
    await office.change(update(AsyncJob).values(state="processing"))
    assert (await health(office))["jobs"] == {"queued": 0, "processing": 2, "oldest_queued_seconds": None}
    assert (await health(office, await make_key(office.api)))["jobs"]["processing"] == 0


async def fail_callback(office: Office, *, paused: bool) -> None:
    """A job whose callback failed for good."""
    job_id, now = await office.job(webhook_url="https://example.com/hook"), office.api.clock.now()
    await office.call("POST", f"/jobs/{job_id}/cancel")
    await office.change(update(WebhookDelivery).values(state="failed", ended_at=now))
    if paused:
        await office.change(update(WebhookEndpoint).values(paused_at=now))
    [delivery] = await office.rows(WebhookDelivery.__table__.select().with_only_columns(WebhookDelivery.id))
    async with office.api.database.unit_of_work() as session:
        session.add(
            WebhookLog(
                delivery_id=delivery, tenant_id=office.key.caller.principal.tenant_id, environment="production",
                company_id=UUID(office.company_id), webhook_url="", attempt_number=1, success=False, created_at=now,
            )
        )  # fmt: skip


async def test_failed_callbacks_and_paused_endpoints_are_counted_for_whose_they_are(
    office: Office, clock: ManualClock
) -> None:
    await fail_callback(office, paused=True)
    second = (await office.call("POST", "/companies/create", json={"name": "Second"})).body["id"]
    partner = await office.partner()
    mine = await make_key(office.api, partner, company_id=UUID(office.company_id))
    others = [await make_key(office.api, partner, company_id=UUID(second)), await make_key(office.api)]
    for key in (office.key, mine):
        body = await health(office, key)
        assert (body["callbacks"], "endpoint_paused" in codes(body)) == (
            {"paused_endpoints": 1, "failed_last_24h": 1},
            True,
        )
        [warning] = [one for one in body["warnings"] if one["code"] == "endpoint_paused"]
        assert warning["message"].startswith("Callbacks are held, since one of your endpoints is paused")
    for key in others:
        assert (await health(office, key))["callbacks"] == {"paused_endpoints": 0, "failed_last_24h": 0}
    clock.advance(timedelta(hours=25))
    assert (await health(office))["callbacks"] == {"paused_endpoints": 1, "failed_last_24h": 0}
