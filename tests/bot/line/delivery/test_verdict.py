from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.line.delivery import DeliveryState, Outcome, OutcomeKind, Verdict, judge
from bot.line.delivery.verdict import TOKEN_LIFE, TOKEN_SURELY_ALIVE
from bot.line.events import EventState

SENT, TOKEN, CONTENT = OutcomeKind.SENT, OutcomeKind.TOKEN_REFUSED, OutcomeKind.CONTENT_REFUSED
RATE, ACCESS, UNKNOWN = OutcomeKind.RATE_LIMITED, OutcomeKind.ACCESS_REFUSED, OutcomeKind.UNKNOWN
FRESH, OLD = timedelta(seconds=3), TOKEN_LIFE


def seconds(number: float) -> timedelta:
    return timedelta(seconds=number)


def decide(
    kind: OutcomeKind,
    *,
    attempts: int = 1,
    doubtful: bool = False,
    repaired: bool = True,
    age: timedelta = FRESH,
    retry_after: float | None = None,
) -> Verdict:
    outcome = Outcome(kind=kind, retry_after=retry_after)
    return judge(outcome, attempts=attempts, doubtful=doubtful, repaired=repaired, age=age)


@pytest.mark.parametrize("doubtful", [False, True])
@pytest.mark.parametrize("age", [FRESH, OLD])
def test_what_line_took_is_answered(doubtful: bool, age: timedelta) -> None:
    wanted = Verdict(delivery=DeliveryState.SENT, event=EventState.ANSWERED)
    assert decide(SENT, doubtful=doubtful, age=age) == wanted


def test_a_token_refused_at_the_first_try_has_expired() -> None:
    wanted = Verdict(delivery=DeliveryState.REFUSED, event=EventState.FAILED, reason="reply_token_expired")
    assert decide(TOKEN) == wanted


@pytest.mark.parametrize(
    ("age", "event"),
    [
        (TOKEN_SURELY_ALIVE, EventState.ANSWERED),
        (TOKEN_SURELY_ALIVE + seconds(0.001), EventState.FAILED),
    ],
)
def test_a_token_refused_after_a_doubtful_try_was_used_by_it_if_it_must_still_have_lived(
    age: timedelta, event: EventState
) -> None:
    wanted = Verdict(delivery=DeliveryState.UNKNOWN, event=event, reason="outcome_unknown")
    assert decide(TOKEN, attempts=2, doubtful=True, age=age) == wanted


def test_refused_content_is_repaired_once_and_at_once() -> None:
    wanted = Verdict(delivery=DeliveryState.REFUSED, retry_in=seconds(0), repair=True)
    assert decide(CONTENT, repaired=False) == wanted


def test_content_that_is_refused_as_plain_text_too_is_given_up() -> None:
    wanted = Verdict(delivery=DeliveryState.REFUSED, event=EventState.FAILED, reason="content_refused")
    assert decide(CONTENT, repaired=True) == wanted


@pytest.mark.parametrize(
    ("kind", "doubtful", "state"),
    [
        (UNKNOWN, False, DeliveryState.UNKNOWN),
        (UNKNOWN, True, DeliveryState.UNKNOWN),
        (RATE, False, DeliveryState.REFUSED),
        (RATE, True, DeliveryState.UNKNOWN),
        (ACCESS, False, DeliveryState.REFUSED),
        (ACCESS, True, DeliveryState.UNKNOWN),
    ],
)
def test_what_may_pass_is_tried_again_and_doubt_stays(kind: OutcomeKind, doubtful: bool, state: DeliveryState) -> None:
    assert decide(kind, doubtful=doubtful) == Verdict(delivery=state, retry_in=seconds(0.5))


@pytest.mark.parametrize(
    ("kind", "doubtful", "state", "reason"),
    [
        (UNKNOWN, False, DeliveryState.UNKNOWN, "outcome_unknown"),
        (RATE, True, DeliveryState.UNKNOWN, "outcome_unknown"),
        (RATE, False, DeliveryState.REFUSED, "rate_limited"),
        (ACCESS, False, DeliveryState.REFUSED, "access_refused"),
    ],
)
def test_nothing_is_tried_again_beyond_the_tokens_life(
    kind: OutcomeKind, doubtful: bool, state: DeliveryState, reason: str
) -> None:
    wanted = Verdict(delivery=state, event=EventState.FAILED, reason=reason)
    assert decide(kind, doubtful=doubtful, age=TOKEN_LIFE - seconds(0.5)) == wanted


@pytest.mark.parametrize(("attempts", "wait"), [(1, 0.5), (2, 1), (3, 2), (4, 4), (5, 8), (6, 8), (99, 8)])
def test_waits_double_up_to_eight_seconds(attempts: int, wait: float) -> None:
    assert decide(UNKNOWN, attempts=attempts).retry_in == seconds(wait)


@pytest.mark.parametrize(("told", "wait"), [(0, 0.5), (3, 3), (20, 20)])
def test_line_is_asked_again_when_it_says(told: float, wait: float) -> None:
    assert decide(RATE, retry_after=told).retry_in == seconds(wait)


def test_a_wait_beyond_the_tokens_life_is_not_begun() -> None:
    assert decide(RATE, retry_after=58).event is EventState.FAILED


@given(
    kind=st.sampled_from(OutcomeKind),
    attempts=st.integers(1, 50),
    doubtful=st.booleans(),
    repaired=st.booleans(),
    age=st.integers(0, 300).map(seconds),
)
def test_every_verdict_either_ends_the_event_or_says_when_to_try_again(
    kind: OutcomeKind, attempts: int, doubtful: bool, repaired: bool, age: timedelta
) -> None:
    verdict = decide(kind, attempts=attempts, doubtful=doubtful, repaired=repaired, age=age)
    assert (verdict.event is None) != (verdict.retry_in is None)
    assert verdict.event in {None, EventState.ANSWERED, EventState.FAILED}
    assert (verdict.event is EventState.FAILED) <= (verdict.reason is not None)
