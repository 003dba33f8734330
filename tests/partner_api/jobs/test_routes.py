from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import func, select, update

from bot.clock import ManualClock
from bot.models import AsyncJob, CallRecording, WebhookDelivery
from partner_api.caller import Environment
from partner_api.jobs.service import PURGED_AT_ONCE, purging
from tests.partner_api.conftest import Office, refused
from tests.support.partners import make_key

RESULTS = {"transcript": "Agent: שלום", "overall_score": 8.0}
HOOK = "https://example.com/hook"
NO_ID = ("x", str(uuid4()), "create", "%00")


async def complete(office: Office, job_id: str, *, days: int = 30) -> None:
    """End a job as the worker does."""
    now = office.api.clock.now()
    values = {"state": "completed", "results": RESULTS, "due_at": None, "started_at": now, "ended_at": now}
    until = now + timedelta(days=days)
    await office.change(update(AsyncJob).where(AsyncJob.id == UUID(job_id)).values(results_until=until, **values))


async def status(office: Office, job_id: str) -> Any:
    answer = await office.call("GET", f"/jobs/{job_id}/status")
    assert answer.status == 200, answer
    return answer.body


async def test_an_open_job_says_how_long_it_takes(office: Office) -> None:
    job_id = await office.job(metadata={"crm": 7}, call_type="sales_call")
    [call_id] = await office.rows(select(AsyncJob.call_id))
    assert await status(office, job_id) == {
        "job_id": job_id,
        "job_type": "call_analysis",
        "status": "queued",
        "created_at": "2026-01-01T00:00:00Z",
        "started_at": None,
        "completed_at": None,
        "call_id": str(call_id),
        "company_id": office.company_id,
        "agent_id": office.agent_id,
        "call_type": "sales_call",
        "metadata": {"crm": 7},
        "error": None,
        "estimated_time": "less than a minute",
    }


async def test_a_completed_job_has_its_results_until_their_time(office: Office, clock: ManualClock) -> None:
    job_id = await office.job()
    await complete(office, job_id)
    shown = await status(office, job_id)
    assert (shown["results"], shown["results_expired"], shown["results_until"]) == (
        RESULTS,
        False,
        "2026-01-31T00:00:00Z",
    )
    assert ("estimated_time" in shown, shown["completed_at"]) == (False, "2026-01-01T00:00:00Z")
    clock.advance(timedelta(days=30))
    expired = await status(office, job_id)
    assert (expired["status"], expired["results_expired"], "results" in expired) == ("completed", True, False)
    await purging(office.api.database)(clock.now())
    assert await status(office, job_id) == expired


async def test_a_failed_job_tells_its_code(office: Office) -> None:
    job_id = await office.job()
    failed = {"state": "failed", "error_code": "audio_unreadable", "error_message": "It can't be read.", "due_at": None}
    await office.change(update(AsyncJob).values(**failed))
    shown = await status(office, job_id)
    assert shown["error"] == {"code": "audio_unreadable", "message": "It can't be read."}
    assert {"results", "results_expired", "estimated_time"} & set(shown) == set()


async def test_what_is_no_job_of_the_callers_is_404(office: Office) -> None:
    job_id = await office.job()
    stranger = await make_key(office.api)
    sandbox = await make_key(office.api, await office.partner(), environment=Environment.SANDBOX)
    second = (await office.call("POST", "/companies/create", json={"name": "Second"})).body["id"]
    bound = await make_key(office.api, await office.partner(), company_id=UUID(second))
    asked = [(office.key, one) for one in NO_ID] + [(key, job_id) for key in (stranger, sandbox, bound)]
    for key, one in asked:
        for method, path in (("GET", "status"), ("POST", "cancel"), ("DELETE", "results")):
            assert refused(await office.call(method, f"/jobs/{one}/{path}", key=key)) == (404, "job_not_found")
    assert [(await office.call("GET", "/jobs", key=key)).body["total"] for key in (stranger, sandbox, bound)] == [0] * 3
    assert (await status(office, job_id))["status"] == "queued"


async def test_jobs_are_listed_the_newest_first_without_results(office: Office, clock: ManualClock) -> None:
    ids = []
    for _ in range(3):
        ids.append(await office.job())
        clock.advance(timedelta(seconds=1))
    await complete(office, ids[0])
    listed = (await office.call("GET", "/jobs", params={"limit": 2})).body
    assert ([job["job_id"] for job in listed["jobs"]], listed["total"]) == (ids[:0:-1], 3)
    completed = (
        await office.call("GET", "/jobs", params={"status": "completed", "company_id": office.company_id})
    ).body
    assert ([job["job_id"] for job in completed["jobs"]], "results" in completed["jobs"][0]) == (ids[:1], False)
    assert refused(await office.call("GET", "/jobs?status=done")) == (400, "bad_request")
    assert refused(await office.call("GET", f"/jobs?company_id={uuid4()}")) == (404, "company_not_found")


@pytest.mark.parametrize("state", ["queued", "processing"])
async def test_a_cancelled_job_is_over_at_once(office: Office, woken: list[str], state: str) -> None:
    job_id = await office.job(webhook_url=HOOK, metadata={"crm": 7})
    await office.change(update(AsyncJob).values(state=state))
    answer = await office.call("POST", f"/jobs/{job_id}/cancel")
    assert (answer.status, answer.body["status"], answer.body["completed_at"]) == (
        200,
        "cancelled",
        "2026-01-01T00:00:00Z",
    )
    assert await office.rows(select(func.count(CallRecording.job_id))) == [0]
    assert await office.rows(select(AsyncJob.due_at)) == [None]
    [delivery] = await office.rows(select(WebhookDelivery))
    assert (delivery.event, delivery.lane in woken) == ("call_analysis.cancelled", True)
    assert refused(await office.call("POST", f"/jobs/{job_id}/cancel")) == (409, "job_ended")
    assert await office.rows(select(func.count(WebhookDelivery.id))) == [1]


async def test_results_are_erased_when_asked_for_and_from_callbacks_as_well(office: Office) -> None:
    job_id = await office.job(webhook_url=HOOK)
    assert refused(await office.call("DELETE", f"/jobs/{job_id}/results")) == (409, "job_open")
    await office.call("POST", f"/jobs/{job_id}/cancel")
    await complete(office, job_id)
    for _ in range(2):
        answer = await office.call("DELETE", f"/jobs/{job_id}/results")
        assert (answer.status, answer.body) == (204, b"")
    shown = await status(office, job_id)
    assert (shown["results_expired"], "results" in shown) == (True, False)
    assert await office.rows(select(WebhookDelivery.body)) == [None]


async def test_the_chore_leaves_what_is_still_needed(office: Office, clock: ManualClock) -> None:
    kept, gone, waiting = [await office.job() for _ in range(3)]
    await complete(office, kept, days=31)
    await complete(office, gone, days=30)
    clock.advance(timedelta(days=30))
    await purging(office.api.database)(clock.now())
    assert [(await status(office, one)).get("results_expired") for one in (kept, gone, waiting)] == [False, True, None]
    assert [str(one) for one in await office.rows(select(CallRecording.job_id))] == [waiting]


async def test_the_chore_goes_on_until_nothing_is_left(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    assert PURGED_AT_ONCE > 3
    monkeypatch.setattr("partner_api.jobs.service.PURGED_AT_ONCE", 2)
    for _ in range(5):
        await complete(office, await office.job(), days=0)
    await purging(office.api.database)(office.api.clock.now())
    assert await office.rows(select(AsyncJob.results_until)) == [None] * 5
    assert await office.rows(select(func.count(CallRecording.job_id))) == [0]
