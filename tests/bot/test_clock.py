from __future__ import annotations

from datetime import UTC, datetime, timedelta

from bot.clock import ManualClock, SystemClock


def test_the_system_clock_tells_aware_utc() -> None:
    assert SystemClock().now().tzinfo is UTC


def test_a_manual_clock_stands_still() -> None:
    clock = ManualClock()
    assert clock.now() == clock.now() == datetime(2026, 1, 1, tzinfo=UTC)


def test_a_manual_clock_goes_as_far_as_it_is_moved() -> None:
    clock = ManualClock(datetime(2026, 5, 1, tzinfo=UTC))
    clock.advance(timedelta(seconds=50))
    assert clock.now() == datetime(2026, 5, 1, 0, 0, 50, tzinfo=UTC)
