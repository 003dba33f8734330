from datetime import UTC, datetime, timedelta, timezone

import pytest

from partner_api.wire import timestamp


@pytest.mark.parametrize(
    ("moment", "shown"),
    [
        (datetime(2026, 11, 22, 3, 0, 0, 999_999, tzinfo=UTC), "2026-11-22T03:00:00Z"),
        (datetime(2026, 11, 22, 3, tzinfo=timezone(timedelta(hours=8))), "2026-11-21T19:00:00Z"),
        (datetime(1, 1, 1, tzinfo=UTC), "0001-01-01T00:00:00Z"),
    ],
)
def test_a_moment_is_shown_in_utc_to_the_second_with_four_digits_of_its_year(moment: datetime, shown: str) -> None:
    assert timestamp(moment) == shown
