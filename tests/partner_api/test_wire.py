from datetime import UTC, datetime, timedelta, timezone
from uuid import UUID

import pytest

from bot.errors import NotFound
from partner_api.wire import EXAMPLE_ID, timestamp, uuid_of


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


def test_an_id_is_taken_in_either_case() -> None:
    assert uuid_of(EXAMPLE_ID.upper(), NotFound) == UUID(EXAMPLE_ID)


@pytest.mark.parametrize(
    "text", ["create", "5", "", f"{{{EXAMPLE_ID}}}", EXAMPLE_ID.replace("-", ""), f" {EXAMPLE_ID}"]
)
def test_what_is_no_id_is_told_like_an_id_that_nobody_has(text: str) -> None:
    with pytest.raises(NotFound, match=NotFound.message):
        uuid_of(text, NotFound)
