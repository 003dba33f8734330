"""Group commit: all requests that wait while one commit runs share the next one.

The batch is what gathered meanwhile, without a timer, so a quiet server commits each request at
once and a busy one commits many with a single fsync. An ORM session a request reached a tenth of
this (see `benchmarks/webhook.py`), which is why this path writes SQL of its own.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Protocol

from bot.errors import Unavailable
from bot.logging import get_logger
from handlers.line.inbox.rows import InboxRow

# LINE gives a webhook two seconds. It waits for one commit that runs already and for its own, and
# whoever would wait longer is told to send it again.
COMMIT_SECONDS = 0.85
MAX_ROWS_A_COMMIT = 500

log = get_logger(__name__)


class InboxUnavailable(Unavailable):
    """The events could not be stored in time; nothing was acknowledged."""

    code = "inbox_unavailable"
    message = "The events could not be stored. Please send them again."


class StoreFailed(Exception):
    """A store could not commit a batch; none of it was stored."""


class InboxStore(Protocol):
    """Writes rows durably: once `write` returns, they survive a crash of the machine."""

    async def write(self, rows: Sequence[InboxRow]) -> None:
        """Insert the rows whose (channel, webhook event id) is new, all in one transaction.

        Raises StoreFailed when nothing was stored.
        """
        ...

    async def close(self) -> None: ...


class Inbox:
    """One writer a process. `on_stored` is called with the lanes of each committed batch."""

    def __init__(self, store: InboxStore, *, on_stored: Callable[[Sequence[str]], None]) -> None:
        self._store = store
        self._on_stored = on_stored
        self._waiting: list[tuple[Sequence[InboxRow], asyncio.Future[None]]] = []
        self._committing: list[tuple[Sequence[InboxRow], asyncio.Future[None]]] = []
        self._arrived = asyncio.Event()
        self._writer: asyncio.Task[None] | None = None

    def start(self) -> None:
        self._writer = asyncio.create_task(self._write_batches())

    async def stop(self) -> None:
        """Store what is waiting, then close the store."""
        if self._writer is not None:
            unanswered = [stored for _, stored in (*self._committing, *self._waiting)]
            await asyncio.gather(*unanswered, return_exceptions=True)
            self._writer.cancel()
            await asyncio.gather(self._writer, return_exceptions=True)
        await self._store.close()

    async def accept(self, rows: Sequence[InboxRow]) -> None:
        """Return once the rows are durably stored; rows that were there already count as stored.

        Raises InboxUnavailable when that did not happen in time.
        """
        stored: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((rows, stored))
        self._arrived.set()
        try:
            await stored
        except StoreFailed as error:
            raise InboxUnavailable from error

    async def _write_batches(self) -> None:
        while True:
            await self._arrived.wait()
            # One turn of the loop lets requests that arrived with the same read join this commit.
            await asyncio.sleep(0)
            batch = self._committing = self._take_batch()
            if not self._waiting:
                self._arrived.clear()
            try:
                async with asyncio.timeout(COMMIT_SECONDS):
                    await self._store.write([row for rows, _ in batch for row in rows])
            except (StoreFailed, TimeoutError) as error:
                log.exception("inbox_commit_failed", requests=len(batch))
                _settle(batch, StoreFailed(str(error)))
                continue
            _settle(batch, None)
            self._on_stored(list(dict.fromkeys(row.lane for rows, _ in batch for row in rows)))

    def _take_batch(self) -> list[tuple[Sequence[InboxRow], asyncio.Future[None]]]:
        """The requests that wait, up to the size of one commit."""
        taken = count = 0
        for rows, _ in self._waiting:
            if count and count + len(rows) > MAX_ROWS_A_COMMIT:
                break
            count += len(rows)
            taken += 1
        batch, self._waiting = self._waiting[:taken], self._waiting[taken:]
        return batch


def _settle(batch: Sequence[tuple[Sequence[InboxRow], asyncio.Future[None]]], error: Exception | None) -> None:
    for _, stored in batch:
        if stored.done():
            continue
        if error is None:
            stored.set_result(None)
        else:
            stored.set_exception(error)
