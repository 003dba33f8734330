"""One attempt over HTTP: what is sent, and what the answer, or its absence, means."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.errors import PlatformError
from bot.webhooks.delivery.verdict import of_failure, of_status, read_retry_after
from bot.webhooks.messages import OutgoingRequest
from bot.webhooks.repository.deliveries import Ended, Ready
from bot.webhooks.sender import SafeSender
from bot.webhooks.signers import Signers

CONTENT_TYPE = "application/json"
# For everything together: name, connection, answer.
DEADLINE_SECONDS = 30.0
# What is read of an answer. Only its status counts, but it has to end.
MOST_ANSWERED = 256 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Posted:
    """What an attempt came to, and how long its receiver wants to be left alone."""

    ended: Ended
    retry_after: timedelta | None = None


def request_of(
    ready: Ready, signers: Signers, *, number: int, at: datetime, deadline: float = DEADLINE_SECONDS
) -> OutgoingRequest:
    """The request of attempt `number`, signed at `at`; its body is the same in every attempt."""
    body = ready.body or b""
    headers = {
        "Content-Type": CONTENT_TYPE,
        "X-Webhook-ID": str(ready.subject_id),
        "X-Webhook-Attempt": str(number),
        **({"X-Webhook-Redelivery": str(ready.redelivery)} if ready.redelivery else {}),
        **signers.headers(ready.signer, body, message_id=str(ready.message_id), at=at),
    }
    return OutgoingRequest(
        url=ready.url, method="POST", headers=headers, body=body, timeout=deadline, max_answer_bytes=MOST_ANSWERED
    )


async def post(sender: SafeSender, request: OutgoingRequest, *, now: datetime) -> Posted:
    """Send `request`. Never raises for what the receiver does, nor for what its address leads to."""
    begun = time.monotonic()
    try:
        answer = await sender.send(request)
    except PlatformError as failure:
        return Posted(ended=of_failure(failure, duration_ms=_since(begun)))
    retry_after = read_retry_after(answer.headers.get("retry-after"), now=now)
    return Posted(ended=of_status(answer.status, duration_ms=_since(begun)), retry_after=retry_after)


def _since(begun: float) -> int:
    return round((time.monotonic() - begun) * 1000)
