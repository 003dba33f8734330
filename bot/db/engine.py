"""One async engine per store, tuned so that a commit that returned is on the disk."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, cast

from sqlalchemy import Connection, event, text
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine

from bot.db.sqlite import BUSY_TIMEOUT_MS, DRIVER, InlineConnection
from bot.db.turn import WriteTurn
from bot.db.unit_of_work import UnitOfWork

POSTGRESQL_POOL = 20
# A process that freezes, or whose machine drops off the network, leaves its transactions open, and their
# row locks keep everybody else from taking its work over. No transaction of ours waits for anything but
# the store, so the server ends one that stands idle before a lease of `bot.outbox` runs out.
POSTGRESQL_SESSION = {"idle_in_transaction_session_timeout": "5s"}
# The same for a process that froze between the parts of one statement, which doesn't count as idle.
# PostgreSQL knows this limit from version 17 on.
_LIMIT_TRANSACTIONS = (
    "SELECT set_config(name, '6s', false) FROM pg_catalog.pg_settings WHERE name = 'transaction_timeout'"
)


class Database:
    """The store: sessions for reading, units of work for writing.

    `url` is an SQLAlchemy URL with an async driver: `sqlite+aiosqlite` or `postgresql+asyncpg`.
    """

    def __init__(self, url: str) -> None:
        self.url = make_url(url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        if self.is_sqlite:
            self.engine = _sqlite_engine(url, writing=True)
            reading, heavy = _sqlite_engine(url, writing=False), _threaded_sqlite_engine(url)
        else:
            self.engine = _postgresql_engine(url)
            # Each statement by itself sees the latest commit in a transaction too: beginning and ending one around
            # reads takes two more round trips and changes nothing.
            reading = heavy = self.engine.execution_options(isolation_level="AUTOCOMMIT")
        self._engines = {self.engine, reading, heavy}
        self._writing = async_sessionmaker(self.engine, expire_on_commit=False)
        self._reading = async_sessionmaker(reading, expire_on_commit=False, autoflush=False)
        self._heavy = async_sessionmaker(heavy, expire_on_commit=False, autoflush=False)
        self.write_turn = WriteTurn() if self.is_sqlite else None

    @asynccontextmanager
    async def reading(self, *, heavy: bool = False) -> AsyncIterator[AsyncSession]:
        """A session for reads alone; nothing done in it is kept.

        `heavy`: what is read may be large, so it must not be fetched on the event loop.
        """
        async with (self._heavy if heavy else self._reading)() as session:
            yield session

    def unit_of_work(self) -> UnitOfWork:
        """A transaction that commits when its block ends well and rolls back when it doesn't."""
        return UnitOfWork(self._writing, self.write_turn)

    async def ping(self) -> None:
        """Ask the store for real; raises what the driver raises when it can't answer."""
        async with self.reading() as session:
            await session.execute(text("SELECT 1"))

    async def close(self) -> None:
        for engine in self._engines:
            await engine.dispose()


def _sqlite_engine(url: str, *, writing: bool) -> AsyncEngine:
    """The file's only writer in this process, or its readers: each statement by itself sees the latest commit."""
    target = make_url(url).set(drivername=DRIVER)
    if target.database and target.database != ":memory:":
        Path(target.database).parent.mkdir(parents=True, exist_ok=True)
    size: dict[str, Any] = {"pool_size": 1, "max_overflow": 0} if writing else {"pool_size": 4, "max_overflow": 8}
    engine = create_async_engine(target, hide_parameters=True, **size)
    if writing:
        event.listen(engine.sync_engine, "begin", _begin_writing)
    return engine


def _begin_writing(connection: Connection) -> None:
    # A deferred transaction that turns into a writer half-way fails at once when another process
    # wrote in between; beginning as the writer waits for its turn instead.
    cast("InlineConnection", connection.connection.dbapi_connection).begin()


def _threaded_sqlite_engine(url: str) -> AsyncEngine:
    """Readers in threads of their own, for what brings much at once."""
    options = {"timeout": BUSY_TIMEOUT_MS / 1000}
    return create_async_engine(url, hide_parameters=True, connect_args=options, pool_size=2, max_overflow=2)


def _postgresql_engine(url: str) -> AsyncEngine:
    engine = create_async_engine(
        url,
        hide_parameters=True,
        pool_size=POSTGRESQL_POOL,
        max_overflow=POSTGRESQL_POOL,
        pool_pre_ping=True,
        connect_args={"server_settings": POSTGRESQL_SESSION},
    )
    event.listen(engine.sync_engine, "connect", _limit_transactions)
    return engine


def _limit_transactions(connection: Any, _record: object) -> None:
    # What a session is told in a transaction that is then rolled back is forgotten.
    connection.autocommit = True
    cursor = connection.cursor()
    cursor.execute(_LIMIT_TRANSACTIONS)
    cursor.close()
    connection.autocommit = False
