from __future__ import annotations

import pytest

from bot.clock import ManualClock
from bot.db.engine import Database
from bot.models import Channel, Tenant, Vendor
from tests.bot.tenancy.owners.bindings import Bindings


@pytest.fixture
async def bindings(database: Database, clock: ManualClock) -> Bindings:
    """Two channels, and a tenant with one vendor for the bots."""
    made = Bindings(database, clock)
    times = {"created_at": clock.now(), "updated_at": clock.now()}
    async with database.unit_of_work() as session:
        session.add(Tenant(id=made.tenant_id, name="", **times))
        for channel_id in (made.channel_id, made.other_channel_id):
            session.add(Channel(id=channel_id, name="", secret_box=b"", token_box=b"", **times))
        await session.flush()
        vendor = Vendor(tenant_id=made.tenant_id, code="v", name="", **times)
        session.add(vendor)
        await session.flush()
        made.vendor_id = vendor.id
    return made
