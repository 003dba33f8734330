"""What an outcome means for something that is pushed. Pure.

A push carries a retry key from its first attempt, so that repeating it can't show it twice: LINE's
documentation, "Retrying an API request", says that a key holds for 24 hours. Where there still is an
unused reply token, that is tried first, since it costs nothing; once its outcome is in doubt nothing
is pushed on top.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from bot.line.delivery.outcome import Outcome, OutcomeKind
from bot.line.delivery.verdict import TOKEN_LIFE, TOKEN_SURELY_ALIVE, DeliveryState, wait_after

RETRY_KEY_LIFE = timedelta(hours=24)
LONGEST_WAIT = timedelta(seconds=60)
ACCESS_WAIT = timedelta(seconds=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class PushSituation:
    """After attempt number `attempts`: `token_age` is None where the attempt was a push; `age` and `left` are the
    delivery's time since it was planned and until it expires."""

    attempts: int
    doubtful: bool
    repaired: bool
    token_age: timedelta | None
    age: timedelta
    left: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class PushVerdict:
    """Final where `retry_in` is None, then with a `reason` unless it was sent.

    `drop_token`: what follows is a push. `repair`: what follows is plain text, under a new key.
    """

    state: DeliveryState
    retry_in: timedelta | None = None
    drop_token: bool = False
    repair: bool = False
    reason: str | None = None


def judge_push(outcome: Outcome, now: PushSituation) -> PushVerdict:
    """Decide what follows an attempt."""
    if outcome.kind is OutcomeKind.SENT:
        return PushVerdict(state=DeliveryState.SENT)
    if outcome.kind is OutcomeKind.CONTENT_REFUSED:
        if now.repaired:
            return PushVerdict(state=DeliveryState.REFUSED, reason="content_refused")
        return PushVerdict(state=DeliveryState.REFUSED, retry_in=timedelta(0), repair=True)
    if now.token_age is not None:
        return _after_reply(outcome, now, token_age=now.token_age)
    return _after_push(outcome, now)


def _after_reply(outcome: Outcome, now: PushSituation, *, token_age: timedelta) -> PushVerdict:
    """A reply was tried. Only one that surely wasn't shown may be followed by a push."""
    in_doubt = now.doubtful or outcome.kind is OutcomeKind.UNKNOWN
    if not in_doubt:
        if outcome.kind is OutcomeKind.TOKEN_REFUSED:
            return PushVerdict(state=DeliveryState.REFUSED, retry_in=timedelta(0), drop_token=True)
        wait = _wait(outcome, now.attempts)
        spent = token_age + wait >= TOKEN_LIFE
        return PushVerdict(state=DeliveryState.REFUSED, retry_in=wait, drop_token=spent)
    if outcome.kind is OutcomeKind.TOKEN_REFUSED:
        # Refused while it must still live: our own doubtful attempt had used it.
        state = DeliveryState.SENT if token_age <= TOKEN_SURELY_ALIVE else DeliveryState.UNKNOWN
        return PushVerdict(state=state, reason=None if state is DeliveryState.SENT else "outcome_unknown")
    wait = _wait(outcome, now.attempts)
    if token_age + wait >= TOKEN_LIFE:
        return PushVerdict(state=DeliveryState.UNKNOWN, reason="outcome_unknown")
    return PushVerdict(state=DeliveryState.UNKNOWN, retry_in=wait)


def _after_push(outcome: Outcome, now: PushSituation) -> PushVerdict:
    in_doubt = now.doubtful or outcome.kind is OutcomeKind.UNKNOWN
    state = DeliveryState.UNKNOWN if in_doubt else DeliveryState.REFUSED
    if outcome.kind in (OutcomeKind.QUOTA_EXHAUSTED, OutcomeKind.TOKEN_REFUSED):
        return PushVerdict(state=state, reason=str(outcome.kind))
    wait = _wait(outcome, now.attempts)
    if now.left <= wait or now.age + wait >= RETRY_KEY_LIFE:
        return PushVerdict(state=state, reason="outcome_unknown" if in_doubt else str(outcome.kind))
    return PushVerdict(state=state, retry_in=wait)


def _wait(outcome: Outcome, attempts: int) -> timedelta:
    if outcome.kind is OutcomeKind.ACCESS_REFUSED and outcome.retry_after is None:
        return ACCESS_WAIT
    return wait_after(outcome, attempts, longest=LONGEST_WAIT)
