"""A month's ledger: what went out for free, what was billed, and what didn't arrive."""

from __future__ import annotations

import uuid
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Select, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.line.delivery import DeliveryState
from bot.models import Bot, Channel, Delivery, LateAnswer
from handlers.line.repository.follow_ups import FOLLOW_UPS


@dataclass(slots=True, kw_only=True)
class Usage:
    """What one bot sent in a time; `bot_id` None is what was said in no bot's name.

    `free` are replies that LINE took, `fetched` the late answers that were fetched by their button. `billed`
    are messages by purpose. `refused` and `unknown` count deliveries that LINE surely didn't or perhaps didn't take.
    """

    bot_id: uuid.UUID | None
    free: int = 0
    fetched: int = 0
    billed: Counter[str] = field(default_factory=Counter)
    refused: int = 0
    unknown: int = 0

    @property
    def total_billed(self) -> int:
        return self.billed.total()


async def usage_of_bot(session: AsyncSession, bot: Bot, *, since: datetime, until: datetime) -> Usage:
    """What a bot sent in that time."""
    found = await _usage(session, _sent(since, until).where(Delivery.bot_id == bot.id))
    mine = found.get(bot.id) or Usage(bot_id=bot.id)
    mine.fetched = (await _fetched(session, since=since, until=until, bot_id=bot.id)).get(bot.id, 0)
    return mine


async def usage_of_channel(
    session: AsyncSession, channel_id: uuid.UUID, *, since: datetime, until: datetime
) -> list[Usage]:
    """What each bot sent on a channel in that time, the dearest first."""
    found = await _usage(session, _sent(since, until).where(Delivery.channel_id == channel_id))
    fetched = await _fetched(session, since=since, until=until)
    for bot_id, usage in found.items():
        usage.fetched = fetched.get(bot_id, 0) if bot_id is not None else 0
    return sorted(found.values(), key=lambda usage: (usage.total_billed, usage.free), reverse=True)


async def all_channels(session: AsyncSession) -> list[Channel]:
    """Every active channel, the central one first."""
    found = select(Channel).where(Channel.is_active).order_by(Channel.is_central.desc(), Channel.created_at)
    return list(await session.scalars(found))


def _sent(since: datetime, until: datetime) -> Select[uuid.UUID | None, str, str, str, int, int]:
    by = (Delivery.bot_id, Delivery.kind, Delivery.purpose, Delivery.state)
    cost = func.coalesce(func.sum(Delivery.cost), 0)
    within = Delivery.created_at >= since, Delivery.created_at < until
    return select(*by, func.count(), cost).where(*within).group_by(*by)


async def _usage(
    session: AsyncSession, statement: Select[uuid.UUID | None, str, str, str, int, int]
) -> dict[uuid.UUID | None, Usage]:
    found: dict[uuid.UUID | None, Usage] = {}
    for bot_id, kind, purpose, state, count, cost in await session.execute(statement):
        usage = found.setdefault(bot_id, Usage(bot_id=bot_id))
        if state == DeliveryState.SENT and kind == "reply":
            usage.free += count
        elif state == DeliveryState.SENT:
            usage.billed[purpose] += int(cost)
        elif state == DeliveryState.REFUSED:
            usage.refused += count
        elif state == DeliveryState.UNKNOWN:
            usage.unknown += count
    return found


async def _fetched(
    session: AsyncSession, *, since: datetime, until: datetime, bot_id: uuid.UUID | None = None
) -> dict[uuid.UUID, int]:
    told = (
        select(LateAnswer.bot_id, func.count())
        .where(LateAnswer.told_at >= since, LateAnswer.told_at < until)
        # What the shop's people answered later was told without a button.
        .where(LateAnswer.state.not_in(FOLLOW_UPS))
    )
    if bot_id is not None:
        told = told.where(LateAnswer.bot_id == bot_id)
    rows = await session.execute(told.group_by(LateAnswer.bot_id))
    return {row[0]: row[1] for row in rows}
