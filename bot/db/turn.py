"""Taking turns at writing: fair among equals, with a way to the front for what must not wait."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class WriteTurn:
    """SQLite has one writer at a time. Waiting for a turn here costs nothing, while waiting inside
    SQLite polls with growing sleeps and can starve.

    Urgent writers go before the others: a webhook must be stored within LINE's two seconds,
    however many conversations are being worked on.
    """

    def __init__(self) -> None:
        self._taken = False
        self._urgent: deque[asyncio.Future[None]] = deque()
        self._ordinary: deque[asyncio.Future[None]] = deque()

    @asynccontextmanager
    async def taken(self, *, urgent: bool = False) -> AsyncIterator[None]:
        """Hold the turn for the length of the block."""
        await self.take(urgent=urgent)
        try:
            yield
        finally:
            self.give_back()

    async def take(self, *, urgent: bool = False) -> None:
        """Wait for the turn; `give_back` must follow."""
        if not self._taken:
            self._taken = True
            return
        mine: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        (self._urgent if urgent else self._ordinary).append(mine)
        try:
            await mine
        except asyncio.CancelledError:
            if mine.done() and not mine.cancelled():
                # The turn was handed over in the moment of the cancellation: pass it on.
                self.give_back()
            raise

    def give_back(self) -> None:
        """Hand the turn to whoever waits first."""
        for queue in (self._urgent, self._ordinary):
            while queue:
                following = queue.popleft()
                if not following.done():
                    following.set_result(None)
                    return
        self._taken = False
