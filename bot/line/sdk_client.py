"""The Messaging API through the official line-bot-sdk. Nothing else of the platform knows the SDK.

Importing this module costs about a second: only the composition root does, when it needs it.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

import aiohttp
from linebot.v3.messaging import (
    ApiException,
    ApiResponse,
    AsyncApiClient,
    AsyncMessagingApi,
    Configuration,
    ReplyMessageRequest,
    ShowLoadingAnimationRequest,
)

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

DEFAULT_TIMEOUT = 10.0
# LINE itself waits for the webhook before it answers the test.
TEST_TIMEOUT = 30.0
MAX_CONNECTIONS = 200
MAX_DETAIL = 300

_LOADING_STEP, _LOADING_LIMIT = 5, 60
_BAD_REQUEST, _NOT_FOUND, _REQUEST_TIMEOUT, _TOO_MANY, _SERVER_ERROR = 400, 404, 408, 429, 500
_REFUSED_ACCESS = frozenset({401, 403})
# The SDK raises ValueErrors (pydantic's, JSON's, of an encoding) and LookupErrors (an unknown
# charset) over an answer that it can't read.
_UNREADABLE = (ValueError, LookupError)


class SdkLineClient:
    """A LineClient over one shared SDK client; the channel's token goes with each call.

    `base_url` is `https://api.line.me` or a simulator's; `timeout` is the total of one call in
    seconds. Create it anywhere and `start` it in the event loop that uses it.
    """

    def __init__(self, base_url: str, *, timeout: float = DEFAULT_TIMEOUT) -> None:
        self._base_url = base_url.rstrip("/")
        self._timeout = timeout
        self._api: AsyncMessagingApi | None = None
        self._is_closed = False

    async def start(self) -> None:
        """Build the SDK's client: some 40 ms of blocking work, better done before the server listens."""
        await self._started()

    async def close(self) -> None:
        self._is_closed = True
        if self._api is not None:
            await self._api.api_client.close()
            self._api = None

    async def reply(self, token: str, *, reply_token: str, messages: Sequence[Mapping[str, Any]]) -> Receipt:
        try:
            request = ReplyMessageRequest.from_dict(
                {"replyToken": reply_token, "messages": [dict(message) for message in messages]}
            )
        except (*_UNREADABLE, TypeError, AttributeError) as error:
            raise MessageRefused(_cut(f"The messages can't be sent: {error}")) from error
        api = await self._started()
        response = await self._call(api.reply_message_with_http_info, request, token=token)
        # LINE accepted the messages once it says 200, whatever else the answer holds.
        sent = getattr(response.data, "sent_messages", None) or ()
        return Receipt(request_id=_request_id(response.headers), message_ids=tuple(item.id for item in sent))

    async def start_loading(self, token: str, *, user_id: str, seconds: int = 20) -> None:
        steps = min(max(seconds, _LOADING_STEP), _LOADING_LIMIT) // _LOADING_STEP
        request = ShowLoadingAnimationRequest(chatId=user_id, loadingSeconds=steps * _LOADING_STEP)
        api = await self._started()
        await self._call(api.show_loading_animation_with_http_info, request, token=token)

    async def bot_info(self, token: str) -> BotInfo:
        api = await self._started()
        found = _answer(await self._call(api.get_bot_info_with_http_info, token=token))
        return BotInfo(
            user_id=found.user_id,
            basic_id=found.basic_id,
            display_name=found.display_name,
            picture_url=found.picture_url,
        )

    async def profile(self, token: str, *, user_id: str) -> Profile | None:
        api = await self._started()
        response = await self._find(api.get_profile_with_http_info, user_id, token=token)
        if response is None:
            return None
        found = _answer(response)
        return Profile(
            user_id=found.user_id,
            display_name=found.display_name,
            picture_url=found.picture_url,
            language=found.language,
        )

    async def webhook_endpoint(self, token: str) -> WebhookEndpoint | None:
        api = await self._started()
        response = await self._find(api.get_webhook_endpoint_with_http_info, token=token)
        if response is None:
            return None
        found = _answer(response)
        return WebhookEndpoint(url=found.endpoint, is_active=found.active)

    async def test_webhook(self, token: str) -> WebhookTest:
        api = await self._started()
        call = api.test_webhook_endpoint_with_http_info
        found = _answer(await self._call(call, token=token, seconds=max(TEST_TIMEOUT, self._timeout)))
        return WebhookTest(
            success=found.success is True, status_code=found.status_code, reason=found.reason, detail=found.detail
        )

    async def _started(self) -> AsyncMessagingApi:
        if self._is_closed:
            raise RuntimeError("This LINE client is closed.")
        if self._api is None:
            client = AsyncApiClient(Configuration(host=self._base_url, access_token=""))
            client.deserialize = _tolerant(client.deserialize)
            # The SDK's own session looks into the environment at every request (1.2 ms), waits five
            # minutes, and holds few connections.
            replaced, client.rest_client.pool_manager = client.rest_client.pool_manager, self._session()
            self._api = AsyncMessagingApi(client)
            await replaced.close()
            return self._api
        return self._api

    def _session(self) -> aiohttp.ClientSession:
        return aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=MAX_CONNECTIONS),
            timeout=aiohttp.ClientTimeout(total=self._timeout),
            cookie_jar=aiohttp.DummyCookieJar(),
            trust_env=False,
        )

    async def _find(self, call: Callable[..., Awaitable[ApiResponse]], *arguments: Any, token: str) -> Any | None:
        try:
            return await self._call(call, *arguments, token=token)
        except MessageRefused as error:
            if error.http_status == _NOT_FOUND:
                return None
            raise

    async def _call(
        self,
        call: Callable[..., Awaitable[ApiResponse]],
        *arguments: Any,
        token: str,
        seconds: float | None = None,
    ) -> Any:
        bearer = {"in": "header", "key": "Authorization", "type": "bearer", "value": f"Bearer {token}"}
        try:
            return await call(*arguments, _request_auth=bearer, _request_timeout=seconds or self._timeout)
        except ApiException as error:
            raise _refusal(error) from None
        except TimeoutError as error:
            raise OutcomeUnknown("LINE did not answer in time.") from error
        except (aiohttp.ClientError, OSError) as error:
            raise OutcomeUnknown(_cut(f"The connection to LINE failed: {error}")) from error
        except _UNREADABLE as error:
            raise OutcomeUnknown("LINE's answer can't be read.") from error


