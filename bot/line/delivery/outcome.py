"""What one call to LINE came to."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class OutcomeKind(StrEnum):
    """`unknown`: LINE may or may not have shown the messages. All but it and `sent` mean: not shown."""

    SENT = "sent"
    TOKEN_REFUSED = "token_refused"  # noqa: S105 - the name of an outcome, not a token
    CONTENT_REFUSED = "content_refused"
    RATE_LIMITED = "rate_limited"
    QUOTA_EXHAUSTED = "quota_exhausted"
    ACCESS_REFUSED = "access_refused"
    NOT_REACHED = "not_reached"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """`retry_after` is in seconds; `detail` is LINE's own words, cut to what the ledger keeps.

    `message_ids` are LINE's ids of what was sent, where it names them.
    """

    kind: OutcomeKind
    http_status: int | None = None
    request_id: str | None = None
    retry_after: float | None = None
    detail: str | None = None
    message_ids: tuple[str, ...] = ()
