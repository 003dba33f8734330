"""Reply tokens that came with events which nobody answers by themselves: they still send for free."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.line.events import EventState
from bot.models import LineEvent


async def unspent_events(
    session: AsyncSession, channel_id: uuid.UUID, lane: str, *, since: datetime
) -> list[tuple[int, str, datetime]]:
    """Id, payload and arrival of a lane's events that ended without a reply since then, the newest first."""
    unspent = (
        select(LineEvent.id, LineEvent.payload, LineEvent.received_at)
        .where(LineEvent.channel_id == channel_id, LineEvent.lane == lane, LineEvent.received_at > since)
        .where(LineEvent.state.in_([EventState.HANDED_OVER, EventState.SILENT]), LineEvent.delivery_id.is_(None))
        .order_by(LineEvent.id.desc())
        .limit(3)
    )
    return [(event_id, payload, received_at) for event_id, payload, received_at in await session.execute(unspent)]


async def spend(session: AsyncSession, event_id: int, delivery_id: int) -> bool:
    """Let a delivery use an event's reply token; False when another took it."""
    taken = (
        update(LineEvent)
        .where(LineEvent.id == event_id, LineEvent.delivery_id.is_(None))
        .values(delivery_id=delivery_id)
        .returning(LineEvent.id)
    )
    return await session.scalar(taken) is not None
