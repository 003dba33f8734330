from __future__ import annotations

import asyncio
import sys

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect

from bot import migrations
from bot.db.base import Base
from bot.db.engine import Database


def test_the_history_has_one_end() -> None:
    assert ScriptDirectory.from_config(migrations.configuration()).get_heads() == [migrations.head()]


def _differences(connection: Connection) -> object:
    return compare_metadata(MigrationContext.configure(connection, opts={"compare_type": True}), Base.metadata)


async def test_the_models_are_what_the_migrations_build(database: Database) -> None:
    async with database.engine.connect() as connection:
        assert await connection.run_sync(_differences) == []


def _details(connection: Connection) -> dict[str, object]:
    """What Alembic doesn't compare: conditions of indexes, and check constraints."""
    seen = inspect(connection)
    indexes = {index["name"]: index.get("dialect_options", {}) for index in seen.get_indexes("line_events")}
    return {
        "open": any("state" in str(value) for value in indexes["ix_line_events_open"].values()),
        "message": any("message_id" in str(value) for value in indexes["ix_line_events_message"].values()),
        "slots": [check["name"] for check in seen.get_check_constraints("partners")],
    }


async def test_conditions_of_indexes_and_checks_are_in_the_store(database: Database) -> None:
    async with database.engine.connect() as connection:
        details = await connection.run_sync(_details)
    assert details == {"open": True, "message": True, "slots": ["ck_partners_slots"]}


async def test_an_empty_store_is_brought_to_the_head(empty_url: str) -> None:
    assert await migrations.current(empty_url) is None
    await migrations.upgrade(empty_url)
    assert await migrations.current(empty_url) == migrations.head()


async def test_an_upgrade_of_an_up_to_date_store_changes_nothing(database_url: str) -> None:
    await migrations.upgrade(database_url)
    assert await migrations.current(database_url) == migrations.head()


async def _upgrade_in_a_process(url: str) -> int:
    code = "import asyncio, sys; from bot import migrations; asyncio.run(migrations.upgrade(sys.argv[1]))"
    return await (await asyncio.create_subprocess_exec(sys.executable, "-c", code, url)).wait()


async def test_processes_that_upgrade_at_once_take_turns(empty_url: str) -> None:
    assert await asyncio.gather(*(_upgrade_in_a_process(empty_url) for _ in range(3))) == [0, 0, 0]
    assert await migrations.current(empty_url) == migrations.head()


async def test_an_upgrade_that_fails_leaves_the_store_as_it_was(empty_url: str) -> None:
    with pytest.raises(Exception, match="Can't locate revision"):
        await migrations.upgrade(empty_url, "no-such-revision")
    assert await migrations.current(empty_url) is None


def _downgrade(connection: Connection) -> None:
    command.downgrade(migrations.configuration(connection), "base")


async def test_every_step_can_be_taken_back(database: Database) -> None:
    async with database.engine.begin() as connection:
        await connection.run_sync(_downgrade)
        tables = await connection.run_sync(lambda sync: inspect(sync).get_table_names())
    assert tables == ["alembic_version"]
