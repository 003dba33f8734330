"""What a vendor's knowledge is, on each kind of store."""

from __future__ import annotations

import pytest

from bot.clock import ManualClock
from bot.db.engine import Database
from bot.tenancy.principal import PLATFORM, Principal
from knowledge import repository
from knowledge.entries import Scope, VendorKnowledge
from knowledge.errors import EntryNotFound, VendorNotFound
from knowledge.repository import NewEntry, NewParameter, NewVendor

Tenants = tuple[Principal, Principal]


async def add_vendor(database: Database, clock: ManualClock, principal: Principal, code: str) -> int:
    async with database.unit_of_work() as session:
        return await repository.add_vendor(session, principal, NewVendor(code, code), now=clock.now())


async def add(database: Database, clock: ManualClock, principal: Principal, new: NewEntry) -> int:
    async with database.unit_of_work() as session:
        return await repository.add_entry(session, principal, new, now=clock.now())


async def knowledge(database: Database, principal: Principal, vendor_id: int) -> VendorKnowledge:
    async with database.reading() as session:
        return await repository.knowledge_of(session, principal, vendor_id)


async def test_entries_come_in_the_order_of_their_scope(
    database: Database, clock: ManualClock, tenants: Tenants
) -> None:
    mine = await add_vendor(database, clock, tenants[0], "A")
    replaced = await add(database, clock, tenants[0], NewEntry("g1", "shared"))
    await add(database, clock, tenants[0], NewEntry("g2", "shared"))
    await add(database, clock, tenants[0], NewEntry("v", "own", mine))
    async with database.unit_of_work() as session:
        await repository.customise(session, tenants[0], replaced, NewEntry("c", "mine", mine), now=clock.now())
    entries = (await knowledge(database, tenants[0], mine)).entries
    assert [(entry.scope, entry.question) for entry in entries] == [
        (Scope.CUSTOMIZED, "c"), (Scope.VENDOR, "v"), (Scope.GLOBAL, "g2"),
    ]  # fmt: skip


async def test_a_customized_entry_hides_the_shared_one_from_its_own_vendor_alone(
    database: Database, clock: ManualClock, tenants: Tenants
) -> None:
    mine = await add_vendor(database, clock, tenants[0], "A")
    other = await add_vendor(database, clock, tenants[0], "B")
    shared = await add(database, clock, tenants[0], NewEntry("g", "shared"))
    async with database.unit_of_work() as session:
        await repository.customise(session, tenants[0], shared, NewEntry("c", "mine", mine), now=clock.now())
    assert [entry.answer for entry in (await knowledge(database, tenants[0], mine)).entries] == ["mine"]
    assert [entry.answer for entry in (await knowledge(database, tenants[0], other)).entries] == ["shared"]


async def test_nothing_is_shared_across_tenants(database: Database, clock: ManualClock, tenants: Tenants) -> None:
    mine = await add_vendor(database, clock, tenants[0], "A")
    theirs = await add(database, clock, tenants[1], NewEntry("g", "theirs"))
    assert (await knowledge(database, PLATFORM, mine)).entries == ()
    for principal in (tenants[0], PLATFORM):
        with pytest.raises(EntryNotFound):
            async with database.unit_of_work() as session:
                await repository.customise(session, principal, theirs, NewEntry("c", "x", mine), now=clock.now())


async def test_a_foreign_vendor_is_as_good_as_none(database: Database, clock: ManualClock, tenants: Tenants) -> None:
    mine = await add_vendor(database, clock, tenants[0], "A")
    for vendor_id in (mine, mine + 1000):
        with pytest.raises(VendorNotFound):
            await knowledge(database, tenants[1], vendor_id)
        with pytest.raises(VendorNotFound):
            await add(database, clock, tenants[1], NewEntry("v", "x", vendor_id))


async def test_every_change_raises_the_versions_of_the_vendors_concerned(
    database: Database, clock: ManualClock, tenants: Tenants
) -> None:
    mine = await add_vendor(database, clock, tenants[0], "A")
    other = await add_vendor(database, clock, tenants[0], "B")
    foreign = await add_vendor(database, clock, tenants[1], "C")
    await add(database, clock, tenants[0], NewEntry("v", "own", mine))
    await add(database, clock, tenants[0], NewEntry("g", "shared"))
    async with database.unit_of_work() as session:
        await repository.put_parameters(session, tenants[0], mine, [NewParameter("x", "k", "1")], now=clock.now())
    versions = [(await knowledge(database, PLATFORM, vendor_id)).version for vendor_id in (mine, other, foreign)]
    assert versions == [4, 2, 1]


async def test_a_parameter_is_added_once_and_then_changed(
    database: Database, clock: ManualClock, tenants: Tenants
) -> None:
    mine = await add_vendor(database, clock, tenants[0], "A")
    for value in ("1", "2"):
        async with database.unit_of_work() as session:
            new = [NewParameter("payment", "day", value, unit="號")]
            await repository.put_parameters(session, tenants[0], mine, new, now=clock.now())
    assert (await knowledge(database, tenants[0], mine)).parameters["day"].value == "2"


async def test_a_shared_entry_needs_a_tenant(database: Database, clock: ManualClock) -> None:
    with pytest.raises(ValueError, match="tenant"):
        await add(database, clock, PLATFORM, NewEntry("g", "x"))
