"""What an outcome means for the delivery and for the event it answers. Pure.

LINE's reference: a reply token works once, within about a minute of the webhook; a used or
expired one is refused with "Invalid reply token", and nothing is sent when an error is returned.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from bot.line.delivery.outcome import Outcome, OutcomeKind
from bot.line.events import EventState

# Past this age repeating a reply is pointless. It is no promise: LINE asks not to rely on the limit.
TOKEN_LIFE = timedelta(seconds=60)
# Up to this age a refused token was surely not refused for being old.
TOKEN_SURELY_ALIVE = timedelta(seconds=45)
FIRST_WAIT = timedelta(seconds=0.5)
LONGEST_WAIT = timedelta(seconds=8)


class DeliveryState(StrEnum):
    """`planned` until it is begun, `sending` until the call's end is recorded. `unknown` is final once
    no attempt is to come."""

    PLANNED = "planned"
    SENDING = "sending"
    SENT = "sent"
    REFUSED = "refused"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """Exactly one of `event` (final) and `retry_in` is set. `repair`: retry as plain text."""

    delivery: DeliveryState
    event: EventState | None = None
    reason: str | None = None
    retry_in: timedelta | None = None
    repair: bool = False


def judge(outcome: Outcome, *, attempts: int, doubtful: bool, repaired: bool, age: timedelta) -> Verdict:
    """Decide after attempt number `attempts`.

    `doubtful`: an earlier attempt's outcome was unknown. `age`: time since the webhook arrived.
    """
    kind = outcome.kind
    if kind is OutcomeKind.SENT:
        return Verdict(delivery=DeliveryState.SENT, event=EventState.ANSWERED)
    if kind is OutcomeKind.TOKEN_REFUSED:
        return _after_refused_token(doubtful=doubtful, age=age)
    if kind is OutcomeKind.QUOTA_EXHAUSTED or (kind is OutcomeKind.CONTENT_REFUSED and repaired):
        return _given_up(DeliveryState.REFUSED, outcome)
    if kind is OutcomeKind.CONTENT_REFUSED:
        return Verdict(delivery=DeliveryState.REFUSED, retry_in=timedelta(0), repair=True)
    in_doubt = doubtful or kind is OutcomeKind.UNKNOWN
    state = DeliveryState.UNKNOWN if in_doubt else DeliveryState.REFUSED
    wait = wait_after(outcome, attempts, longest=LONGEST_WAIT)
    if age + wait >= TOKEN_LIFE:
        return _given_up(state, outcome)
    return Verdict(delivery=state, retry_in=wait)


def _after_refused_token(*, doubtful: bool, age: timedelta) -> Verdict:
    """A token that is refused while it must still live was used: by our own doubtful attempt."""
    if not doubtful:
        return Verdict(delivery=DeliveryState.REFUSED, event=EventState.FAILED, reason="reply_token_expired")
    arrived = age <= TOKEN_SURELY_ALIVE
    return Verdict(
        delivery=DeliveryState.UNKNOWN,
        event=EventState.ANSWERED if arrived else EventState.FAILED,
        reason="outcome_unknown",
    )


def _given_up(state: DeliveryState, outcome: Outcome) -> Verdict:
    reason = "outcome_unknown" if state is DeliveryState.UNKNOWN else str(outcome.kind)
    return Verdict(delivery=state, event=EventState.FAILED, reason=reason)


def wait_after(outcome: Outcome, attempts: int, *, longest: timedelta) -> timedelta:
    """How long to wait after attempt number `attempts`: as long as LINE says, else each time twice as long."""
    if outcome.retry_after is not None:
        return max(timedelta(seconds=outcome.retry_after), FIRST_WAIT)
    return min(FIRST_WAIT * (1 << min(attempts - 1, 10)), longest)
