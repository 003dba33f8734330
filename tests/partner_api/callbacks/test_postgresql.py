"""The same on PostgreSQL, which counts characters and locks rows."""

from __future__ import annotations

import asyncio
import uuid

import pytest

from bot.db.engine import Database
from tests.partner_api.callbacks.conftest import Callbacks


@pytest.fixture
def sqlite_database(postgresql_database: Database) -> Database:
    """The other store, wherever these tests ask for the usual one."""
    return postgresql_database


async def test_a_partner_does_everything_there_is(callbacks: Callbacks) -> None:
    job_id = await callbacks.ended_job()
    await callbacks.work()
    (first,) = await callbacks.deliveries(job_id)
    endpoint = f"/webhooks/endpoints/{first['endpoint_id']}"
    for method, path, status in (
        ("POST", f"/webhooks/deliveries/{first['id']}/redeliver", 201),
        ("GET", "/webhooks/deliveries?status=waiting", 200),
        ("POST", f"{endpoint}/pause", 200),
        ("POST", f"{endpoint}/resume", 200),
        ("GET", "/webhooks/endpoints", 200),
        ("POST", "/webhooks/secret/rotate", 200),
        ("GET", "/webhooks/events", 200),
        ("DELETE", "/webhooks/events", 204),
    ):
        answered = await callbacks.call(method, path, headers={"Idempotency-Key": f"{method} {uuid.uuid4()}"})
        assert answered.status == status, (path, answered.body)
    await callbacks.work()
    assert [one["status"] for one in await callbacks.deliveries(job_id)] == ["succeeded", "succeeded"]
    tested = await callbacks.call("POST", "/webhooks/test", json={"url": callbacks.receiver.url})
    assert tested.body["delivered"]


async def test_of_many_that_redeliver_at_once_one_does(callbacks: Callbacks) -> None:
    job_id = await callbacks.ended_job()
    await callbacks.work()
    answers = await asyncio.gather(*(callbacks.call("POST", f"/jobs/{job_id}/redeliver") for _ in range(10)))
    assert sorted(one.status for one in answers) == [201] + [409] * 9
    assert len(await callbacks.deliveries(job_id)) == 2
