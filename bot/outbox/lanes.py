"""What a lane is to the code that works it: a lease that guards every write, and a worker's verbs."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol, TypeVar

from sqlalchemy.ext.asyncio import AsyncSession

from bot.clock import Clock
from bot.db.engine import Database
from bot.outbox import repository

# Work of a process that was killed or frozen is picked up once its lease ran out and the next sweep
# came by: within LEASE plus the runner's sweep interval, which together stay under 10 s.
LEASE = timedelta(seconds=6)


class LeaseLost(Exception):
    """The lane was claimed by another process; nothing more may be written or sent under this lease."""


# The bound on what a process works at once, as held by the task that works a lane.
SLOT: ContextVar[asyncio.Semaphore | None] = ContextVar("slot", default=None)


@asynccontextmanager
async def parked() -> AsyncIterator[None]:
    """Leave one's place among the lanes that are worked at once, while only waiting for something.

    The lane stays claimed, and its order holds.
    """
    slot = SLOT.get()
    if slot is None:
        yield
        return
    slot.release()
    try:
        yield
    finally:
        await slot.acquire()


@dataclass(frozen=True, slots=True)
class Lease:
    """A claim on the lane `key`, valid as long as no higher `fence` was handed out."""

    key: str
    owner: uuid.UUID
    fence: int
    database: Database
    clock: Clock

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncSession]:
        """A unit of work that begins by checking the fence and holding the lane until it commits.

        Raises LeaseLost when the lane has been claimed since; nothing is written then.
        """
        async with self.database.unit_of_work() as session:
            if not await repository.hold(session, self.key, fence=self.fence, until=self.clock.now() + LEASE):
                raise LeaseLost(self.key)
            yield session


Item = TypeVar("Item")
Result = TypeVar("Result")


class LaneWorker(Protocol[Item, Result]):
    """What a capability tells the runner about its lanes; keys begin with `prefix` and a colon."""

    prefix: str

    async def take(self, session: AsyncSession, lease: Lease, now: datetime) -> Item | None:
        """The lane's next due item, marked as being worked on; None when nothing is due."""
        ...

    async def perform(self, lease: Lease, item: Item) -> Result:
        """Do the work, outside of any transaction but those of `lease.transaction()`. Never raises
        for a fault of the item itself: the result says what became of it."""
        ...

    async def finish(self, session: AsyncSession, lease: Lease, item: Item, result: Result) -> None:
        """Record the result."""
        ...

    async def due(self, session: AsyncSession, now: datetime, *, limit: int) -> Sequence[str]:
        """Keys of unclaimed lanes that have something due."""
        ...

    async def next_due(self, session: AsyncSession, key: str) -> datetime | None:
        """When the lane's next item is due, in the past or later; None where there is none."""
        ...
