"""What a channel may still send this month: as LINE told it, and as our own ledger knows since."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, case, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.line.delivery import DeliveryState, OutcomeKind, Purpose
from bot.models import Bot, Broadcast, Channel, Delivery, DeliveryAttempt
from handlers.line.repository.broadcasts import BroadcastState
from handlers.line.repository.lanes import unheld

LANE_PREFIX = "quota"
# What was planned longer ago than that is hardly still on its way.
SENT_LATER_AT_MOST = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Reserved:
    """Billed messages that are still to come: queued, and of broadcasts that are scheduled."""

    queued: int
    scheduled: int

    @property
    def total(self) -> int:
        return self.queued + self.scheduled


def quota_lane(channel_id: uuid.UUID) -> str:
    """The lane in which LINE is asked about a channel's quota."""
    return f"{LANE_PREFIX}:{channel_id.hex}"


async def channels_to_ask(session: AsyncSession, *, before: datetime, now: datetime, limit: int) -> Sequence[uuid.UUID]:
    """Active channels whose quota was last told before then, and that nobody asks about just now."""
    old = or_(Channel.quota_checked_at.is_(None), Channel.quota_checked_at < before)
    wanted = select(Channel.id).where(Channel.is_active, old).limit(limit)
    found = {quota_lane(channel_id): channel_id for channel_id in await session.scalars(wanted)}
    return [found[key] for key in await unheld(session, list(found), now=now)]


async def save_quota(
    session: AsyncSession, channel_id: uuid.UUID, *, limit: int | None, used: int, now: datetime
) -> None:
    """Keep what is known of a channel's month."""
    known = {"quota_limit": limit, "quota_used": used, "quota_checked_at": now}
    await session.execute(update(Channel).where(Channel.id == channel_id).values(**known))


async def reserved(
    session: AsyncSession,
    *,
    until: datetime,
    channel_id: uuid.UUID | None = None,
    bot_id: uuid.UUID | None = None,
    apart_from: int | None = None,
) -> Reserved:
    """What is under way or planned before `until`, of a channel or a bot, apart from one broadcast."""
    queued = select(func.coalesce(func.sum(_people(session)), 0)).where(
        *_whose(Delivery, channel_id, bot_id), Delivery.due_at.is_not(None), Delivery.retry_key.is_not(None)
    )
    scheduled = select(func.coalesce(func.sum(Broadcast.recipients), 0)).where(
        *_whose(Broadcast, channel_id, bot_id), Broadcast.state == BroadcastState.SCHEDULED, Broadcast.due_at < until
    )
    if apart_from is not None:
        scheduled = scheduled.where(Broadcast.id != apart_from)
    return Reserved(int(await session.scalar(queued) or 0), int(await session.scalar(scheduled) or 0))


async def sent_since(session: AsyncSession, channel_id: uuid.UUID, since: datetime) -> int:
    """Billed messages that a channel has sent since LINE was asked, and that its figure doesn't hold."""
    billed = select(func.coalesce(func.sum(Delivery.cost), 0)).where(
        Delivery.channel_id == channel_id,
        Delivery.created_at >= since - SENT_LATER_AT_MOST,
        Delivery.updated_at >= since,
        Delivery.state == DeliveryState.SENT,
    )
    return int(await session.scalar(billed) or 0)


async def billed(session: AsyncSession, bot_id: uuid.UUID, *, since: datetime) -> int:
    """Billed messages that a bot has caused since then."""
    counted = select(func.coalesce(func.sum(Delivery.cost), 0)).where(*_whose(Delivery, None, bot_id))
    return int(await session.scalar(counted.where(Delivery.created_at >= since)) or 0)


async def broadcast_cost(
    session: AsyncSession, *, since: datetime, channel_id: uuid.UUID | None = None, bot_id: uuid.UUID | None = None
) -> int:
    """What the broadcasts of a channel or a bot have cost since then."""
    counted = select(func.coalesce(func.sum(Delivery.cost), 0)).where(*_whose(Delivery, channel_id, bot_id))
    of_broadcasts = counted.where(Delivery.created_at >= since, Delivery.purpose == Purpose.BROADCAST)
    return int(await session.scalar(of_broadcasts) or 0)


async def bots_that_cost(session: AsyncSession, channel_id: uuid.UUID, *, since: datetime) -> Sequence[Bot]:
    """The bots of a channel that have caused billed messages since then."""
    spent = select(Delivery.bot_id).where(
        Delivery.channel_id == channel_id, Delivery.created_at >= since, Delivery.cost > 0
    )
    return (await session.scalars(select(Bot).where(Bot.is_active, Bot.id.in_(spent)))).all()


async def was_out_of_quota(session: AsyncSession, delivery: Delivery) -> bool:
    """Whether LINE refused the last attempt since the month's messages are used up."""
    last = select(DeliveryAttempt.outcome).where(
        DeliveryAttempt.delivery_id == delivery.id,
        DeliveryAttempt.number == delivery.attempts,
        DeliveryAttempt.http_status.is_not(None),
    )
    return await session.scalar(last) == OutcomeKind.QUOTA_EXHAUSTED


def _people(session: AsyncSession) -> ColumnElement[Any]:
    """How many people a delivery goes to."""
    of_postgresql = session.get_bind().dialect.name == "postgresql"
    length = func.jsonb_array_length if of_postgresql else func.json_array_length
    return case((Delivery.kind == "multicast", length(Delivery.recipients)), else_=1)


def _whose(model: Any, channel_id: uuid.UUID | None, bot_id: uuid.UUID | None) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if channel_id is not None:
        conditions.append(model.channel_id == channel_id)
    if bot_id is not None:
        conditions.append(model.bot_id == bot_id)
    return conditions
