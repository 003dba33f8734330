"""SQLite under the async engine without a thread for every statement.

A statement on a local file takes some ten microseconds, and handing it to a thread and back takes
ten times that, several times over (measured: 0.8 ms a statement through aiosqlite, 0.2 ms here).
So statements run where they are called; what may really wait runs in a thread: the commit with its
fsync, a lock that another process holds, and a statement that writes or removes megabytes. Reads that
bring much at once use the engine on aiosqlite (`Database.reading(heavy=True)`).
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable
from typing import Any

from sqlalchemy import AdaptedConnection, pool
from sqlalchemy.dialects import registry
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.engine import URL
from sqlalchemy.util.concurrency import await_

from bot.uninterrupted import uninterrupted

DRIVER = "sqlite+inline"
BUSY_TIMEOUT_MS = 5_000
# A value from this size on takes milliseconds to write: some 3 ms for a megabyte.
LARGE = 1024 * 1024
# Put into a statement that may take as long without such a value: `delete(...).prefix_with(HEAVY, dialect="sqlite")`.
HEAVY = "/* heavy */"
PRAGMAS = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    "PRAGMA foreign_keys=ON",
)


class InlineCursor(sqlite3.Cursor):
    """A `sqlite3` cursor with the one step that SQLAlchemy awaits; its rows are at hand already."""

    server_side = False

    def execute(self, statement: str, parameters: Any = ()) -> InlineCursor:
        if HEAVY in statement or any(_is_large(value) for value in parameters):
            _in_thread(lambda: super(InlineCursor, self).execute(statement, parameters))
            return self
        super().execute(statement, parameters)
        return self

    async def _async_soft_close(self) -> None:
        return None


class InlineConnection(AdaptedConnection):
    """A `sqlite3` connection whose waiting steps are awaited in a thread."""

    __slots__ = ("_connection", "dbapi")

    def __init__(self, dbapi: InlineDriver, connection: sqlite3.Connection) -> None:
        self.dbapi = dbapi
        self._connection: Any = connection

    def cursor(self, server_side: bool = False) -> InlineCursor:
        cursor: InlineCursor = self._connection.cursor(InlineCursor)
        return cursor

    def execute(self, statement: str, parameters: Any = ()) -> sqlite3.Cursor:
        cursor: sqlite3.Cursor = self._connection.execute(statement, parameters)
        return cursor

    def create_function(self, *arguments: Any, **options: Any) -> None:
        self._connection.create_function(*arguments, **options)

    def begin(self) -> None:
        """Become the writer. Another process may be it just now, and waiting for it takes a thread."""
        try:
            self._connection.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY:
                raise
            _in_thread(self._begin_patiently)

    def commit(self) -> None:
        if self._connection.in_transaction:
            _in_thread(self._connection.commit)

    def rollback(self) -> None:
        if self._connection.in_transaction:
            self._connection.rollback()

    def close(self) -> None:
        self._connection.close()

    def _begin_patiently(self) -> None:
        self._connection.execute(f"PRAGMA busy_timeout={BUSY_TIMEOUT_MS}")
        try:
            self._connection.execute("BEGIN IMMEDIATE")
        finally:
            self._connection.execute("PRAGMA busy_timeout=0")


class InlineDriver:
    """What SQLAlchemy takes for the driver's module: `sqlite3` with connections of our kind."""

    def __getattr__(self, name: str) -> Any:
        return getattr(sqlite3, name)

    def connect(self, *arguments: Any, **options: Any) -> InlineConnection:
        # No transaction begins by itself: `InlineConnection.begin` says when and as what.
        options |= {"check_same_thread": False, "isolation_level": None, "timeout": 0}
        connection = sqlite3.connect(*arguments, **options)
        for pragma in PRAGMAS:
            connection.execute(pragma)
        return InlineConnection(self, connection)


class InlineDialect(SQLiteDialect_pysqlite):
    """SQLAlchemy's SQLite dialect, on `InlineDriver`."""

    driver = "inline"
    supports_statement_cache = True
    is_async = True

    @classmethod
    def import_dbapi(cls) -> Any:
        return InlineDriver()

    @classmethod
    def get_pool_class(cls, url: URL) -> type[pool.Pool]:
        return pool.AsyncAdaptedQueuePool

    def get_driver_connection(self, connection: Any) -> Any:
        return connection.driver_connection


registry.register("sqlite.inline", __name__, InlineDialect.__name__)


def _is_large(value: object) -> bool:
    return isinstance(value, bytes | str) and len(value) >= LARGE


def _in_thread(step: Callable[[], object]) -> None:
    # What follows a step that was given up, the rollback, must not run beside it or before it.
    await_(uninterrupted(asyncio.get_running_loop().run_in_executor(None, step)))
