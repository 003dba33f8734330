"""Broadcasts: drafted, scheduled, being sent, and what became of them."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Select, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from bot.line.delivery import DeliveryState
from bot.line.events import SourceType
from bot.models import Bot, Broadcast, Contact, Conversation, Delivery
from handlers.line.repository.lanes import unheld

LANE_PREFIX = "broadcast"


class BroadcastState(StrEnum):
    """A broadcast is open while it is scheduled or being sent; of these a bot has one at a time."""

    DRAFT = "draft"
    SCHEDULED = "scheduled"
    SENDING = "sending"
    DONE = "done"
    STOPPED = "stopped"
    CANCELLED = "cancelled"


_OPEN = (BroadcastState.SCHEDULED, BroadcastState.SENDING)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """People by what became of their message, and what that cost. `open` are still to be sent."""

    sent: int = 0
    refused: int = 0
    unknown: int = 0
    open: int = 0
    cost: int = 0


def broadcast_lane(broadcast_id: int) -> str:
    """The lane in which a broadcast is begun and ended."""
    return f"{LANE_PREFIX}:{broadcast_id}"


async def add_broadcast(session: AsyncSession, broadcast: Broadcast) -> None:
    """Write a new draft. What its bot has drafted before is dropped."""
    older = update(Broadcast).where(Broadcast.bot_id == broadcast.bot_id, Broadcast.state == BroadcastState.DRAFT)
    await session.execute(older.values(state=BroadcastState.CANCELLED, ended_at=broadcast.created_at))
    session.add(broadcast)
    await session.flush()


async def find_broadcast(session: AsyncSession, broadcast_id: int) -> Broadcast | None:
    """A broadcast as it is now."""
    return await session.get(Broadcast, broadcast_id, populate_existing=True)


async def open_broadcast(session: AsyncSession, bot_id: uuid.UUID) -> Broadcast | None:
    """The broadcast of a bot that is scheduled or being sent."""
    found = select(Broadcast).where(Broadcast.bot_id == bot_id, Broadcast.state.in_(_OPEN)).order_by(Broadcast.id)
    broadcast: Broadcast | None = await session.scalar(found.limit(1))
    return broadcast


async def change_broadcast(
    session: AsyncSession, broadcast_id: int, *, only_from: Sequence[BroadcastState], **changes: Any
) -> bool:
    """Set columns of a broadcast that is in one of these states; False where it isn't any more."""
    changed = (
        update(Broadcast)
        .where(Broadcast.id == broadcast_id, Broadcast.state.in_(only_from))
        .values(**changes)
        .returning(Broadcast.id)
    )
    return await session.scalar(changed) is not None


async def schedule_broadcast(session: AsyncSession, broadcast: Broadcast, *, at: datetime, recipients: int) -> bool:
    """Let a draft be sent at that time; False where it isn't a draft any more, or another is open."""
    other = aliased(Broadcast)
    others = select(other.id).where(other.bot_id == broadcast.bot_id, other.state.in_(_OPEN))
    scheduled = (
        update(Broadcast)
        .where(Broadcast.id == broadcast.id, Broadcast.state == BroadcastState.DRAFT, ~others.exists())
        .values(state=BroadcastState.SCHEDULED, scheduled_at=at, due_at=at, recipients=recipients)
        .returning(Broadcast.id)
    )
    return await session.scalar(scheduled, execution_options={"synchronize_session": False}) is not None


async def due_broadcasts(session: AsyncSession, now: datetime, *, limit: int) -> Sequence[str]:
    """Lanes of broadcasts that are to be worked on and that nobody is at."""
    due = select(Broadcast.id).where(Broadcast.due_at.is_not(None), Broadcast.due_at <= now).limit(limit)
    return await unheld(session, [broadcast_lane(broadcast_id) for broadcast_id in await session.scalars(due)], now=now)


async def count_followers(session: AsyncSession, bot: Bot, *, shared: bool) -> int:
    """How many people a broadcast of this bot would go to."""
    people = _followers(bot, shared=shared).subquery()
    return int(await session.scalar(select(func.count()).select_from(people)) or 0)


async def followers(session: AsyncSession, bot: Bot, *, shared: bool) -> Sequence[str]:
    """LINE user ids of the people that a broadcast of this bot goes to.

    On a channel of its own that is everybody known there who hasn't blocked it, on a `shared` one who has talked
    with this bot.
    """
    return (await session.scalars(_followers(bot, shared=shared).order_by(Contact.id))).all()


async def tally_of(session: AsyncSession, broadcast_id: int) -> Tally:
    """What became of a broadcast so far."""
    rows = await session.execute(
        select(Delivery.state, Delivery.due_at.is_not(None), Delivery.recipients, Delivery.cost).where(
            Delivery.broadcast_id == broadcast_id
        )
    )
    people: Counter[str] = Counter()
    cost = 0
    for state, is_open, recipients, billed in rows:
        people["open" if is_open else state] += len(recipients or ())
        cost += billed
    return Tally(
        sent=people[DeliveryState.SENT],
        refused=people[DeliveryState.REFUSED],
        unknown=people[DeliveryState.UNKNOWN],
        open=people["open"],
        cost=cost,
    )


def _followers(bot: Bot, *, shared: bool) -> Select[str]:
    people = select(Contact.source_id).where(
        Contact.channel_id == bot.channel_id,
        Contact.source_type == SourceType.USER,
        Contact.unfollowed_at.is_(None),
    )
    if not shared:
        return people
    talked = select(Conversation.id).where(Conversation.contact_id == Contact.id, Conversation.bot_id == bot.id)
    return people.where(talked.exists())
