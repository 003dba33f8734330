from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from handlers.line.months import forecast, month_begin, month_end, month_name

MOMENTS = st.integers(0, 20 * 366 * 24 * 60).map(
    lambda minutes: datetime(2020, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
)
COUNTS = st.integers(0, 100_000)


def test_a_month_begins_at_midnight_in_taiwan() -> None:
    late = datetime(2026, 11, 30, 16, 30, tzinfo=UTC)
    assert month_begin(late) == datetime(2026, 11, 30, 16, tzinfo=UTC)
    assert month_end(late) == datetime(2026, 12, 31, 16, tzinfo=UTC)
    assert month_name(late) == "2026-12"


@given(MOMENTS)
def test_a_moment_lies_within_its_month(now: datetime) -> None:
    begin, end = month_begin(now), month_end(now)
    assert begin <= now < end
    assert timedelta(days=28) <= end - begin <= timedelta(days=31)
    assert month_begin(end) == end


def test_the_pace_of_half_a_month_doubles() -> None:
    half = month_begin(datetime(2026, 11, 10, tzinfo=UTC)) + timedelta(days=15)
    assert forecast(100, 0, now=half) == 200
    assert forecast(100, 50, now=half) == 250


def test_one_busy_first_day_is_no_reason_for_alarm() -> None:
    first = month_begin(datetime(2026, 11, 10, tzinfo=UTC)) + timedelta(hours=2)
    assert forecast(6, 0, now=first) == 60


@given(COUNTS, COUNTS, MOMENTS)
def test_nobody_is_told_less_than_was_used(everyday: int, lumps: int, now: datetime) -> None:
    assert forecast(everyday, lumps, now=now) >= everyday + lumps
