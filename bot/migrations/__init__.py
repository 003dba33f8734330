"""The schema's history, run from code: there is no alembic.ini and no `alembic` command to know.

An upgrade is one transaction on both stores: it happens whole or not at all. Any number of
processes may ask for it at once; they take turns and the later ones find nothing left to do.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import NullPool

from bot.db.sqlite import BUSY_TIMEOUT_MS

# "shopkeep" in ASCII: the advisory lock that processes which upgrade PostgreSQL at once queue for.
ADVISORY_LOCK = 0x73686F706B656570
# A migration that waits for a table's lock makes every later query wait behind it, so it gives up soon.
LOCK_TIMEOUT = "5s"

Result = TypeVar("Result")


async def upgrade(url: str, revision: str = "head") -> None:
    """Bring the store at `url` (an SQLAlchemy URL with an async driver) up to `revision`.

    Raises what the driver raises where the store can't be reached or a lock is not to be had in
    `LOCK_TIMEOUT`; nothing is changed then.
    """
    await _in_transaction(url, lambda connection: command.upgrade(configuration(connection), revision))


async def current(url: str) -> str | None:
    """The revision that the store at `url` is at; None where no migration ever ran."""
    return await _in_transaction(url, _revision)


def head() -> str:
    """The newest revision this version of the code has.

    Raises alembic.util.CommandError when the history has more than one end.
    """
    newest = ScriptDirectory.from_config(configuration()).get_current_head()
    if newest is None:
        raise RuntimeError("bot/migrations/versions holds no revision")
    return newest


def configuration(connection: Connection | None = None) -> Config:
    """Alembic's configuration; `env.py` works on `connection`, in the transaction begun on it."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config


def _revision(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


async def _in_transaction(url: str, work: Callable[[Connection], Result]) -> Result:
    engine = _engine(url)
    try:
        async with engine.connect() as connection, connection.begin():
            await connection.run_sync(_take_turn)
            return await connection.run_sync(work)
    finally:
        await engine.dispose()


def _engine(url: str) -> AsyncEngine:
    """An engine of its own: enforced foreign keys would empty the tables that a batch rebuilds on SQLite."""
    given = make_url(url)
    if given.get_backend_name() != "sqlite":
        return create_async_engine(url, poolclass=NullPool)
    if given.database and given.database != ":memory:":
        Path(given.database).parent.mkdir(parents=True, exist_ok=True)
    seconds = BUSY_TIMEOUT_MS / 1000
    return create_async_engine(url, poolclass=NullPool, connect_args={"timeout": seconds, "isolation_level": None})


def _take_turn(connection: Connection) -> None:
    """Make processes that upgrade at once go one after the other, until the transaction ends."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("BEGIN IMMEDIATE")
        return
    connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": ADVISORY_LOCK})
    connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{LOCK_TIMEOUT}'")
