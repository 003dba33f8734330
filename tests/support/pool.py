"""PostgreSQL databases that tests use one after the other: each finds one as the migrations leave it.

To copy the template and to drop the copy takes a hundred times as long as to delete what a test wrote.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Coroutine
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any, TypeVar

import asyncpg

from tests.support import databases
from tests.support.postgresql import PostgresqlServer

T = TypeVar("T")

# Nobody vacuums these databases, so that each query is planned as in a new one; after so many uses comes a new one.
USES = 40
SECONDS = 30
# The server writes these queries: what each catalogue holds, and how to empty each table that isn't empty.
# A catalogue's row has the transaction that wrote it, so that no change of the schema leaves the sums as they were.
_SHAPE = """
    SELECT string_agg(format('SELECT %L, count(*), sum(xmin::text::bigint) FROM %I', name, name), ' UNION ALL ')
    FROM unnest(ARRAY['pg_class', 'pg_attribute', 'pg_constraint', 'pg_trigger', 'pg_proc', 'pg_type',
                      'pg_db_role_setting', 'alembic_version']) AS name
"""
_DIRTY = """
    SELECT 'SELECT ARRAY(' || string_agg(
        format('SELECT %L WHERE EXISTS (SELECT FROM %I)', format('DELETE FROM %I', tablename), tablename), ' UNION ALL '
    ) || ')'
    FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'alembic_version'
"""
_END_SESSIONS = """
    SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'
"""
_RESET_SEQUENCES = """
    SELECT setval(format('%I.%I', schemaname, sequencename)::regclass, start_value, false)
    FROM pg_sequences WHERE last_value IS NOT NULL
"""


@dataclass(slots=True)
class _Pooled:
    name: str
    control: asyncpg.Connection
    shape: str
    dirty: str
    new: list[asyncpg.Record]
    uses: int = 0


class DatabasePool:
    """The databases of one server. `take` gives the name of a migrated, empty one; `give_back` ends its use.

    It works on an event loop of its own, so that its connections outlive the tests' loops.
    """

    def __init__(self, server: PostgresqlServer) -> None:
        self._server = server
        self._free: list[_Pooled] = []
        self._taken: dict[str, _Pooled] = {}
        self._cleaning: list[Future[None]] = []
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="database-pool", daemon=True)
        self._thread.start()

    def take(self) -> str:
        """Returns the database's name."""
        while self._cleaning and not self._free:
            self._cleaning.pop(0).result(SECONDS)
        taken = self._free.pop() if self._free else self._run(self._made()).result(SECONDS)
        self._taken[taken.name] = taken
        return taken.name

    def give_back(self, name: str) -> None:
        """End whatever still speaks with the database and remove what was written, while the caller goes on."""
        self._cleaning.append(self._run(self._clean(self._taken.pop(name))))

    def close(self) -> None:
        for cleaning in self._cleaning:
            cleaning.result(SECONDS)
        for pooled in (*self._free, *self._taken.values()):
            pooled.control.terminate()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def _run(self, work: Coroutine[Any, Any, T]) -> Future[T]:
        return asyncio.run_coroutine_threadsafe(work, self._loop)

    async def _made(self) -> _Pooled:
        name = await databases.create_database(self._server)
        control = await asyncpg.connect(**self._server.connection(name))
        shape, dirty = await control.fetchval(_SHAPE), await control.fetchval(_DIRTY)
        return _Pooled(name, control, shape, dirty, await control.fetch(shape))

    async def _clean(self, pooled: _Pooled) -> None:
        try:
            clean = await self._emptied(pooled)
        except (asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError, OSError):
            # The test ended the pool's connection with others, or left the database in a state of its own.
            clean = False
        if clean:
            self._free.append(pooled)
        else:
            pooled.control.terminate()
            await databases.drop_database(self._server, pooled.name)

    async def _emptied(self, pooled: _Pooled) -> bool:
        """Whether the database is like a new one again."""
        pooled.uses += 1
        control = pooled.control
        while await control.fetchval(_END_SESSIONS):
            await control.execute("SELECT pg_sleep(0.002)")
        if pooled.uses >= USES or await control.fetch(pooled.shape) != pooled.new:
            return False
        if dirty := await control.fetchval(pooled.dirty):
            # As a replica it neither checks foreign keys nor needs an order of the tables.
            await control.execute(f"BEGIN; SET LOCAL session_replication_role = replica; {';'.join(dirty)}; COMMIT")
        await control.execute(_RESET_SEQUENCES)
        return not await control.fetchval(pooled.dirty)
