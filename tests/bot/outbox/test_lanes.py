from __future__ import annotations

import asyncio
import uuid
from contextlib import suppress

import pytest

from bot.clock import ManualClock
from bot.db.engine import Database
from bot.models import Lane, Tenant
from bot.outbox import repository
from bot.outbox.lanes import LEASE, Lease, LeaseLost

KEY = "line:channel:someone"


async def claim(database: Database, clock: ManualClock, owner: uuid.UUID | None = None) -> Lease | None:
    owner, now = owner or uuid.uuid4(), clock.now()
    async with database.unit_of_work() as session:
        fence = await repository.claim(session, KEY, owner=owner, now=now, until=now + LEASE)
    return Lease(KEY, owner, fence, database, clock) if fence is not None else None


async def claimed(database: Database, clock: ManualClock) -> Lease:
    lease = await claim(database, clock)
    assert lease is not None
    return lease


async def lane(database: Database) -> Lane:
    async with database.reading() as session:
        return await session.get_one(Lane, KEY)


async def test_every_lane_can_be_freed_at_once_and_its_holder_writes_no_more(
    database: Database, clock: ManualClock
) -> None:
    until = clock.now() + LEASE
    async with database.unit_of_work() as session:
        fence = await repository.claim(session, "a:b", owner=uuid.uuid4(), now=clock.now(), until=until)
        await repository.release_all(session, now=clock.now())
        taken = await repository.claim(session, "a:b", owner=uuid.uuid4(), now=clock.now(), until=until)
    assert (fence, taken) == (1, 2)


async def test_of_many_claims_at_once_one_wins(database: Database, clock: ManualClock) -> None:
    leases = await asyncio.gather(*(claim(database, clock) for _ in range(20)))
    [won] = [lease for lease in leases if lease]
    assert (won.fence, (await lane(database)).owner) == (1, won.owner)


async def test_of_many_claims_of_a_lapsed_lane_one_wins(database: Database, clock: ManualClock) -> None:
    await claimed(database, clock)
    clock.advance(LEASE)
    leases = await asyncio.gather(*(claim(database, clock) for _ in range(20)))
    assert [lease.fence for lease in leases if lease] == [2]


async def test_a_held_lane_can_not_be_claimed_not_even_by_its_owner(database: Database, clock: ManualClock) -> None:
    lease = await claimed(database, clock)
    clock.advance(LEASE * 0.99)
    assert await claim(database, clock) is None
    assert await claim(database, clock, lease.owner) is None


async def test_a_lease_that_ran_out_can_be_claimed_with_a_higher_fence(database: Database, clock: ManualClock) -> None:
    await claimed(database, clock)
    clock.advance(LEASE)
    assert (await claimed(database, clock)).fence == 2


async def test_a_released_lane_can_be_claimed_at_once(database: Database, clock: ManualClock) -> None:
    lease = await claimed(database, clock)
    async with lease.transaction() as session:
        await repository.release(session, KEY, fence=lease.fence, now=clock.now())
    assert (await lane(database)).owner is None
    assert (await claimed(database, clock)).fence == 2


async def test_an_old_owner_releases_nothing(database: Database, clock: ManualClock) -> None:
    old = await claimed(database, clock)
    clock.advance(LEASE)
    new = await claimed(database, clock)
    async with database.unit_of_work() as session:
        await repository.release(session, KEY, fence=old.fence, now=clock.now())
    assert (await lane(database)).owner == new.owner


async def test_a_renewed_lease_lasts_from_then_on(database: Database, clock: ManualClock) -> None:
    lease = await claimed(database, clock)
    clock.advance(LEASE / 2)
    async with database.unit_of_work() as session:
        await repository.renew(session, [KEY], owner=lease.owner, until=clock.now() + LEASE)
    clock.advance(LEASE * 0.9)
    assert await claim(database, clock) is None


async def test_nobody_renews_what_another_holds(database: Database, clock: ManualClock) -> None:
    before = (await claimed(database, clock)).clock.now() + LEASE
    async with database.unit_of_work() as session:
        await repository.renew(session, [KEY], owner=uuid.uuid4(), until=clock.now() + LEASE * 9)
    assert (await lane(database)).lease_until == before


async def test_a_transaction_under_a_lease_writes_and_extends_it(database: Database, clock: ManualClock) -> None:
    lease = await claimed(database, clock)
    clock.advance(LEASE / 2)
    async with lease.transaction() as session:
        session.add(a_tenant(clock))
    assert (await lane(database)).lease_until == clock.now() + LEASE
    assert await tenants(database) == 1


async def test_an_old_owner_is_refused_and_writes_nothing(database: Database, clock: ManualClock) -> None:
    old = await claimed(database, clock)
    clock.advance(LEASE)
    await claimed(database, clock)
    with pytest.raises(LeaseLost):
        async with old.transaction() as session:
            session.add(a_tenant(clock))
    assert await tenants(database) == 0


async def test_a_lapsed_lease_that_nobody_took_still_holds(database: Database, clock: ManualClock) -> None:
    lease = await claimed(database, clock)
    clock.advance(LEASE * 2)
    async with lease.transaction() as session:
        session.add(a_tenant(clock))
    assert await tenants(database) == 1
    assert await claim(database, clock) is None


async def test_a_transaction_that_fails_writes_nothing(database: Database, clock: ManualClock) -> None:
    lease = await claimed(database, clock)
    with suppress(ZeroDivisionError):
        async with lease.transaction() as session:
            session.add(a_tenant(clock))
            raise ZeroDivisionError
    assert await tenants(database) == 0


def a_tenant(clock: ManualClock) -> Tenant:
    return Tenant(id=uuid.UUID(int=7), name="written under a lease", created_at=clock.now(), updated_at=clock.now())


async def tenants(database: Database) -> int:
    async with database.reading() as session:
        return int(await session.get(Tenant, uuid.UUID(int=7)) is not None)
