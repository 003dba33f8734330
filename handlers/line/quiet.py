"""The hours in which nobody wants a phone to ring. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.clock import SHOP_TIME

EVENING, MORNING = 21, 8


def after_quiet_hours(moment: datetime) -> datetime:
    """`moment`, or eight o'clock of the next morning where it lies between nine and eight, in the shops' time."""
    local = moment.astimezone(SHOP_TIME)
    if MORNING <= local.hour < EVENING:
        return moment
    day = local + timedelta(days=1) if local.hour >= EVENING else local
    return day.replace(hour=MORNING, minute=0, second=0, microsecond=0).astimezone(moment.tzinfo)
