from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.line.delivery import DeliveryState, Outcome, OutcomeKind, PushSituation, PushVerdict, judge_push

KIND = OutcomeKind
SENT, REFUSED, UNKNOWN = DeliveryState.SENT, DeliveryState.REFUSED, DeliveryState.UNKNOWN
DAY = timedelta(hours=24)
SITUATION = PushSituation(
    attempts=1, doubtful=False, repaired=False, token_age=None, age=timedelta(seconds=1), left=DAY
)


def judged(kind: OutcomeKind, *, retry_after: float | None = None, **changes: Any) -> PushVerdict:
    return judge_push(Outcome(kind=kind, retry_after=retry_after), replace(SITUATION, **changes))


def seconds(number: float) -> timedelta:
    return timedelta(seconds=number)


def test_a_push_that_line_took_is_sent() -> None:
    assert judged(KIND.SENT) == PushVerdict(state=SENT)


@pytest.mark.parametrize("kind", [KIND.QUOTA_EXHAUSTED, KIND.TOKEN_REFUSED])
def test_what_waiting_does_not_mend_is_given_up(kind: OutcomeKind) -> None:
    verdict = judged(kind)
    assert (verdict.state, verdict.retry_in, verdict.reason) == (REFUSED, None, str(kind))


def test_a_rate_limit_waits_as_line_says() -> None:
    assert judged(KIND.RATE_LIMITED, retry_after=7).retry_in == seconds(7)


def test_a_doubtful_push_is_repeated_under_its_key_for_a_day_and_then_left_unknown() -> None:
    again = judged(KIND.UNKNOWN, attempts=3)
    assert (again.state, again.retry_in, again.repair, again.drop_token) == (UNKNOWN, seconds(2), False, False)
    last = judged(KIND.UNKNOWN, age=DAY)
    assert (last.state, last.retry_in, last.reason) == (UNKNOWN, None, "outcome_unknown")


def test_nothing_is_begun_after_it_expired() -> None:
    verdict = judged(KIND.RATE_LIMITED, left=seconds(0))
    assert (verdict.state, verdict.retry_in, verdict.reason) == (REFUSED, None, "rate_limited")


def test_refused_content_is_tried_once_as_plain_text() -> None:
    assert judged(KIND.CONTENT_REFUSED) == PushVerdict(state=REFUSED, retry_in=seconds(0), repair=True)
    assert judged(KIND.CONTENT_REFUSED, repaired=True).reason == "content_refused"


def test_a_free_token_that_was_surely_not_used_gives_way_to_a_push() -> None:
    verdict = judged(KIND.TOKEN_REFUSED, token_age=seconds(50))
    assert (verdict.retry_in, verdict.drop_token) == (seconds(0), True)


@pytest.mark.parametrize(("age", "state"), [(10, SENT), (50, UNKNOWN)])
def test_a_token_that_is_refused_after_a_doubtful_try_is_never_pushed_on_top(age: int, state: DeliveryState) -> None:
    verdict = judged(KIND.TOKEN_REFUSED, token_age=seconds(age), doubtful=True)
    assert (verdict.state, verdict.retry_in, verdict.drop_token) == (state, None, False)


def test_a_rate_limited_reply_becomes_a_push_once_its_token_has_died() -> None:
    assert not judged(KIND.RATE_LIMITED, token_age=seconds(5), retry_after=2).drop_token
    assert judged(KIND.RATE_LIMITED, token_age=seconds(55), retry_after=10).drop_token


@given(
    kind=st.sampled_from(sorted(OutcomeKind)),
    attempts=st.integers(1, 50),
    doubtful=st.booleans(),
    repaired=st.booleans(),
    token_age=st.none() | st.integers(0, 100).map(seconds),
    age=st.integers(0, 100_000).map(seconds),
)
def test_a_reply_in_doubt_is_never_followed_by_a_push(
    kind: OutcomeKind, attempts: int, doubtful: bool, repaired: bool, token_age: timedelta | None, age: timedelta
) -> None:
    verdict = judged(
        kind, attempts=attempts, doubtful=doubtful, repaired=repaired, token_age=token_age, age=age, left=DAY - age
    )
    in_doubt = doubtful or kind is KIND.UNKNOWN
    assert not (verdict.drop_token and in_doubt)
    assert (verdict.retry_in is None) == (verdict.state is SENT or verdict.reason is not None)
