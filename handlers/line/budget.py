"""What a month costs a bot: the limit that binds it first, how much of it is used, and where that leads."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from bot.models import Bot, Channel
from handlers.line import repository
from handlers.line.months import forecast, month_begin, month_end
from handlers.line.pushing import limit_of, used_on

MUCH = 0.8


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """Billed messages of this month: `used`, of how many (`limit`, None: any number), and by its end."""

    used: int
    limit: int | None
    forecast: int

    @property
    def left(self) -> int | None:
        return None if self.limit is None else max(0, self.limit - self.used)

    @property
    def share(self) -> float:
        """How much of the limit is used; 1 is all of it."""
        if self.limit is None:
            return 0.0
        return self.used / self.limit if self.limit else 1.0

    @property
    def warning(self) -> str | None:
        """What its owner should be told: the limit is reached, nearly, or will be; None for nothing."""
        if self.limit is None or (self.limit == 0 and self.used == 0):
            return None
        if self.share >= 1:
            return "reached"
        if self.share >= MUCH:
            return "nearly"
        return "ahead" if self.forecast > self.limit else None


async def channel_budget(session: AsyncSession, channel: Channel, *, now: datetime) -> Budget:
    """The month of a channel, with whatever else was sent on it."""
    used = await used_on(session, channel, now=now)
    lumps = await repository.broadcast_cost(session, channel_id=channel.id, since=month_begin(now))
    ahead = await repository.reserved(session, channel_id=channel.id, until=month_end(now))
    return Budget(used=used, limit=channel.quota_limit, forecast=_forecast(used, lumps, ahead.total, now=now))


async def budget_of(session: AsyncSession, bot: Bot, channel: Channel, *, now: datetime) -> Budget:
    """The month of a bot: its channel's where that is its own, or its own limit where that is nearer to its end."""
    limit, _ = limit_of(bot, channel)
    whole = await channel_budget(session, channel, now=now)
    if limit is None and not channel.is_central:
        return whole
    used = await repository.billed(session, bot.id, since=month_begin(now))
    lumps = await repository.broadcast_cost(session, bot_id=bot.id, since=month_begin(now))
    ahead = await repository.reserved(session, bot_id=bot.id, until=month_end(now))
    own = Budget(used=used, limit=limit, forecast=_forecast(used, lumps, ahead.total, now=now))
    return whole if whole.share > own.share and not channel.is_central else own


def _forecast(used: int, lumps: int, ahead: int, *, now: datetime) -> int:
    sent_at_once = min(used, lumps)
    return forecast(used - sent_at_once, sent_at_once + ahead, now=now)
