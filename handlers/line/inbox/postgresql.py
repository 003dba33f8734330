"""The inbox on PostgreSQL: a connection of its own, one multi-row insert a batch."""

from __future__ import annotations

from collections.abc import Sequence

import asyncpg
import msgspec

from bot.db.engine import Database
from handlers.line.inbox.rows import COLUMNS, TIMES, InboxRow
from handlers.line.inbox.writer import COMMIT_SECONDS, StoreFailed

_TYPES = {"channel_id": "uuid", **dict.fromkeys(TIMES, "timestamptz")}
_VALUES = ", ".join(f"(value->>{place})::{_TYPES.get(name, 'text')}" for place, name in enumerate(COLUMNS))
# The whole batch is one parameter: making arrays of it would take longer here than all the rest.
_INSERT = (
    f"INSERT INTO line_events ({', '.join(COLUMNS)}, attempts) "  # noqa: S608 - the names are constants of ours
    f"SELECT {_VALUES}, 0 FROM json_array_elements($1::json) "
    "ON CONFLICT (channel_id, webhook_event_id) DO NOTHING"
)
_TIMEOUT_SECONDS = COMMIT_SECONDS


class PostgresqlInboxStore:
    """Commits on one connection, which is made again after it broke."""

    def __init__(self, database: Database) -> None:
        self._dsn = database.url.set(drivername="postgresql").render_as_string(hide_password=False)
        self._connection: asyncpg.Connection[asyncpg.Record] | None = None

    async def write(self, rows: Sequence[InboxRow]) -> None:
        batch = msgspec.json.encode(rows).decode()
        try:
            connection = self._connection or await self._connect()
            await connection.execute(_INSERT, batch, timeout=_TIMEOUT_SECONDS)
        except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError, TimeoutError) as error:
            await self.close()
            raise StoreFailed(str(error)) from error

    async def close(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.terminate()

    async def _connect(self) -> asyncpg.Connection[asyncpg.Record]:
        # Whatever the server's default: a commit that returned must be on its disk.
        settings = {"synchronous_commit": "on"}
        self._connection = await asyncpg.connect(self._dsn, timeout=_TIMEOUT_SECONDS, server_settings=settings)
        return self._connection
