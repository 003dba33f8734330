"""On PostgreSQL, which locks rows: an endpoint before its deliveries, and no harder than it takes."""

from __future__ import annotations

import asyncio
import uuid

import pytest
from sqlalchemy import text, update
from sqlalchemy.exc import DBAPIError

from bot.db.engine import Database
from bot.models import WebhookDelivery
from bot.outbox.lanes import Lease
from bot.webhooks.callbacks import add_delivery
from bot.webhooks.delivery.worker import CallbackWorker
from bot.webhooks.repository import deliveries, endpoints
from bot.webhooks.sender import SafeSender
from tests.support.callbacks import PostOffice, Receiver

PATIENCE_SECONDS = 5


@pytest.fixture
def sqlite_database(postgresql_database: Database) -> Database:
    """The other store, wherever these tests ask for the usual one."""
    return postgresql_database


async def test_locking_an_endpoint_does_not_wait_for_what_is_being_added(
    office: PostOffice, receiver: Receiver
) -> None:
    async with office.database.reading() as session:
        ready = await deliveries.read(session, await office.add(receiver.url))
    async with office.database.unit_of_work() as ending, office.database.unit_of_work() as adding:
        await endpoints.record_failure(ending, ready.endpoint_id, now=office.clock.now())
        await add_delivery(adding, office.callback(receiver.url), now=office.clock.now())
        async with asyncio.timeout(PATIENCE_SECONDS):
            assert not await endpoints.is_paused(ending, ready.endpoint_id)


async def test_an_erased_callback_is_cancelled_once_its_endpoint_is_locked(
    office: PostOffice, receiver: Receiver
) -> None:
    delivery_id = await office.add(receiver.url)
    async with office.database.unit_of_work() as session:
        ready = await deliveries.read(session, delivery_id)
        await session.execute(update(WebhookDelivery).values(body=None))
    (lane,) = {one.lane for one in await office.deliveries()}
    lease = Lease(key=lane, owner=uuid.uuid4(), fence=1, database=office.database, clock=office.clock)
    worker = CallbackWorker(SafeSender(), office.signers)

    async def take() -> None:
        async with office.database.unit_of_work() as session:
            await session.execute(text("SET LOCAL lock_timeout = '100ms'"))
            await worker.take(session, lease, office.clock.now())

    async with office.database.unit_of_work() as pausing:
        await endpoints.is_paused(pausing, ready.endpoint_id)
        with pytest.raises(DBAPIError, match="lock timeout"):
            await take()
