"""Endpoints that fail for days are paused, and their partner is told."""

from __future__ import annotations

import json
import uuid
from datetime import timedelta

import msgspec
from sqlalchemy import update

from bot.models import WebhookSigner
from bot.webhooks.repository import deliveries, endpoints
from bot.webhooks.states import PauseReason
from partner_api.callbacks.events import EndpointPausedEvent
from tests.support.callbacks import PostOffice, Receiver, answer

DAY = timedelta(days=1)


async def listen(office: PostOffice, url: str) -> None:
    async with office.database.unit_of_work() as session:
        await session.execute(update(WebhookSigner).values(event_url=url))


async def test_an_endpoint_that_failed_for_three_days_is_paused(office: PostOffice, receiver: Receiver) -> None:
    receiver.behaviours = [answer(500)] * 100
    await office.add(receiver.url)
    await office.work()
    for days in (1, 2):
        await office.add(receiver.url)
        await office.work(after=DAY)
        assert (await office.endpoint(receiver.url)).paused_at is None, days
    last = await office.add(receiver.url)
    await office.work(after=DAY)
    endpoint = await office.endpoint(receiver.url)
    assert (endpoint.pause_reason, endpoint.paused_at) == ("failing", office.clock.now())
    assert endpoint.failures >= 5
    assert (await office.delivery(last)).state == "held"
    so_far = len(receiver.received)
    await office.work(after=DAY)
    assert len(receiver.received) == so_far


async def test_few_failures_over_many_days_pause_nothing(office: PostOffice, receiver: Receiver) -> None:
    receiver.behaviours = [answer(500)]
    await office.add(receiver.url)
    await office.work()
    receiver.behaviours = [answer(500)]
    await office.work(after=timedelta(days=30))
    endpoint = await office.endpoint(receiver.url)
    assert (endpoint.failures, endpoint.paused_at) == (2, None)


async def test_many_failures_within_three_days_pause_nothing(office: PostOffice, receiver: Receiver) -> None:
    receiver.behaviours = [answer(500)] * 60
    for _ in range(20):
        await office.add(receiver.url)
    for after in (timedelta(0), timedelta(seconds=30), timedelta(seconds=270)):
        await office.work(after=after)
    endpoint = await office.endpoint(receiver.url)
    assert (endpoint.failures, endpoint.paused_at) == (60, None)


async def test_one_success_starts_the_count_anew(office: PostOffice, receiver: Receiver) -> None:
    receiver.behaviours = [answer(500)] * 4
    for _ in range(4):
        await office.add(receiver.url)
    await office.work()
    await office.work(after=4 * DAY)
    endpoint = await office.endpoint(receiver.url)
    assert (endpoint.failures, endpoint.failing_since) == (0, None)
    assert endpoint.last_success_at == office.clock.now()


async def test_the_partner_is_told_at_another_address(office: PostOffice, receivers: list[Receiver]) -> None:
    gone, told = receivers
    gone.behaviours = [answer(410)]
    await listen(office, told.url)
    await office.add(gone.url)
    await office.work()
    await office.work()
    (event,) = told.received
    endpoint, body = await office.endpoint(gone.url), json.loads(event.body)
    assert msgspec.to_builtins(msgspec.convert(body, EndpointPausedEvent)) == body, "as it is documented"
    assert body == {
        "event": "endpoint.paused",
        "timestamp": "2026-01-01T00:00:00Z",
        "endpoint_id": str(endpoint.id),
        "url": gone.url,
        "reason": "gone",
        "failures": 1,
        "failing_since": "2026-01-01T00:00:00Z",
    }
    assert event.headers["x-webhook-id"] == str(endpoint.id)


async def test_nobody_is_told_at_the_address_that_is_paused(office: PostOffice, receiver: Receiver) -> None:
    receiver.behaviours = [answer(410)]
    await listen(office, receiver.url)
    await office.add(receiver.url)
    await office.work()
    assert [one.event for one in await office.deliveries()] == ["call_analysis.completed"]


async def test_strangers_are_not_told(office: PostOffice, receivers: list[Receiver]) -> None:
    gone, told = receivers
    now, stranger = office.clock.now(), uuid.uuid4()
    async with office.database.unit_of_work() as session:
        session.add(
            WebhookSigner(
                id=stranger, tenant_id=office.tenant_id, environment="production", version=1, created_at=now,
                event_url=told.url,
            )
        )  # fmt: skip
    gone.behaviours = [answer(410)]
    await office.add(gone.url)
    await office.work()
    assert len(await office.deliveries()) == 1


async def test_what_was_held_since_it_was_read_is_not_begun(office: PostOffice, receiver: Receiver) -> None:
    delivery_id, now = await office.add(receiver.url), office.clock.now()
    async with office.database.reading() as session:
        ready = await deliveries.read(session, delivery_id)
    async with office.database.unit_of_work() as session:
        await endpoints.pause(session, ready.endpoint_id, reason=PauseReason.BY_OWNER, now=now)
        assert await deliveries.begin_attempt(session, ready, now=now) is None
    assert (await office.delivery(delivery_id)).state == "held"
    assert not await office.attempts(delivery_id)


async def test_queries_lead_to_one_endpoint_which_is_paused_as_one(office: PostOffice, receiver: Receiver) -> None:
    receiver.behaviours = [answer(500)] * 100
    for day in range(4):
        await office.add(f"{receiver.url}?job={day}a")
        await office.add(f"{receiver.url}?job={day}b")
        await office.work(after=DAY if day else timedelta(0))
    endpoint = await office.endpoint(receiver.url)
    assert endpoint.pause_reason == "failing"
    assert {one.endpoint_id for one in await office.deliveries()} == {endpoint.id}


async def test_a_url_with_a_query_is_gone_by_itself(office: PostOffice, receiver: Receiver) -> None:
    receiver.behaviours = [answer(410)]
    gone = await office.add(f"{receiver.url}?job=1")
    await office.work()
    other = await office.add(f"{receiver.url}?job=2")
    await office.work()
    first, second = await office.delivery(gone), await office.delivery(other)
    assert (first.state, first.error_code, first.attempts, second.state) == ("failed", "gone", 1, "succeeded")
    assert (await office.endpoint(receiver.url)).paused_at is None


async def test_nobody_is_told_at_the_paused_address_with_another_query(office: PostOffice, receiver: Receiver) -> None:
    receiver.behaviours = [answer(410)]
    await listen(office, f"{receiver.url}?events=1")
    await office.add(receiver.url)
    await office.work()
    assert len(await office.deliveries()) == 1
