from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import asyncpg
import pytest

from tests.support.pool import USES, DatabasePool
from tests.support.postgresql import PostgresqlServer

NEW_TENANT = (
    "INSERT INTO tenants (id, name, created_at, updated_at) VALUES (gen_random_uuid(), 'Left behind', now(), now())"
)
NEW_ENTRY = "SELECT nextval(pg_get_serial_sequence('line_events', 'id'))"


@pytest.fixture
def pool(postgresql_server: PostgresqlServer) -> Iterator[DatabasePool]:
    """A pool of this test's own, so that it knows which database is given out."""
    made = DatabasePool(postgresql_server)
    yield made
    made.close()


class Used:
    """Does something in a database of the pool and gives it back."""

    def __init__(self, pool: DatabasePool, server: PostgresqlServer) -> None:
        self.pool, self.server = pool, server
        self.open: list[asyncpg.Connection] = []

    async def do(self, statement: str) -> tuple[str, object]:
        """The database's name and the first value of the statement's result."""
        name = self.pool.take()
        self.open.append(await asyncpg.connect(**self.server.connection(name)))
        found = await self.open[-1].fetchval(statement)
        self.pool.give_back(name)
        return name, found


@pytest.fixture
async def used(pool: DatabasePool, postgresql_server: PostgresqlServer) -> AsyncIterator[Used]:
    made = Used(pool, postgresql_server)
    yield made
    for connection in made.open:
        connection.terminate()


async def test_what_was_written_is_gone_in_the_next_use(used: Used) -> None:
    first, _ = await used.do(NEW_TENANT)
    assert await used.do("SELECT count(*) FROM tenants") == (first, 0)


async def test_ids_begin_anew(used: Used) -> None:
    assert [(await used.do(NEW_ENTRY))[1] for _ in range(3)] == [1, 1, 1]


async def test_sessions_that_were_left_open_are_ended(used: Used) -> None:
    await used.do("SELECT pg_advisory_lock(1)")
    assert (await used.do("SELECT pg_try_advisory_lock(1)"))[1] is True
    with pytest.raises((asyncpg.PostgresError, asyncpg.InterfaceError, OSError)):
        await used.open[0].execute("SELECT 1")


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TABLE more (id int)",
        "ALTER TABLE tenants ALTER name DROP NOT NULL",
        "DROP INDEX ix_line_events_open",
        "UPDATE alembic_version SET version_num = '0000'",
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
        "WHERE datname = current_database() AND pid <> pg_backend_pid()",
    ],
)
async def test_a_database_that_is_no_longer_like_a_new_one_is_not_given_out_again(used: Used, statement: str) -> None:
    spoiled, _ = await used.do(statement)
    assert (await used.do("SELECT 1"))[0] != spoiled


async def test_no_database_is_used_for_ever(used: Used) -> None:
    names = [await used.do("SELECT 1") for _ in range(USES + 1)]
    assert len(set(names)) == 2
