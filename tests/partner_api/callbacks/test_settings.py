"""Endpoints, the signing secret, events and test callbacks."""

from __future__ import annotations

import asyncio
import uuid
from datetime import UTC, datetime, timedelta

import pytest
from standardwebhooks.webhooks import Webhook

from bot.clock import ManualClock
from partner_api.callbacks import testing
from partner_api.callbacks.errors import TooManyTests
from tests.partner_api.callbacks.conftest import Callbacks
from tests.partner_api.conftest import refused
from tests.support.callbacks import answer, hang
from tests.support.partners import api_on, make_key, served
from tests.support.settings import MakeSettings
from tests.support.waiting import eventually

EVENTS = ["bot.owner_bound", "bot.owner_transferred", "bot.owner_released", "endpoint.paused"]


async def test_a_paused_endpoint_holds_what_goes_to_it_until_it_is_resumed(
    callbacks: Callbacks, woken: list[str]
) -> None:
    job_id = await callbacks.ended_job()
    (listed,) = (await callbacks.call("GET", "/webhooks/endpoints")).body["endpoints"]
    assert (listed["url"], listed["status"], listed["held"]) == (callbacks.receiver.url, "active", 0)
    path = f"/webhooks/endpoints/{listed['id']}"
    paused = await callbacks.call("POST", f"{path}/pause")
    assert (paused.status, paused.body["status"], paused.body["pause_reason"]) == (200, "paused", "by_owner")
    later = await callbacks.ended_job()
    await callbacks.work()
    assert [(await callbacks.deliveries(one))[0]["status"] for one in (job_id, later)] == ["held", "held"]
    assert refused(await callbacks.call("POST", f"/jobs/{job_id}/redeliver")) == (409, "endpoint_paused")
    assert (await callbacks.call("POST", f"{path}/pause")).body["held"] == 2
    woken.clear()
    resumed = await callbacks.call("POST", f"{path}/resume")
    assert (resumed.body["status"], resumed.body["held"], resumed.body["paused_at"]) == ("active", 0, None)
    assert woken
    await callbacks.work()
    assert len(callbacks.receiver.received) == 2
    assert (await callbacks.call("POST", f"{path}/resume")).status == 200


async def test_an_endpoint_is_nobody_elses(callbacks: Callbacks) -> None:
    await callbacks.ended_job()
    (listed,) = (await callbacks.call("GET", "/webhooks/endpoints")).body["endpoints"]
    stranger = await make_key(callbacks.office.api)
    assert (await callbacks.call("GET", "/webhooks/endpoints", key=stranger)).body["total"] == 0
    for action in ("pause", "resume"):
        for endpoint_id in (listed["id"], uuid.uuid4(), "x"):
            path = f"/webhooks/endpoints/{endpoint_id}/{action}"
            assert refused(await callbacks.call("POST", path, key=stranger)) == (404, "endpoint_not_found")


async def test_a_rotated_secret_signs_at_once_and_the_one_before_until_the_overlap_ends(
    callbacks: Callbacks, clock: ManualClock
) -> None:
    clock.advance(datetime.now(UTC) - clock.now())
    old = callbacks.office.api.signers.secret(callbacks.office.key.issued.signer)
    rotated = await callbacks.call("POST", "/webhooks/secret/rotate", json={"overlap_hours": 2})
    new = rotated.body["webhook_secret"]
    assert rotated.status == 200
    assert new != old
    await callbacks.ended_job()
    await callbacks.work()
    (sent,) = callbacks.receiver.received
    for secret in (old, new):
        Webhook(secret).verify(sent.body, dict(sent.headers))
    assert len(sent.headers["x-partner-signature-previous"]) == 64
    await callbacks.ended_job()
    await callbacks.work(after=timedelta(hours=2))
    assert "x-partner-signature-previous" not in callbacks.receiver.received[1].headers


async def test_without_an_overlap_the_secret_before_ends_at_once(callbacks: Callbacks) -> None:
    rotated = await callbacks.call("POST", "/webhooks/secret/rotate", json={"overlap_hours": 0})
    assert rotated.body["previous_valid_until"] is None
    default = await callbacks.call("POST", "/webhooks/secret/rotate")
    assert default.body["previous_valid_until"] == "2026-01-02T00:00:00Z"
    for hours in (-1, 169, "1", None):
        body = {"overlap_hours": hours}
        assert refused(await callbacks.call("POST", "/webhooks/secret/rotate", json=body)) == (400, "bad_request")


async def test_the_secret_that_all_share_is_not_a_partners_to_rotate(
    callbacks: Callbacks, settings: MakeSettings
) -> None:
    api = callbacks.office.api
    shared = settings(webhook_signing="shared", secret_key=api.secret_key)
    async with served(api_on(api.database, shared, api.clock)) as client:
        answered = await client.call("POST", "/v1/webhooks/secret/rotate", key=callbacks.office.key)
    assert refused(answered) == (409, "shared_secret")


