"""Delivering again whatever failed."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Delete, Update, delete, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.models import WebhookDelivery, WebhookEndpoint, WebhookLog
from bot.webhooks.delivery.worker import CallbackWorker
from partner_api.callbacks import repository
from partner_api.callbacks.retrying import Tally, retry_failed
from tests.partner_api.callbacks.conftest import Callbacks
from tests.support.callbacks import answer, hang


async def retried(callbacks: Callbacks, *, bound: float = 10) -> Tally:
    api = callbacks.office.api
    worker = CallbackWorker(api.sender, api.signers, deadline=0.3)
    return await retry_failed(api.database, callbacks.clock, worker, bound=bound)


@pytest.fixture
async def failed(callbacks: Callbacks) -> Callbacks:
    """Three jobs whose callbacks failed for good."""
    callbacks.receiver.behaviours = [answer(500)] * 9
    for _ in range(3):
        await callbacks.ended_job()
    await callbacks.fail_for_good()
    assert len(callbacks.receiver.received) == 9
    return callbacks


async def test_every_failed_message_is_delivered_again_once(failed: Callbacks) -> None:
    assert await retried(failed) == Tally(total=3, successful=3, failed=0)
    assert await retried(failed) == Tally(total=0, successful=0, failed=0)
    again = failed.receiver.received[9:]
    assert {one.headers["x-webhook-redelivery"] for one in again} == {"1"}
    assert len(again) == 3


async def test_what_fails_again_is_counted_and_goes_on_by_the_schedule(failed: Callbacks) -> None:
    failed.receiver.behaviours = [answer(500), hang]
    assert await retried(failed) == Tally(total=3, successful=1, failed=2)
    assert (await retried(failed)).total == 0
    await failed.work(after=timedelta(seconds=40))
    listed = await failed.call("GET", "/webhooks/deliveries?status=succeeded")
    assert [one["redelivery"] for one in listed.body["deliveries"]] == [1, 1, 1]


async def test_what_failed_a_second_time_is_delivered_a_third(failed: Callbacks) -> None:
    failed.receiver.behaviours = [answer(500)] * 9
    await retried(failed)
    await failed.work(after=timedelta(seconds=40))
    await failed.work(after=timedelta(seconds=300))
    assert await retried(failed) == Tally(total=3, successful=3, failed=0)
    assert {one.headers["x-webhook-redelivery"] for one in failed.receiver.received[18:]} == {"2"}


async def test_paused_endpoints_and_test_callbacks_are_left_alone(failed: Callbacks) -> None:
    failed.receiver.behaviours = [answer(500)]
    await failed.call("POST", "/webhooks/test", json={"url": failed.receiver.url})
    async with failed.office.api.database.unit_of_work() as session:
        await session.execute(update(WebhookEndpoint).values(paused_at=failed.clock.now()))
    assert (await retried(failed)).total == 0


@pytest.mark.parametrize("lost", [update(WebhookDelivery).values(body=None), delete(WebhookDelivery)])
async def test_what_is_deleted_or_erased_meanwhile_costs_the_others_nothing(
    failed: Callbacks, monkeypatch: pytest.MonkeyPatch, lost: Update | Delete
) -> None:
    listed = repository.failed_messages

    async def listed_before(session: AsyncSession, **page: Any) -> Sequence[uuid.UUID]:
        found = await listed(session, **page)
        async with failed.office.api.database.unit_of_work() as other:
            await other.execute(delete(WebhookLog).where(WebhookLog.delivery_id == found[0]))
            await other.execute(lost.where(WebhookDelivery.id == found[0]))
        return found

    monkeypatch.setattr(repository, "failed_messages", listed_before)
    assert await retried(failed) == Tally(total=2, successful=2, failed=0)


async def test_it_does_not_wait_for_ever(failed: Callbacks) -> None:
    failed.receiver.behaviours = [hang] * 3
    assert await retried(failed, bound=0.05) == Tally(total=3, successful=0, failed=3)
