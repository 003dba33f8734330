"""Fresh stores, one per test, copied from one that the real migrations built."""

from __future__ import annotations

import asyncio
import shutil
import uuid
from pathlib import Path

import asyncpg

from bot import migrations
from tests.support.postgresql import PostgresqlServer

TEMPLATE = "migrated"


def migrated_sqlite_file(path: Path) -> Path:
    """Build an SQLite store at `path` by the migrations. It is in one file, ready to be copied."""
    asyncio.run(migrations.upgrade(f"sqlite+aiosqlite:///{path}"))
    return path


def copy_sqlite(template: Path, to: Path) -> str:
    """Copy the migrated file; returns the copy's URL."""
    shutil.copyfile(template, to)
    return f"sqlite+aiosqlite:///{to}"


async def migrate_template(server: PostgresqlServer) -> None:
    """Build the database that every test's own one is copied from."""
    await _command(server, f"CREATE DATABASE {TEMPLATE}")
    await migrations.upgrade(server.url(TEMPLATE))


async def create_database(server: PostgresqlServer, template: str = TEMPLATE) -> str:
    """Make a database of its own, like `template` (`template0` for an empty one); returns its name."""
    name = f"test_{uuid.uuid4().hex}"
    await _command(server, f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY file_copy")
    return name


async def drop_database(server: PostgresqlServer, name: str) -> None:
    """Remove a test's database together with the connections that the test left open."""
    await _command(server, f"DROP DATABASE {name} WITH (FORCE)")


async def _command(server: PostgresqlServer, statement: str) -> None:
    connection = await asyncpg.connect(**server.connection())
    try:
        await connection.execute(statement)
    finally:
        await connection.close()
