"""Time as a port: the system's clock, and a clock that tests move by hand."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Protocol

# Where the shops are: Taiwan has kept UTC+8 without summer time since 1980.
SHOP_TIME = timezone(timedelta(hours=8), "Asia/Taipei")


class Clock(Protocol):
    """Tells the time. Every time in the platform is an aware UTC datetime."""

    def now(self) -> datetime: ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)


class ManualClock:
    """A clock that stands still until it is moved."""

    def __init__(self, start: datetime | None = None) -> None:
        self._now = start or datetime(2026, 1, 1, tzinfo=UTC)

    def now(self) -> datetime:
        return self._now

    def advance(self, by: timedelta) -> None:
        self._now += by
