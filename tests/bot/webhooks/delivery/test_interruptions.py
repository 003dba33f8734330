"""Attempts whose process ended in the middle: their number is used up, and the next one follows."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest

from bot.outbox.lanes import LEASE, Lease, LeaseLost
from bot.outbox.repository import claim
from bot.webhooks.delivery.worker import Attempt, CallbackWorker
from bot.webhooks.repository.deliveries import due_lanes
from bot.webhooks.sender import SafeSender
from tests.support.callbacks import PostOffice, Receiver

AFTER_LEASE = LEASE + timedelta(seconds=1)


async def die_in_an_attempt(office: PostOffice) -> tuple[CallbackWorker, Lease, Attempt]:
    """Claim a lane and begin an attempt, as a process does that is never heard of again."""
    worker, now = CallbackWorker(SafeSender(), office.signers), office.clock.now()
    owner = uuid.uuid4()
    async with office.database.unit_of_work() as session:
        (lane,) = await due_lanes(session, now, limit=10)
        fence = await claim(session, lane, owner=owner, now=now, until=now + LEASE)
        assert fence is not None
        lease = Lease(key=lane, owner=owner, fence=fence, database=office.database, clock=office.clock)
        attempt = await worker.take(session, lease, now)
        assert attempt is not None
    return worker, lease, attempt


async def test_the_next_number_follows_an_attempt_that_was_interrupted(office: PostOffice, receiver: Receiver) -> None:
    delivery_id = await office.add(receiver.url)
    await die_in_an_attempt(office)
    await office.work()
    assert (await office.delivery(delivery_id)).state == "sending"
    await office.work(after=AFTER_LEASE)
    (first,) = await office.attempts(delivery_id)
    assert (first.success, first.error_code, first.http_status) == (False, "interrupted", None)
    await office.work(after=timedelta(seconds=30) - AFTER_LEASE)
    assert [one.headers["x-webhook-attempt"] for one in receiver.received] == ["2"]
    assert (await office.delivery(delivery_id)).state == "succeeded"


async def test_no_fourth_attempt_follows_a_third_that_was_interrupted(office: PostOffice) -> None:
    delivery_id = await office.add("http://127.0.0.1:1/refused")
    for _ in range(3):
        await die_in_an_attempt(office)
        await office.work(after=AFTER_LEASE)
        office.let_pass(timedelta(minutes=5))
    delivery = await office.delivery(delivery_id)
    assert (delivery.state, delivery.error_code, delivery.attempts) == ("failed", "interrupted", 3)
    assert [one.attempt_number for one in await office.attempts(delivery_id)] == [1, 2, 3]


async def test_a_process_that_was_frozen_before_it_sent_does_not_send(office: PostOffice, receiver: Receiver) -> None:
    await office.add(receiver.url)
    worker, lease, attempt = await die_in_an_attempt(office)
    office.let_pass(AFTER_LEASE)
    with pytest.raises(LeaseLost):
        await worker.perform(lease, attempt)
    assert receiver.connections == 0


async def test_interruptions_say_nothing_about_the_endpoint(office: PostOffice, receiver: Receiver) -> None:
    await office.add(receiver.url)
    await die_in_an_attempt(office)
    await office.work(after=AFTER_LEASE)
    assert (await office.endpoint(receiver.url)).failures == 0
