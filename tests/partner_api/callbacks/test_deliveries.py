"""What partners see of deliveries, and delivering again."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest

from partner_api.caller import Environment
from tests.partner_api.callbacks.conftest import Callbacks
from tests.partner_api.conftest import refused
from tests.support.callbacks import answer
from tests.support.partners import MadeKey, make_key

NOBODYS = uuid.uuid4()


async def test_a_jobs_deliveries_tell_of_every_attempt(callbacks: Callbacks) -> None:
    callbacks.receiver.behaviours = [answer(500)]
    job_id = await callbacks.ended_job()
    await callbacks.work()
    await callbacks.work(after=timedelta(seconds=30))
    (found,) = await callbacks.deliveries(job_id)
    assert found == {
        "id": found["id"],
        "message_id": callbacks.receiver.received[0].headers["webhook-id"],
        "webhook_id": job_id,
        "event": "call_analysis.cancelled",
        "job_id": job_id,
        "company_id": callbacks.office.company_id,
        "endpoint_id": found["endpoint_id"],
        "webhook_url": callbacks.receiver.url,
        "status": "succeeded",
        "redelivery": 0,
        "attempts": found["attempts"],
        "next_attempt_at": None,
        "error_code": None,
        "created_at": "2026-01-01T00:00:00Z",
        "ended_at": "2026-01-01T00:00:30Z",
    }
    failed, succeeded = found["attempts"]
    assert (failed["attempt_number"], failed["http_status"], failed["success"]) == (1, 500, False)
    assert (failed["error_code"], failed["error_message"]) == ("http_error", "It answered with status 500.")
    assert (succeeded["attempt_number"], succeeded["success"], succeeded["error_code"]) == (2, True, None)
    assert succeeded["created_at"] == "2026-01-01T00:00:30Z"
    assert callbacks.receiver.received[1].headers["x-webhook-id"] == job_id


async def test_redelivering_sends_the_same_bytes_as_a_marked_delivery_of_its_own(callbacks: Callbacks) -> None:
    callbacks.receiver.behaviours = [answer(500)] * 4
    job_id = await callbacks.ended_job()
    await callbacks.fail_for_good()
    again = await callbacks.call("POST", f"/jobs/{job_id}/redeliver")
    assert (again.status, again.body["status"], again.body["redelivery"]) == (201, "waiting", 1)
    await callbacks.fail_for_good()
    newest, first = await callbacks.deliveries(job_id)
    assert (newest["id"], newest["status"], first["status"]) == (again.body["id"], "succeeded", "failed")
    sent = callbacks.receiver.received
    assert [one.headers["x-webhook-attempt"] for one in sent] == ["1", "2", "3", "1", "2"]
    assert [one.headers.get("x-webhook-redelivery") for one in sent] == [None, None, None, "1", "1"]
    assert len({(one.body, one.headers["webhook-id"]) for one in sent}) == 1


async def test_a_delivery_is_redelivered_by_its_id_and_its_lane_is_woken(
    callbacks: Callbacks, woken: list[str]
) -> None:
    job_id = await callbacks.ended_job()
    await callbacks.work()
    (found,) = await callbacks.deliveries(job_id)
    before = len(woken)
    again = await callbacks.call("POST", f"/webhooks/deliveries/{found['id']}/redeliver")
    assert (again.status, again.body["redelivery"], again.body["job_id"]) == (201, 1, job_id)
    assert woken[before:] == [woken[before - 1]]
    shown = await callbacks.call("GET", f"/webhooks/deliveries/{again.body['id']}")
    assert shown.body == again.body


async def test_the_same_idempotency_key_redelivers_once(callbacks: Callbacks) -> None:
    job_id = await callbacks.ended_job()
    await callbacks.work()
    headers = {"Idempotency-Key": "again"}
    one, same = [await callbacks.call("POST", f"/jobs/{job_id}/redeliver", headers=headers) for _ in range(2)]
    assert (same.status, same.body, same.headers["Idempotency-Replayed"]) == (201, one.body, "true")
    assert len(await callbacks.deliveries(job_id)) == 2


async def test_what_is_under_way_is_not_delivered_again(callbacks: Callbacks) -> None:
    callbacks.receiver.behaviours = [answer(500)]
    job_id = await callbacks.ended_job()
    assert refused(await callbacks.call("POST", f"/jobs/{job_id}/redeliver")) == (409, "delivery_open")
    await callbacks.work()
    assert refused(await callbacks.call("POST", f"/jobs/{job_id}/redeliver")) == (409, "delivery_open")


async def test_what_was_erased_is_not_delivered_again(callbacks: Callbacks) -> None:
    job_id = await callbacks.ended_job()
    await callbacks.work()
    assert (await callbacks.call("DELETE", f"/jobs/{job_id}/results")).status == 204
    assert refused(await callbacks.call("POST", f"/jobs/{job_id}/redeliver")) == (409, "delivery_erased")


async def test_what_was_erased_before_it_was_sent_is_never_sent(callbacks: Callbacks) -> None:
    job_id = await callbacks.ended_job()
    assert (await callbacks.call("DELETE", f"/jobs/{job_id}/results")).status == 204
    await callbacks.work()
    (found,) = await callbacks.deliveries(job_id)
    assert (found["status"], found["error_code"], callbacks.receiver.received) == ("cancelled", "erased", [])


async def test_a_job_without_a_callback_has_nothing_to_deliver_again(callbacks: Callbacks) -> None:
    job_id = await callbacks.office.job()
    assert refused(await callbacks.call("POST", f"/jobs/{job_id}/redeliver")) == (409, "no_delivery")
    assert await callbacks.deliveries(job_id) == []


async def test_deliveries_are_listed_by_status_the_newest_first(callbacks: Callbacks) -> None:
    jobs = []
    for _ in range(3):
        jobs.append(await callbacks.ended_job())
        callbacks.clock.advance(timedelta(seconds=1))
    everything = await callbacks.call("GET", "/webhooks/deliveries?limit=2")
    assert [one["job_id"] for one in everything.body["deliveries"]] == [jobs[2], jobs[1]]
    assert (everything.body["total"], everything.body["limit"], everything.body["offset"]) == (3, 2, 0)
    await callbacks.work()
    waiting = await callbacks.call("GET", "/webhooks/deliveries?status=waiting")
    assert (waiting.body["deliveries"], waiting.body["total"]) == ([], 0)
    assert (await callbacks.call("GET", "/webhooks/deliveries?status=succeeded&offset=2")).body["total"] == 3
    assert refused(await callbacks.call("GET", "/webhooks/deliveries?status=lost")) == (400, "bad_request")


@pytest.mark.parametrize("whose", ["another partner", "the sandbox", "another company"])
async def test_nobody_else_sees_a_delivery(callbacks: Callbacks, whose: str) -> None:
    job_id = await callbacks.ended_job()
    (found,) = await callbacks.deliveries(job_id)
    stranger = await key_of(callbacks, whose)
    assert (await callbacks.call("GET", "/webhooks/deliveries", key=stranger)).body["total"] == 0
    for method, path in (
        ("GET", f"/webhooks/deliveries/{found['id']}"),
        ("POST", f"/webhooks/deliveries/{found['id']}/redeliver"),
        ("GET", f"/jobs/{job_id}/deliveries"),
        ("POST", f"/jobs/{job_id}/redeliver"),
    ):
        theirs = await callbacks.call(method, path, key=stranger)
        missing = await callbacks.call(method, path.replace(found["id"], str(NOBODYS)).replace(job_id, str(NOBODYS)))
        assert (theirs.status, theirs.body) == (missing.status, missing.body) == (404, missing.body)


async def key_of(callbacks: Callbacks, whose: str) -> MadeKey:
    if whose == "another partner":
        return await make_key(callbacks.office.api)
    if whose == "the sandbox":
        return await callbacks.another_key(environment=Environment.SANDBOX)
    other = await callbacks.call("POST", "/companies/create", json={"name": "Another Company"})
    return await callbacks.another_key(company_id=uuid.UUID(other.body["id"]))


async def test_a_key_of_the_company_sees_its_deliveries(callbacks: Callbacks) -> None:
    job_id = await callbacks.ended_job()
    bound = await callbacks.another_key(company_id=uuid.UUID(callbacks.office.company_id))
    assert (await callbacks.call("GET", "/webhooks/deliveries", key=bound)).body["total"] == 1
    assert len((await callbacks.call("GET", f"/jobs/{job_id}/deliveries", key=bound)).body["deliveries"]) == 1
