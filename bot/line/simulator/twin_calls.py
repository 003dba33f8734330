"""One call of the in-process twin: a request to the simulator's gate, and what its answer means."""

from __future__ import annotations

import asyncio
import json
import uuid
from collections.abc import Mapping
from typing import Any

from bot.line.client import (
    AcceptedBefore,
    AccessRefused,
    InvalidReplyToken,
    LineError,
    MessageRefused,
    OutcomeUnknown,
    QuotaExhausted,
    RateLimited,
    Receipt,
)
from bot.line.simulator.api.sending import MONTHLY_LIMIT
from bot.line.simulator.api.wire import RETRY_KEY, ApiAnswer, ApiRequest
from bot.line.simulator.gate import Gate

_OK, _BAD_REQUEST, _NOT_FOUND, _TIMED_OUT, _CONFLICT, _TOO_MANY, _SERVER_ERROR = 200, 400, 404, 408, 409, 429, 500
_REFUSED_ACCESS = frozenset({401, 403})


class TwinCalls:
    """Requests that go straight to the gate, faults and log included.

    `timeout` is in seconds, as a real client has one: a hanging platform is OutcomeUnknown.
    """

    def __init__(self, gate: Gate, *, timeout: float) -> None:
        self._gate = gate
        self._timeout = timeout

    async def get(self, path: str, *, token: str) -> Any:
        """The JSON of an answer."""
        return (await self.call("GET", path, token=token)).content

    async def find(self, path: str, *, token: str) -> Any | None:
        """The JSON of an answer; None for a 404."""
        try:
            return await self.get(path, token=token)
        except MessageRefused as error:
            if error.http_status == _NOT_FOUND:
                return None
            raise

    async def post(self, path: str, body: Mapping[str, Any], *, token: str, method: str = "POST") -> ApiAnswer:
        return await self.call(method, path, token=token, data=json.dumps(body).encode())

    async def send(self, path: str, body: Mapping[str, Any], *, token: str, retry_key: uuid.UUID) -> Receipt:
        """A message request with a retry key, whose second acceptance is a receipt too."""
        headers = {RETRY_KEY: str(retry_key)}
        try:
            answer = await self.call("POST", path, token=token, data=json.dumps(body).encode(), headers=headers)
        except AcceptedBefore as accepted:
            return accepted.receipt
        return receipt_of(answer)

    async def call(
        self, method: str, path: str, *, token: str, data: bytes = b"", headers: Mapping[str, str] | None = None
    ) -> ApiAnswer:
        """The answer to a request; raises a LineError for any status outside 2xx."""
        given = {"authorization": f"Bearer {token}", **(headers or {})}
        request = ApiRequest(method, f"/v2/bot/{path}", given, data)
        try:
            # A request that was sent goes on at LINE's side when its caller stops waiting.
            answer = await asyncio.wait_for(asyncio.shield(self._gate.answer(request)), self._timeout)
        except TimeoutError as error:
            raise OutcomeUnknown("LINE did not answer in time.") from error
        if answer is None:
            raise OutcomeUnknown("The connection to LINE was cut.")
        if _OK <= answer.status < _BAD_REQUEST:
            return answer
        raise _refusal(answer)


def receipt_of(answer: ApiAnswer) -> Receipt:
    return Receipt(request_id=request_id(answer), message_ids=_message_ids(answer))


def request_id(answer: ApiAnswer) -> str | None:
    return answer.headers.get("x-line-request-id")


def _message_ids(answer: ApiAnswer) -> tuple[str, ...]:
    return tuple(str(item["id"]) for item in answer.content.get("sentMessages", ()))


def _refusal(answer: ApiAnswer) -> LineError:
    message, status, named = str(answer.content.get("message", "")), answer.status, request_id(answer)
    if status == _CONFLICT:
        first = answer.headers.get("x-line-accepted-request-id") or named
        receipt = Receipt(request_id=first, message_ids=_message_ids(answer), accepted_before=True)
        return AcceptedBefore(message, receipt=receipt)
    details = [f"{item['property']}: {item['message']}" for item in answer.content.get("details", ())]
    words = "; ".join([message, *details])
    kind: type[LineError] = MessageRefused
    if status in _REFUSED_ACCESS:
        kind = AccessRefused
    elif status == _TOO_MANY:
        if message != MONTHLY_LIMIT:
            wait = answer.headers.get("retry-after")
            after = None if wait is None else float(wait)
            return RateLimited(words, http_status=status, request_id=named, retry_after=after)
        kind = QuotaExhausted
    elif status == _TIMED_OUT or status >= _SERVER_ERROR:
        kind = OutcomeUnknown
    elif message == "Invalid reply token":
        kind = InvalidReplyToken
    return kind(words, http_status=status, request_id=named)
