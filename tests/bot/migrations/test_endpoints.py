"""Migration 0005 on a store that has endpoints and deliveries."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta

from sqlalchemy import insert, select

from bot import migrations
from bot.db.engine import Database
from bot.db.statements import table_of
from bot.models import Tenant, WebhookDelivery, WebhookEndpoint, WebhookSigner
from bot.webhooks.repository import endpoints

NOW = datetime(2026, 1, 1, tzinfo=UTC)
OLDER, NEWER, OTHER = "https://p.example/cb?job=1", "https://P.example:443/cb?job=2", "https://p.example/other"


async def deliver_before(database: Database) -> uuid.UUID:
    """A tenant with an endpoint for each URL and a delivery to each, as 0004 kept them."""
    tenant_id, signer_id = uuid.uuid4(), uuid.uuid4()
    theirs = {"tenant_id": tenant_id, "environment": "production"}
    async with database.unit_of_work() as session:
        await session.execute(insert(Tenant), {"id": tenant_id, "name": "A", "created_at": NOW, "updated_at": NOW})
        await session.execute(insert(WebhookSigner), {"id": signer_id, "version": 1, "created_at": NOW, **theirs})
        for hours, url in enumerate((OLDER, NEWER, OTHER)):
            made = {"url": url, "url_hash": url, "created_at": NOW + timedelta(hours=hours), "failures": hours}
            await session.execute(insert(WebhookEndpoint), {"id": (endpoint_id := uuid.uuid4()), **made, **theirs})
            sent = {"event": "x", "lane": "x", "state": "held", "attempts": 0, "redelivery": 0, "created_at": NOW}
            ids = dict.fromkeys(("id", "message_id", "subject_id"), uuid.uuid4()) | {"signer_id": signer_id}
            await session.execute(
                insert(table_of(WebhookDelivery)), {"endpoint_id": endpoint_id, **ids, **sent, **theirs}
            )
    return tenant_id


async def test_the_newest_of_several_takes_their_address(empty_url: str) -> None:
    await migrations.upgrade(empty_url, "0004")
    database = Database(empty_url)
    try:
        tenant_id = await deliver_before(database)
        await migrations.upgrade(empty_url)
        joined = select(WebhookDelivery.webhook_url, WebhookEndpoint.url, WebhookEndpoint.failures)
        joined = joined.join(WebhookEndpoint, WebhookEndpoint.id == WebhookDelivery.endpoint_id)
        async with database.unit_of_work() as session:
            rows = {tuple(row) for row in await session.execute(joined)}
            await endpoints.find_or_add(session, tenant_id, environment="production", url=OLDER, now=NOW)
            addresses = sorted(await session.scalars(select(WebhookEndpoint.url)))
    finally:
        await database.close()
    assert rows == {(OLDER, OLDER, 0), (NEWER, "https://p.example/cb", 1), (OTHER, OTHER, 2)}
    assert addresses == ["https://p.example/cb", OLDER, OTHER]