def _tolerant(deserialize: Callable[[Any, str], Any]) -> Callable[[Any, str], Any]:
    """The SDK's `deserialize`, for which an answer of another shape is none rather than an error."""

    def read(response: Any, response_type: str) -> Any:
        try:
            return deserialize(response, response_type)
        except (*_UNREADABLE, TypeError, AttributeError):
            return None

    return read


def _answer(response: Any) -> Any:
    if response.data is None:
        raise OutcomeUnknown(
            "LINE's answer can't be read.",
            http_status=response.status_code,
            request_id=_request_id(response.headers),
        )
    return response.data


def _refusal(error: Any) -> LineError:
    """The LineError that an SDK ApiException stands for."""
    status, request_id, message = error.status, _request_id(error.headers), _words(error)
    if status in _REFUSED_ACCESS:
        return AccessRefused(message, http_status=status, request_id=request_id)
    if status == _TOO_MANY:
        if "monthly limit" in message.casefold():
            return QuotaExhausted(message, http_status=status, request_id=request_id)
        wait = _seconds(error.headers.get("Retry-After"))
        return RateLimited(message, http_status=status, request_id=request_id, retry_after=wait)
    if status == _REQUEST_TIMEOUT or not _BAD_REQUEST <= status < _SERVER_ERROR:
        return OutcomeUnknown(message, http_status=status, request_id=request_id)
    if "invalid reply token" in message.casefold():
        return InvalidReplyToken(message, http_status=status, request_id=request_id)
    return MessageRefused(message, http_status=status, request_id=request_id)


def _words(error: Any) -> str:
    """LINE's `message` with the `details` of each property, or the HTTP reason."""
    try:
        body = json.loads(error.body)
        details = [f"{item.get('property')}: {item.get('message')}" for item in body.get("details") or ()]
        return _cut("; ".join([str(body["message"]), *details]))
    except (ValueError, TypeError, KeyError, AttributeError):
        return _cut(f"HTTP {error.status} {error.reason or ''}".strip())


def _cut(text: str) -> str:
    return text[:MAX_DETAIL]


def _request_id(headers: Mapping[str, str] | None) -> str | None:
    found = headers.get("x-line-request-id") if headers else None
    return found[:64] if found else None


def _seconds(text: str | None) -> float | None:
    return float(text) if text and text.isascii() and text.isdigit() else None