async def test_a_test_callback_tells_what_was_sent_and_what_came_of_it(callbacks: Callbacks) -> None:
    tested = await callbacks.call("POST", "/webhooks/test", json={"url": callbacks.receiver.url})
    (sent,) = callbacks.receiver.received
    assert (tested.status, tested.body["delivered"], tested.body["http_status"]) == (200, True, 200)
    assert tested.body["error"] is None
    assert tested.body["sent"]["body"].encode() == sent.body
    assert {
        name.lower(): value for name, value in tested.body["sent"]["headers"].items()
    }.items() <= sent.headers.items()
    shown = await callbacks.call("GET", f"/webhooks/deliveries/{tested.body['delivery_id']}")
    assert (shown.body["event"], shown.body["status"], len(shown.body["attempts"])) == ("webhook.test", "succeeded", 1)


async def test_a_failed_test_callback_is_not_tried_again(callbacks: Callbacks) -> None:
    callbacks.receiver.behaviours = [answer(500)]
    tested = await callbacks.call("POST", "/webhooks/test", json={"url": callbacks.receiver.url})
    assert (tested.body["delivered"], tested.body["http_status"]) == (False, 500)
    assert tested.body["error"] == {"code": "http_error", "message": "It answered with status 500."}
    await callbacks.work(after=timedelta(hours=1))
    assert len(callbacks.receiver.received) == 1


async def test_a_successful_test_callback_makes_up_for_failures(callbacks: Callbacks) -> None:
    callbacks.receiver.behaviours = [answer(500)]
    await callbacks.ended_job()
    await callbacks.work()
    (failing,) = (await callbacks.call("GET", "/webhooks/endpoints")).body["endpoints"]
    assert (failing["status"], failing["failures"], failing["failing_since"]) == ("failing", 1, "2026-01-01T00:00:00Z")
    await callbacks.call("POST", "/webhooks/test", json={"url": callbacks.receiver.url})
    (well,) = (await callbacks.call("GET", "/webhooks/endpoints")).body["endpoints"]
    assert (well["status"], well["failures"], well["last_success_at"]) == ("active", 0, "2026-01-01T00:00:00Z")


async def test_events_go_where_the_partner_says(callbacks: Callbacks) -> None:
    assert (await callbacks.call("GET", "/webhooks/events")).body == {"url": None, "events": EVENTS}
    wanted = {"url": "https://partner.com/events"}
    put = await callbacks.call("PUT", "/webhooks/events", json=wanted)
    assert (put.status, put.body) == (200, wanted | {"events": EVENTS})
    assert (await callbacks.call("GET", "/webhooks/events")).body["url"] == wanted["url"]
    for _ in range(2):
        assert (await callbacks.call("DELETE", "/webhooks/events")).status == 204
    assert (await callbacks.call("GET", "/webhooks/events")).body["url"] is None


async def test_a_key_that_is_bound_to_a_company_changes_nothing_of_the_partners(callbacks: Callbacks) -> None:
    bound = await callbacks.another_key(company_id=uuid.UUID(callbacks.office.company_id))
    for method, path in (
        ("GET", "/webhooks/endpoints"),
        ("POST", f"/webhooks/endpoints/{uuid.uuid4()}/pause"),
        ("POST", f"/webhooks/endpoints/{uuid.uuid4()}/resume"),
        ("POST", "/webhooks/secret/rotate"),
        ("GET", "/webhooks/events"),
        ("PUT", "/webhooks/events"),
        ("DELETE", "/webhooks/events"),
    ):
        assert refused(await callbacks.call(method, path, key=bound)) == (403, "company_bound")
    tested = await callbacks.call("POST", "/webhooks/test", key=bound, json={"url": callbacks.receiver.url})
    assert tested.body["delivered"]
    listed = await callbacks.call("GET", "/webhooks/deliveries", key=bound)
    assert [one["company_id"] for one in listed.body["deliveries"]] == [callbacks.office.company_id]


async def test_a_test_counts_as_being_sent_also_when_its_caller_has_gone(
    callbacks: Callbacks, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(testing, "AT_ONCE", 1)
    tests, caller = testing.CallbackTests(callbacks.office.api), callbacks.office.key.caller
    callbacks.receiver.behaviours = [hang]
    left = asyncio.create_task(tests.send(caller, callbacks.receiver.url))
    await eventually(lambda: bool(callbacks.receiver.received))
    left.cancel()
    with pytest.raises(asyncio.CancelledError):
        await left
    with pytest.raises(TooManyTests):
        await tests.send(caller, callbacks.receiver.url)
    await callbacks.receiver.close()
