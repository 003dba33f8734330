"""One async engine per store, tuned so that a commit that returned is on the disk."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, event, text
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine

from bot.db.unit_of_work import UnitOfWork

BUSY_TIMEOUT_MS = 5_000
POSTGRESQL_POOL = 20


class Database:
    """The store: sessions for reading, units of work for writing.

    `url` is an SQLAlchemy URL with an async driver: `sqlite+aiosqlite` or `postgresql+asyncpg`.
    """

    def __init__(self, url: str) -> None:
        self.url = make_url(url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        self.engine = _sqlite_engine(url) if self.is_sqlite else _postgresql_engine(url)
        writing = self.engine.execution_options(writing=True)
        self._reading = async_sessionmaker(self.engine, expire_on_commit=False, autoflush=False)
        self._writing = async_sessionmaker(writing, expire_on_commit=False)
        # SQLite has one writer at a time. Waiting for a turn here is fair and costs nothing, while
        # waiting inside SQLite polls with growing sleeps and can starve.
        self.write_turn: asyncio.Lock | None = asyncio.Lock() if self.is_sqlite else None

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncSession]:
        """A session for reads alone; nothing done in it is kept."""
        async with self._reading() as session:
            yield session

    def unit_of_work(self) -> UnitOfWork:
        """A transaction that commits when its block ends well and rolls back when it doesn't."""
        return UnitOfWork(self._writing, self.write_turn)

    async def ping(self) -> None:
        """Ask the store for real; raises what the driver raises when it can't answer."""
        async with self.reading() as session:
            await session.execute(text("SELECT 1"))

    async def close(self) -> None:
        await self.engine.dispose()


def _sqlite_engine(url: str) -> AsyncEngine:
    path = make_url(url).database
    if path and path != ":memory:":
        Path(path).parent.mkdir(parents=True, exist_ok=True)
    engine = create_async_engine(url, connect_args={"timeout": BUSY_TIMEOUT_MS / 1000})

    @event.listens_for(engine.sync_engine, "connect")
    def _configure(connection: Any, _record: Any) -> None:
        # The driver must not begin transactions by itself: `_begin` below chooses their kind.
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in SQLITE_PRAGMAS:
            cursor.execute(pragma)
        cursor.close()

    @event.listens_for(engine.sync_engine, "begin")
    def _begin(connection: Connection) -> None:
        # A deferred transaction that turns into a writer half-way fails at once when another one
        # wrote in between; BEGIN IMMEDIATE waits for its turn instead.
        writing = connection.get_execution_options().get("writing", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")

    return engine


SQLITE_PRAGMAS = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    f"PRAGMA busy_timeout={BUSY_TIMEOUT_MS}",
    "PRAGMA foreign_keys=ON",
)


def _postgresql_engine(url: str) -> AsyncEngine:
    return create_async_engine(url, pool_size=POSTGRESQL_POOL, max_overflow=POSTGRESQL_POOL, pool_pre_ping=True)
