from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.outbox.retry import RetryPolicy

POLICY = RetryPolicy(max_attempts=6, first=timedelta(seconds=1), longest=timedelta(seconds=8))


@pytest.mark.parametrize(
    ("attempts", "seconds"), [(0, 1), (1, 1), (2, 2), (3, 4), (4, 8), (5, 8), (6, None), (7, None)]
)
def test_waits_double_up_to_the_longest_and_end_with_the_last_attempt(attempts: int, seconds: int | None) -> None:
    assert POLICY.delay(attempts) == (None if seconds is None else timedelta(seconds=seconds))


def test_a_single_attempt_is_never_repeated() -> None:
    assert RetryPolicy(max_attempts=1).delay(1) is None


@given(attempts=st.integers(0, 10**6), longest=st.integers(1, 10**6))
def test_no_wait_is_longer_than_the_longest(attempts: int, longest: int) -> None:
    delay = RetryPolicy(max_attempts=10**7, longest=timedelta(seconds=longest)).delay(attempts)
    assert delay is not None
    assert timedelta(0) < delay <= timedelta(seconds=longest)
