from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from bot.db.engine import Database
from bot.models import Partner, Tenant

NOW = datetime(2026, 1, 1, 8, 30, 15, 250_000, tzinfo=UTC)


def tenant() -> Tenant:
    return Tenant(name="示範", created_at=NOW, updated_at=NOW)


async def test_a_store_answers_when_it_is_asked(database: Database) -> None:
    await database.ping()


async def test_what_a_unit_of_work_wrote_can_be_read_by_others(database: Database) -> None:
    async with database.unit_of_work() as session:
        session.add(row := tenant())
    async with database.reading() as session:
        stored = await session.get_one(Tenant, row.id)
    assert (stored.name, stored.created_at) == ("示範", NOW)


async def test_a_unit_of_work_that_fails_leaves_nothing(database: Database) -> None:
    row = tenant()

    async def fail_half_way() -> None:
        async with database.unit_of_work() as session:
            session.add(row)
            await session.flush()
            raise LookupError

    with pytest.raises(LookupError):
        await fail_half_way()
    async with database.reading() as session:
        assert await session.get(Tenant, row.id) is None


async def test_slots_can_not_be_overdrawn_whatever_the_code_does(database: Database) -> None:
    async with database.unit_of_work() as session:
        session.add(row := tenant())
    overdrawn = Partner(
        tenant_id=row.id, name="p", slots_total=1, slots_used=2, is_active=True, created_at=NOW, updated_at=NOW
    )
    async with database.unit_of_work() as session:
        session.add(overdrawn)
        with pytest.raises(IntegrityError):
            await session.flush()
        await session.rollback()


async def test_sqlite_keeps_what_it_acknowledged(sqlite_database: Database) -> None:
    async with sqlite_database.reading() as session:
        answers = {name: (await session.execute(text(f"PRAGMA {name}"))).scalar_one() for name in PRAGMAS}
    assert answers == PRAGMAS


PRAGMAS = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}


async def test_another_store_of_the_same_kind_shares_nothing(postgresql_database: Database) -> None:
    async with postgresql_database.reading() as session:
        assert (await session.execute(text("SELECT count(*) FROM tenants"))).scalar_one() == 0


async def test_reading_from_postgresql_opens_no_transaction(postgresql_database: Database) -> None:
    # `now()` is when the transaction began.
    async with postgresql_database.reading() as session:
        first, second = [await session.scalar(text("SELECT now()")) for _ in range(2)]
    assert first < second
    async with postgresql_database.unit_of_work() as session:
        first, second = [await session.scalar(text("SELECT now()")) for _ in range(2)]
    assert first == second
