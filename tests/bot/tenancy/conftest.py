from __future__ import annotations

import pytest

from bot.clock import ManualClock
from bot.db.engine import Database
from bot.models import Bot, Channel, Partner
from bot.tenancy.bots import BotRequest, create_bot
from bot.tenancy.partners import Partners

KEY = b"k" * 32


@pytest.fixture
def partners(clock: ManualClock) -> Partners:
    return Partners(clock=clock, key_hash_key=KEY)


@pytest.fixture
async def partner(database: Database, partners: Partners) -> Partner:
    """A partner with 3 slots."""
    async with database.unit_of_work() as session:
        return await partners.create(session, "StockRadar", slots=3)


@pytest.fixture
async def channel(database: Database, clock: ManualClock) -> Channel:
    """The central channel."""
    now = clock.now()
    channel = Channel(
        is_central=True,
        name="central",
        basic_id="@123abcde",
        secret_box=b"",
        token_box=b"",
        is_active=True,
        created_at=now,
        updated_at=now,
    )
    async with database.unit_of_work() as session:
        session.add(channel)
    return channel


@pytest.fixture
async def bot(database: Database, clock: ManualClock, partner: Partner, channel: Channel) -> Bot:
    request = BotRequest(partner.tenant_id, channel.id, "好好租屋")
    async with database.unit_of_work() as session:
        return (await create_bot(session, request, clock=clock, management_token_key=KEY)).bot
