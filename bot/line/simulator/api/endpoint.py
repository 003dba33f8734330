"""The webhook endpoint's own settings: get, set, test.

Source: Messaging API reference, "Webhook settings".
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from bot.line.simulator.api.wire import ApiAnswer, Context, Refusal, missing
from bot.line.simulator.model import Channel, JsonObject, WebhookAttempt
from bot.line.simulator.platform import Platform

Probe = Callable[[Channel, str], Awaitable[WebhookAttempt]]
"""Sends a signed webhook without events to a channel's URL and tells what came back."""
MAX_URL = 500
OK = 200


class WebhookEndpoint:
    """The operations about a channel's webhook URL. Plain HTTP is allowed here, unlike at LINE, since
    the bot under test listens on this machine."""

    def __init__(self, platform: Platform, probe: Probe) -> None:
        self._platform = platform
        self._probe = probe

    async def get(self, context: Context) -> ApiAnswer:
        channel = context.channel
        if channel.webhook_url is None:
            raise Refusal(404, "Webhook endpoint not found")
        return ApiAnswer(content={"endpoint": channel.webhook_url, "active": channel.webhook_active})

    async def put(self, context: Context) -> ApiAnswer:
        context.channel.webhook_url = _url(context.json())
        self._platform.tell("directory", None)
        return ApiAnswer()

    async def test(self, context: Context) -> ApiAnswer:
        """The reason and status of one signed request without events."""
        body = context.json() if context.request.body else {}
        url = _url(body) if "endpoint" in body else context.channel.webhook_url
        if url is None:
            raise Refusal(404, "Webhook endpoint not found")
        attempt = await self._probe(context.channel, url)
        reason = "OK" if attempt.status == OK else _reason(attempt)
        result: JsonObject = {
            "success": attempt.status == OK,
            "timestamp": self._platform.clock.now().isoformat().replace("+00:00", "Z"),
            "statusCode": attempt.status or 0,
            "reason": reason,
            "detail": str(attempt.status) if attempt.status else (attempt.error or ""),
        }
        return ApiAnswer(content=result)


def _reason(attempt: WebhookAttempt) -> str:
    if attempt.status is not None:
        return "ERROR_STATUS_CODE"
    return "REQUEST_TIMEOUT" if attempt.error == "timeout" else "COULD_NOT_CONNECT"


def _url(body: JsonObject) -> str:
    url = body.get("endpoint")
    if not url:
        raise missing("endpoint")
    if not isinstance(url, str) or len(url) > MAX_URL or not url.startswith(("https://", "http://")):
        raise Refusal(400, "Invalid webhook endpoint URL")
    return url
