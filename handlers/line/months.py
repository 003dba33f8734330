"""The month in which LINE counts billed messages, and what it will have cost by its end. Pure."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta

from bot.clock import SHOP_TIME

# LINE counts by the month of its own time zone; the shops' differs by an hour at most.
LINE_TIME = SHOP_TIME
# Before that much of a month is over, a single busy day says nothing about the rest.
LEAST_ELAPSED = timedelta(days=3)


def month_begin(now: datetime) -> datetime:
    """When the month began in which LINE counts at `now`."""
    return now.astimezone(LINE_TIME).replace(day=1, hour=0, minute=0, second=0, microsecond=0).astimezone(UTC)


def month_end(now: datetime) -> datetime:
    """When the month after that begins."""
    begin = month_begin(now).astimezone(LINE_TIME)
    return begin.replace(year=begin.year + begin.month // 12, month=begin.month % 12 + 1).astimezone(UTC)


def month_name(now: datetime) -> str:
    """Year and month as LINE counts at `now`, such as "2026-11"."""
    return f"{now.astimezone(LINE_TIME):%Y-%m}"


def forecast(everyday: int, lumps: int, *, now: datetime) -> int:
    """Billed messages by the end of the month.

    `everyday` is what came one by one since the month began, and goes on at the same pace; `lumps` are
    broadcasts, sent or planned, which don't repeat themselves.
    """
    begin, end = month_begin(now), month_end(now)
    pace = everyday / max(now - begin, LEAST_ELAPSED).total_seconds()
    return lumps + max(everyday, math.ceil(pace * (end - begin).total_seconds() - 1e-9))
