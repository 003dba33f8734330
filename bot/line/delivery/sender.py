"""One call to LINE, its outcome named; no transaction is open meanwhile."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from bot.line.client import (
    AccessRefused,
    InvalidReplyToken,
    LineClient,
    LineError,
    MessageRefused,
    QuotaExhausted,
    RateLimited,
)
from bot.line.delivery.outcome import Outcome, OutcomeKind

MOST_DETAIL = 300

_KINDS: tuple[tuple[type[LineError], OutcomeKind], ...] = (
    (InvalidReplyToken, OutcomeKind.TOKEN_REFUSED),
    (MessageRefused, OutcomeKind.CONTENT_REFUSED),
    (RateLimited, OutcomeKind.RATE_LIMITED),
    (QuotaExhausted, OutcomeKind.RATE_LIMITED),
    (AccessRefused, OutcomeKind.ACCESS_REFUSED),
)


async def send_reply(
    client: LineClient, token: str, *, reply_token: str, messages: Sequence[Mapping[str, Any]]
) -> Outcome:
    """Reply with up to five messages on the channel whose access token is `token`. Never raises LineError."""
    try:
        receipt = await client.reply(token, reply_token=reply_token, messages=messages)
    except LineError as error:
        kind = next((kind for cause, kind in _KINDS if isinstance(error, cause)), OutcomeKind.UNKNOWN)
        return Outcome(
            kind=kind,
            http_status=error.http_status,
            request_id=error.request_id,
            retry_after=error.retry_after if isinstance(error, RateLimited) else None,
            detail=str(error)[:MOST_DETAIL],
        )
    return Outcome(kind=OutcomeKind.SENT, http_status=200, request_id=receipt.request_id)
