import asyncio
import contextlib
import uuid

import pytest
from sqlalchemy import text

from bot.clock import ManualClock
from bot.db.engine import Database
from bot.models import Partner
from bot.tenancy.errors import PartnerDisabled, SlotsExhausted
from bot.tenancy.principal import PLATFORM, Principal, PrincipalKind
from bot.tenancy.slots import take_slot


async def take(database: Database, partner: Partner, clock: ManualClock, principal: Principal = PLATFORM) -> None:
    async with database.unit_of_work() as session:
        await take_slot(session, principal, partner_id=partner.id, clock=clock)


async def test_concurrent_calls_never_overdraw(database: Database, partner: Partner, clock: ManualClock) -> None:
    results = await asyncio.gather(*(take(database, partner, clock) for _ in range(20)), return_exceptions=True)
    assert results.count(None) == 3
    assert sum(isinstance(result, SlotsExhausted) for result in results) == 17


async def test_a_slot_is_given_back_when_the_transaction_fails(
    database: Database, partner: Partner, clock: ManualClock
) -> None:
    with contextlib.suppress(ValueError):
        async with database.unit_of_work() as session:
            await take_slot(session, PLATFORM, partner_id=partner.id, clock=clock)
            raise ValueError("something failed later")
    async with database.reading() as session:
        assert (await session.execute(text("SELECT slots_used FROM partners"))).scalar_one() == 0


async def test_a_disabled_partner_is_not_told_about_its_slots(
    database: Database, partner: Partner, clock: ManualClock
) -> None:
    async with database.unit_of_work() as session:
        await session.execute(text("UPDATE partners SET is_active = false"))
    with pytest.raises(PartnerDisabled):
        await take(database, partner, clock)


async def test_another_tenant_cannot_use_the_slots(database: Database, partner: Partner, clock: ManualClock) -> None:
    stranger = Principal(kind=PrincipalKind.PARTNER, id="other", tenant_id=uuid.uuid4())
    with pytest.raises(PartnerDisabled):
        await take(database, partner, clock, stranger)
