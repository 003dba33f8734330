"""One call to LINE, its outcome named; no transaction is open meanwhile."""

from __future__ import annotations

import uuid
from collections.abc import Awaitable, Mapping, Sequence
from typing import Any

from bot.line.client import (
    AccessRefused,
    InvalidReplyToken,
    LineClient,
    LineError,
    MessageRefused,
    NotReached,
    QuotaExhausted,
    RateLimited,
    Receipt,
)
from bot.line.delivery.outcome import Outcome, OutcomeKind

MOST_DETAIL = 300
_OK, _CONFLICT = 200, 409

_KINDS: tuple[tuple[type[LineError], OutcomeKind], ...] = (
    (InvalidReplyToken, OutcomeKind.TOKEN_REFUSED),
    (MessageRefused, OutcomeKind.CONTENT_REFUSED),
    (RateLimited, OutcomeKind.RATE_LIMITED),
    (QuotaExhausted, OutcomeKind.QUOTA_EXHAUSTED),
    (AccessRefused, OutcomeKind.ACCESS_REFUSED),
    (NotReached, OutcomeKind.NOT_REACHED),
)


async def send_reply(
    client: LineClient, token: str, *, reply_token: str, messages: Sequence[Mapping[str, Any]]
) -> Outcome:
    """Reply with up to five messages on the channel whose access token is `token`. Never raises LineError."""
    return await _outcome(client.reply(token, reply_token=reply_token, messages=messages))


async def send_push(
    client: LineClient,
    token: str,
    *,
    to: str | Sequence[str],
    messages: Sequence[Mapping[str, Any]],
    retry_key: uuid.UUID,
) -> Outcome:
    """Push to one chat, or to each of up to 500 people. Never raises LineError.

    A retry key that LINE accepted before is SENT: the messages went out then.
    """
    if isinstance(to, str):
        return await _outcome(client.push(token, to=to, messages=messages, retry_key=retry_key))
    return await _outcome(client.multicast(token, to=to, messages=messages, retry_key=retry_key))


async def _outcome(call: Awaitable[Receipt]) -> Outcome:
    try:
        receipt = await call
    except LineError as error:
        kind = next((kind for cause, kind in _KINDS if isinstance(error, cause)), OutcomeKind.UNKNOWN)
        return Outcome(
            kind=kind,
            http_status=error.http_status,
            request_id=error.request_id,
            retry_after=error.retry_after if isinstance(error, RateLimited) else None,
            detail=str(error)[:MOST_DETAIL],
        )
    return Outcome(
        kind=OutcomeKind.SENT,
        http_status=_CONFLICT if receipt.accepted_before else _OK,
        request_id=receipt.request_id,
        message_ids=receipt.message_ids,
    )
