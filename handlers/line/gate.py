"""How many questions of one bot are worked on at once, so that a busy shop doesn't make the others wait."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from bot.outbox.lanes import parked

MOST_AT_ONCE = 12


class BotGate:
    """At most `limit` questions of each bot at once in this process; more wait, in order."""

    def __init__(self, limit: int = MOST_AT_ONCE) -> None:
        self._limit = limit
        self._gates: dict[uuid.UUID, asyncio.Semaphore] = {}
        self._users: dict[uuid.UUID, int] = {}

    @asynccontextmanager
    async def passing(self, bot_id: uuid.UUID) -> AsyncIterator[None]:
        """Wait for a place, without holding one among all that this process works on."""
        gate = self._gates.setdefault(bot_id, asyncio.Semaphore(self._limit))
        self._users[bot_id] = self._users.get(bot_id, 0) + 1
        try:
            if gate.locked():
                async with parked():
                    await gate.acquire()
            else:
                await gate.acquire()
            try:
                yield
            finally:
                gate.release()
        finally:
            self._users[bot_id] -= 1
            if not self._users[bot_id]:
                del self._users[bot_id], self._gates[bot_id]
