"""What follows an attempt: the schedule of retries and the rules of each status. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from http import HTTPStatus

from bot.webhooks.errors import AnswerTooLarge, FetchFailed, FetchTimeout, UnsafeAddress, UnsafeHeaders
from bot.webhooks.repository.deliveries import Ended
from bot.webhooks.states import PauseReason, State

# A receiver that fails at once is tried at about 0 s, 30 s and 5 min.
WAITS = (timedelta(seconds=30), timedelta(seconds=270))
MOST_ATTEMPTS = len(WAITS) + 1
# So that what failed together doesn't come back together. It only ever adds.
JITTER = 0.05
LONGEST_RETRY_AFTER = timedelta(hours=1)
INTERRUPTED = "interrupted"
MESSAGE_LENGTH = 500

_SECONDS = re.compile(r"[0-9]+")
# More of them are longer than any wait that is kept to, and too many for a calculation.
_MOST_DIGITS = 9
_CODES: dict[int, str] = {HTTPStatus.GONE: "gone", HTTPStatus.TOO_MANY_REQUESTS: "rate_limited"}
_FAILURES: tuple[tuple[type[Exception], str], ...] = (
    (FetchTimeout, "timeout"),
    (AnswerTooLarge, "answer_too_large"),
    (FetchFailed, "connection_failed"),
    (UnsafeAddress, "unsafe_url"),
    (UnsafeHeaders, "unsafe_url"),
)


@dataclass(frozen=True, slots=True)
class Verdict:
    """Where a delivery goes from here. `wait` is how long a waiting one waits; `pause` stops its endpoint."""

    state: State
    wait: timedelta = timedelta(0)
    pause: PauseReason | None = None


def judge(ended: Ended, *, number: int, retry_after: timedelta | None, jitter: float, once: bool = False) -> Verdict:
    """What follows attempt `number`. `jitter` is from 0 to 1; what is tried `once` is never tried again."""
    if ended.success:
        return Verdict(State.SUCCEEDED)
    if ended.http_status == HTTPStatus.GONE and not once:
        return Verdict(State.FAILED, pause=PauseReason.GONE)
    if once or number >= MOST_ATTEMPTS:
        return Verdict(State.FAILED)
    wait = WAITS[number - 1] * (1 + JITTER * jitter)
    return Verdict(State.WAITING, wait=max(wait, min(retry_after or timedelta(0), LONGEST_RETRY_AFTER)))


def of_status(status: int, *, duration_ms: int) -> Ended:
    """What an answer with this status means: 2xx is success, nothing else is, and no redirect is followed."""
    if HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES:
        return Ended(http_status=status, duration_ms=duration_ms)
    redirects = HTTPStatus.MULTIPLE_CHOICES <= status < HTTPStatus.BAD_REQUEST
    message = "It redirects, which callbacks don't follow." if redirects else f"It answered with status {status}."
    return Ended(
        http_status=status,
        error_code=_CODES.get(status) or ("redirect" if redirects else "http_error"),
        error_message=message,
        duration_ms=duration_ms,
    )


def of_failure(failure: Exception, *, duration_ms: int) -> Ended:
    """What it means that there was no answer."""
    code = next(code for kind, code in _FAILURES if isinstance(failure, kind))
    return Ended(error_code=code, error_message=str(failure)[:MESSAGE_LENGTH], duration_ms=duration_ms)


def of_interruption() -> Ended:
    """An attempt whose process ended in the middle of it: it may have arrived or not."""
    return Ended(error_code=INTERRUPTED, error_message="The sending process ended before the answer was known.")


def read_retry_after(header: str | None, *, now: datetime) -> timedelta | None:
    """A Retry-After header (RFC 9110, 10.2.3) as a wait from `now`; None for what is none, and for a time gone by."""
    text = (header or "").strip()
    if _SECONDS.fullmatch(text):
        return timedelta(seconds=int(text)) if len(text) <= _MOST_DIGITS else LONGEST_RETRY_AFTER
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return None
    wait = (moment if moment.tzinfo else moment.replace(tzinfo=UTC)) - now
    return wait if wait > timedelta(0) else None
