"""The in-process twin of the LINE client: the port's calls on a simulated platform, without HTTP."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping, Sequence
from typing import Any

from bot.line.client import (
    AccessRefused,
    BotInfo,
    InvalidReplyToken,
    LineError,
    MessageRefused,
    OutcomeUnknown,
    Profile,
    QuotaExhausted,
    RateLimited,
    Receipt,
    WebhookEndpoint,
    WebhookTest,
)
from bot.line.simulator.api.sending import MONTHLY_LIMIT
from bot.line.simulator.api.wire import ApiAnswer, ApiRequest
from bot.line.simulator.gate import Gate

DEFAULT_TIMEOUT = 10.0
_STEP, _MOST = 5, 60
_OK, _BAD_REQUEST, _NOT_FOUND, _TIMED_OUT, _TOO_MANY, _SERVER_ERROR = 200, 400, 404, 408, 429, 500
_REFUSED_ACCESS = frozenset({401, 403})


class InProcessLineClient:
    """A LineClient whose requests go straight to the simulator's gate, faults and log included.

    `timeout` is in seconds, as a real client has one: a hanging platform is OutcomeUnknown.
    """

    def __init__(self, gate: Gate, *, timeout: float = DEFAULT_TIMEOUT) -> None:
        self._gate = gate
        self._timeout = timeout

    async def reply(self, token: str, *, reply_token: str, messages: Sequence[Mapping[str, Any]]) -> Receipt:
        body = {"replyToken": reply_token, "messages": [dict(message) for message in messages]}
        answer = await self._call("POST", "message/reply", token=token, body=body)
        sent = answer.content["sentMessages"]
        return Receipt(request_id=_request_id(answer), message_ids=tuple(str(item["id"]) for item in sent))

    async def start_loading(self, token: str, *, user_id: str, seconds: int = 20) -> None:
        steps = min(max(seconds, _STEP), _MOST) // _STEP
        body = {"chatId": user_id, "loadingSeconds": steps * _STEP}
        await self._call("POST", "chat/loading/start", token=token, body=body)

    async def bot_info(self, token: str) -> BotInfo:
        found = (await self._call("GET", "info", token=token)).content
        return BotInfo(
            user_id=found["userId"],
            basic_id=found["basicId"],
            display_name=found["displayName"],
            picture_url=found.get("pictureUrl"),
        )

    async def profile(self, token: str, *, user_id: str) -> Profile | None:
        answer = await self._find(f"profile/{user_id}", token=token)
        if answer is None:
            return None
        found = answer.content
        return Profile(
            user_id=found["userId"],
            display_name=found["displayName"],
            picture_url=found.get("pictureUrl"),
            language=found.get("language"),
        )

    async def webhook_endpoint(self, token: str) -> WebhookEndpoint | None:
        answer = await self._find("channel/webhook/endpoint", token=token)
        return WebhookEndpoint(url=answer.content["endpoint"], is_active=answer.content["active"]) if answer else None

    async def test_webhook(self, token: str) -> WebhookTest:
        found = (await self._call("POST", "channel/webhook/test", token=token, body={})).content
        return WebhookTest(
            success=found["success"], status_code=found["statusCode"], reason=found["reason"], detail=found["detail"]
        )

    async def close(self) -> None:
        """There is nothing to close."""

    async def _find(self, path: str, *, token: str) -> ApiAnswer | None:
        try:
            return await self._call("GET", path, token=token)
        except MessageRefused as error:
            if error.http_status == _NOT_FOUND:
                return None
            raise

    async def _call(self, method: str, path: str, *, token: str, body: Mapping[str, Any] | None = None) -> ApiAnswer:
        data = b"" if body is None else json.dumps(body, ensure_ascii=False).encode()
        request = ApiRequest(method, f"/v2/bot/{path}", {"authorization": f"Bearer {token}"}, data)
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


def _request_id(answer: ApiAnswer) -> str | None:
    return answer.headers.get("x-line-request-id")


def _refusal(answer: ApiAnswer) -> LineError:
    message, status, request_id = str(answer.content.get("message", "")), answer.status, _request_id(answer)
    details = [f"{item['property']}: {item['message']}" for item in answer.content.get("details", ())]
    kind: type[LineError] = MessageRefused
    if status in _REFUSED_ACCESS:
        kind = AccessRefused
    elif status == _TOO_MANY:
        kind = QuotaExhausted if message == MONTHLY_LIMIT else RateLimited
    elif status == _TIMED_OUT or status >= _SERVER_ERROR:
        kind = OutcomeUnknown
    elif message == "Invalid reply token":
        kind = InvalidReplyToken
    return kind("; ".join([message, *details]), http_status=status, request_id=request_id)
