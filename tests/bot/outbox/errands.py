"""A worker for the runner's tests, whose items take what a callback makes them take."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import Select, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.clock import Clock
from bot.db.engine import Database
from bot.models import Channel, Lane, LineEvent
from bot.outbox.lanes import Lease

OPEN = LineEvent.state == "received"


@dataclass
class Errands:
    """Works the rows of lanes `errand:<name>`; `do` is what an item takes, `done` what was finished;
    `given_back` is called when a lane was."""

    database: Database
    clock: Clock
    channel_id: uuid.UUID = field(default_factory=uuid.uuid4)
    done: list[str] = field(default_factory=list)
    running: set[str] = field(default_factory=set)
    most_at_once: int = 0
    do: Callable[[Lease, LineEvent], Awaitable[None]] | None = None
    given_back: Callable[[], Awaitable[None]] | None = None
    prefix: str = "errand"

    async def prepare(self) -> None:
        now = self.clock.now()
        channel = Channel(id=self.channel_id, is_central=True, name="", secret_box=b"", token_box=b"")
        channel.created_at = channel.updated_at = now
        async with self.database.unit_of_work() as session:
            session.add(channel)

    async def add(self, lane: str, *names: str, due_in: timedelta = timedelta(0)) -> None:
        """Write items of a lane, due now unless told otherwise."""
        now = self.clock.now()
        async with self.database.unit_of_work() as session:
            for name in names:
                session.add(
                    LineEvent(
                        channel_id=self.channel_id,
                        webhook_event_id=name,
                        lane=f"errand:{lane}",
                        type="errand",
                        payload="",
                        occurred_at=now,
                        received_at=now,
                        due_at=now + due_in,
                        state="received",
                    )
                )
                await session.flush()

    async def take(self, session: AsyncSession, lease: Lease, now: datetime) -> LineEvent | None:
        item: LineEvent | None = await session.scalar(_due(now, lease.key))
        return item

    async def perform(self, lease: Lease, item: LineEvent) -> str:
        assert lease.key not in self.running, "a lane is worked by one task at a time"
        self.running.add(lease.key)
        self.most_at_once = max(self.most_at_once, len(self.running))
        try:
            await asyncio.sleep(0)
            if self.do is not None:
                await self.do(lease, item)
        finally:
            self.running.discard(lease.key)
        return item.webhook_event_id

    async def finish(self, session: AsyncSession, lease: Lease, item: LineEvent, result: str) -> None:
        (await session.get_one(LineEvent, item.id)).state = "answered"
        self.done.append(result)

    async def due(self, session: AsyncSession, now: datetime, *, limit: int) -> Sequence[str]:
        free = or_(Lane.key.is_(None), Lane.lease_until <= now)
        found = select(LineEvent.lane).outerjoin(Lane, Lane.key == LineEvent.lane).where(OPEN, free)
        return (await session.scalars(found.distinct().limit(limit))).all()

    async def next_due(self, session: AsyncSession, key: str) -> datetime | None:
        if self.given_back is not None:
            await self.given_back()
        following = select(LineEvent.due_at).where(OPEN, LineEvent.lane == key).order_by(LineEvent.id).limit(1)
        found: datetime | None = await session.scalar(following)
        return found


def _due(now: datetime, lane: str) -> Select[LineEvent]:
    return (
        select(LineEvent).where(OPEN, LineEvent.lane == lane, LineEvent.due_at <= now).order_by(LineEvent.id).limit(1)
    )
