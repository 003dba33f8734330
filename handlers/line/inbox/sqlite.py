"""The inbox on SQLite: a thread and a connection of its own, one transaction a batch."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

from bot.db.engine import Database
from bot.db.sqlite import BUSY_TIMEOUT_MS, PRAGMAS
from handlers.line.inbox.rows import COLUMNS, InboxRow
from handlers.line.inbox.writer import StoreFailed

_INSERT = (
    f"INSERT INTO line_events ({', '.join(COLUMNS)}, attempts) "  # noqa: S608 - the names are constants of ours
    f"VALUES ({', '.join('?' for _ in COLUMNS)}, 0) "
    "ON CONFLICT (channel_id, webhook_event_id) DO NOTHING"
)


class SqliteInboxStore:
    """Commits in its own thread, in its turn among this process's writers."""

    def __init__(self, database: Database) -> None:
        if database.write_turn is None or database.url.database is None:
            raise ValueError("this store is for a SQLite file")
        self._path = database.url.database
        self._turn = database.write_turn
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="inbox")
        self._connection: sqlite3.Connection | None = None

    async def write(self, rows: Sequence[InboxRow]) -> None:
        loop = asyncio.get_running_loop()
        async with self._turn.taken(urgent=True):
            try:
                await loop.run_in_executor(self._thread, self._commit, rows)
            except sqlite3.Error as error:
                raise StoreFailed(str(error)) from error

    async def close(self) -> None:
        await asyncio.get_running_loop().run_in_executor(self._thread, self._disconnect)
        self._thread.shutdown()

    def _commit(self, rows: Sequence[InboxRow]) -> None:
        connection = self._connection or self._connect()
        try:
            connection.execute("BEGIN IMMEDIATE")
            connection.executemany(_INSERT, [_values(row) for row in rows])
            connection.execute("COMMIT")
        except sqlite3.Error:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            raise

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self._path, isolation_level=None, timeout=BUSY_TIMEOUT_MS / 1000)
        for pragma in PRAGMAS:
            connection.execute(pragma)
        self._connection = connection
        return connection

    def _disconnect(self) -> None:
        if self._connection is not None:
            self._connection.close()


def _values(row: InboxRow) -> tuple[object, ...]:
    """The row as SQLAlchemy's SQLite dialect would store it, so that the ORM reads it back."""
    return (row.channel_id.hex, *row[1:6], *(_text(moment) for moment in row[6:9]), *row[9:])


def _text(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")
