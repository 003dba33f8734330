"""Channels as their tenants and the operator see them, and how their events fare."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.line.events import OPEN_STATES, EventState
from bot.models import Bot, Channel, LineEvent
from bot.tenancy.principal import Principal
from bot.tenancy.scope import changeable_by, visible_to

# As JSON is written with and without a space; within a text the quotes would be escaped.
_AGAIN = or_(
    LineEvent.payload.contains('"isRedelivery":true', autoescape=True),
    LineEvent.payload.contains('"isRedelivery": true', autoescape=True),
)


@dataclass(frozen=True, slots=True)
class EventHealth:
    """The events of a channel since some moment: all, those that failed by reason, those that came a second time.

    `oldest_open` is when the oldest event arrived that isn't final, however long ago.
    """

    count: int
    redelivered: int
    failed: Mapping[str, int] = field(default_factory=dict)
    oldest_open: datetime | None = None


async def list_channels(session: AsyncSession, principal: Principal) -> Sequence[Channel]:
    """The channels that the principal may see: the central one first, then the oldest."""
    statement = select(Channel).order_by(Channel.is_central.desc(), Channel.created_at, Channel.id)
    return (await session.scalars(visible_to(principal, statement, Channel))).all()


async def visible_channel(session: AsyncSession, principal: Principal, channel_id: uuid.UUID) -> Channel | None:
    """The channel of this id, where the principal may see it."""
    wanted = select(Channel).where(Channel.id == channel_id)
    channel: Channel | None = await session.scalar(visible_to(principal, wanted, Channel))
    return channel


async def changeable_channel(session: AsyncSession, principal: Principal, channel_id: uuid.UUID) -> Channel | None:
    """The channel of this id, locked, where the principal may change it."""
    wanted = select(Channel).where(Channel.id == channel_id).with_for_update()
    channel: Channel | None = await session.scalar(changeable_by(principal, wanted, Channel))
    return channel


async def bots_by_channel(session: AsyncSession, principal: Principal) -> Mapping[uuid.UUID, Sequence[Bot]]:
    """The active bots that the principal may see, by the channel that they answer on."""
    found: dict[uuid.UUID, list[Bot]] = {}
    wanted = select(Bot).where(Bot.is_active).order_by(Bot.created_at, Bot.id)
    for bot in await session.scalars(visible_to(principal, wanted, Bot)):
        found.setdefault(bot.channel_id, []).append(bot)
    return found


async def event_health(session: AsyncSession, channel_id: uuid.UUID, *, since: datetime) -> EventHealth:
    """How the events of a channel fared that arrived since then."""
    recent = (LineEvent.channel_id == channel_id, LineEvent.received_at >= since)
    ended = select(LineEvent.state, LineEvent.reason, func.count()).where(*recent)
    rows = (await session.execute(ended.group_by(LineEvent.state, LineEvent.reason))).all()
    again = await session.scalar(select(func.count()).where(*recent, _AGAIN))
    oldest = select(func.min(LineEvent.received_at))
    open_here = (LineEvent.channel_id == channel_id, LineEvent.state.in_(OPEN_STATES))
    return EventHealth(
        count=sum(count for *_, count in rows),
        redelivered=again or 0,
        failed={reason or "": count for state, reason, count in rows if state == EventState.FAILED},
        oldest_open=await session.scalar(oldest.where(*open_here)),
    )
