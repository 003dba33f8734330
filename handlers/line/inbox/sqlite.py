"""The inbox on SQLite: a connection of its own, one transaction a batch."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Sequence
from datetime import UTC, datetime

from sqlalchemy.util.concurrency import greenlet_spawn

from bot.db.engine import Database
from bot.db.sqlite import InlineConnection, InlineDriver
from handlers.line.inbox.rows import COLUMNS, InboxRow
from handlers.line.inbox.writer import StoreFailed

_INSERT = (
    f"INSERT INTO line_events ({', '.join(COLUMNS)}, attempts) "  # noqa: S608 - the names are constants of ours
    f"VALUES ({', '.join('?' for _ in COLUMNS)}, 0) "
    "ON CONFLICT (channel_id, webhook_event_id) DO NOTHING"
)


class SqliteInboxStore:
    """Inserts where it is called and commits in a thread, in its turn among this process's writers.

    In a thread, each row would give Python's lock away and wait for it again behind the event loop.
    """

    def __init__(self, database: Database) -> None:
        if database.write_turn is None or database.url.database is None:
            raise ValueError("this store is for a SQLite file")
        self._path = database.url.database
        self._turn = database.write_turn
        self._connection: InlineConnection | None = None

    async def write(self, rows: Sequence[InboxRow]) -> None:
        async with self._turn.taken(urgent=True):
            try:
                await greenlet_spawn(self._commit, rows)
            except sqlite3.Error as error:
                raise StoreFailed(str(error)) from error

    async def close(self) -> None:
        if self._connection is not None:
            self._connection.close()

    def _commit(self, rows: Sequence[InboxRow]) -> None:
        connection = self._connection or self._connect()
        try:
            connection.begin()
            connection.cursor().executemany(_INSERT, [_values(row) for row in rows])
            connection.commit()
        except sqlite3.Error:
            connection.rollback()
            raise
        except asyncio.CancelledError:
            # The commit goes on in its thread, and whoever touched its connection would wait for it.
            self._connection = None
            raise

    def _connect(self) -> InlineConnection:
        self._connection = InlineDriver().connect(self._path)
        return self._connection


def _values(row: InboxRow) -> tuple[object, ...]:
    """The row as SQLAlchemy's SQLite dialect would store it, so that the ORM reads it back."""
    received = _text(row.received_at)
    return (row.channel_id.hex, *row[1:6], _text(row.occurred_at), received, received, row.state, row.reason)


def _text(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(" ", "microseconds")[:26]
