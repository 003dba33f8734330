"""Calls of the official line-bot-sdk over one session of our own, and what their failures mean."""

from __future__ import annotations

import copy
import json
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, NoReturn
from urllib.parse import quote

import aiohttp
from linebot.v3.messaging import (
    ApiException,
    ApiResponse,
    AsyncApiClient,
    AsyncMessagingApi,
    AsyncMessagingApiBlob,
    Configuration,
)
from yarl import URL

from bot.line.client import (
    AcceptedBefore,
    AccessRefused,
    Content,
    ContentGone,
    ContentNotReady,
    ContentTooLarge,
    InvalidReplyToken,
    LineError,
    MessageRefused,
    NotReached,
    OutcomeUnknown,
    QuotaExhausted,
    RateLimited,
    Receipt,
)

# A video has up to 200 MB; a connection that brings nothing ends earlier, by the client's timeout.
DOWNLOAD_TIMEOUT = 120.0
MAX_CONNECTIONS = 200
MAX_DETAIL = 300
CHUNK_BYTES = 64 * 1024

_OK, _ACCEPTED, _GONE, _CONFLICT = 200, 202, 410, 409
_BAD_REQUEST, _NOT_FOUND, _REQUEST_TIMEOUT, _TOO_MANY, _SERVER_ERROR = 400, 404, 408, 429, 500
_REFUSED_ACCESS = frozenset({401, 403})
# The SDK raises ValueErrors (pydantic's, JSON's, of an encoding) and LookupErrors (an unknown
# charset) over an answer that it can't read.
_UNREADABLE = (ValueError, LookupError)
_UNFIT = (*_UNREADABLE, TypeError, AttributeError)


class SdkTransport:
    """The SDK's two API objects over one session: `api` for api.line.me, `blobs` for api-data.line.me."""

    def __init__(self, base_url: str, *, data_base_url: str, timeout: float) -> None:
        self._base_url = base_url.rstrip("/")
        self._data_base_url = data_base_url.rstrip("/")
        self._timeout = timeout
        self._api: AsyncMessagingApi | None = None
        self._blobs: AsyncMessagingApiBlob | None = None
        self._session: aiohttp.ClientSession | None = None
        self._is_closed = False

    async def start(self) -> None:
        """Build the SDK's client: some 40 ms of blocking work."""
        if self._is_closed:
            raise RuntimeError("This LINE client is closed.")
        if self._api is not None:
            return
        client = AsyncApiClient(Configuration(host=self._base_url, access_token=""))
        client.deserialize = _tolerant(client.deserialize)
        # The SDK's own session looks into the environment at every request (1.2 ms), waits five
        # minutes, and holds few connections.
        self._session = self._new_session()
        replaced, client.rest_client.pool_manager = client.rest_client.pool_manager, self._session
        # A second client would build its own TLS context; this one only has another host.
        data_client = copy.copy(client)
        data_client.configuration = Configuration(host=self._data_base_url, access_token="")
        self._blobs = AsyncMessagingApiBlob(data_client)
        self._api = AsyncMessagingApi(client)
        await replaced.close()

    async def close(self) -> None:
        self._is_closed = True
        if self._session is not None:
            await self._session.close()
        self._api = self._blobs = self._session = None

    async def api(self) -> Any:
        await self.start()
        return self._api

    async def blobs(self) -> Any:
        await self.start()
        return self._blobs

    async def call(
        self,
        operation: Callable[..., Awaitable[ApiResponse]],
        *arguments: Any,
        token: str,
        seconds: float | None = None,
        **more: Any,
    ) -> Any:
        """The SDK's response, within `seconds` (the client's timeout); raises a LineError."""
        bearer = {"in": "header", "key": "Authorization", "type": "bearer", "value": f"Bearer {token}"}
        try:
            return await operation(*arguments, _request_auth=bearer, _request_timeout=seconds or self._timeout, **more)
        except ApiException as error:
            raise _refused(error) from None
        except UnicodeDecodeError as error:
            # The SDK decodes a refusal's body while it handles the refusal, which then is the context.
            if isinstance(error.__context__, ApiException):
                raise _refused(error.__context__) from None
            _raise_failure(error)
        except (TimeoutError, aiohttp.ClientError, OSError, *_UNREADABLE) as error:
            _raise_failure(error)

    async def find(self, operation: Callable[..., Awaitable[ApiResponse]], *arguments: Any, token: str) -> Any | None:
        """What `call` answers; None for a 404."""
        try:
            return await self.call(operation, *arguments, token=token)
        except MessageRefused as error:
            if error.http_status == _NOT_FOUND:
                return None
            raise

    async def download(self, token: str, *, message_id: str, limit_bytes: int) -> Content:
        """A message's content. Not through the SDK, which reads a body whole, whatever its size."""
        await self.start()
        if self._session is None:
            raise RuntimeError("This LINE client is closed.")
        url = URL(f"{self._data_base_url}/v2/bot/message/{quote(message_id, safe='')}/content", encoded=True)
        # Compressed bytes could become many more than the limit while they are unpacked.
        headers = {"Authorization": f"Bearer {token}", "Accept-Encoding": "identity"}
        timeout = aiohttp.ClientTimeout(total=max(DOWNLOAD_TIMEOUT, self._timeout), sock_read=self._timeout)
        try:
            async with self._session.get(url, headers=headers, timeout=timeout, allow_redirects=False) as response:
                return await _read_content(response, limit_bytes)
        except (TimeoutError, aiohttp.ClientError, OSError) as error:
            _raise_failure(error)

    def _new_session(self) -> aiohttp.ClientSession:
        return aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=MAX_CONNECTIONS),
            timeout=aiohttp.ClientTimeout(total=self._timeout),
            cookie_jar=aiohttp.DummyCookieJar(),
            trust_env=False,
        )


def body_of(model: Any, content: Mapping[str, Any]) -> Any:
    """The SDK's request object for JSON content; raises MessageRefused where the SDK sees it's wrong."""
    try:
        return model.from_dict(dict(content))
    except _UNFIT as error:
        raise MessageRefused(_cut(f"This can't be sent: {error}")) from error


def answer_of(response: Any) -> Any:
    """The SDK's answer object; raises OutcomeUnknown where there is none."""
    if response.data is None:
        raise OutcomeUnknown(
            "LINE's answer can't be read.",
            http_status=response.status_code,
            request_id=request_id(response.headers),
        )
    return response.data


def receipt_of(response: Any) -> Receipt:
    """LINE accepted the messages once it says 200, whatever else the answer holds."""
    sent = getattr(response.data, "sent_messages", None) or ()
    return Receipt(request_id=request_id(response.headers), message_ids=tuple(item.id for item in sent))


def request_id(headers: Mapping[str, str] | None, *, name: str = "x-line-request-id") -> str | None:
    found = headers.get(name) if headers else None
    return found[:64] if found else None


def _refused(error: Any) -> LineError:
    """The LineError that an SDK ApiException stands for."""
    return refusal(error.status, error.headers, body=error.body, reason=error.reason)


def refusal(status: int, headers: Mapping[str, str], *, body: str | bytes | None, reason: str | None) -> LineError:
    """The LineError that a status outside 2xx stands for."""
    named, message = request_id(headers), _words(status, body, reason)
    if status in _REFUSED_ACCESS:
        return AccessRefused(message, http_status=status, request_id=named)
    if status == _TOO_MANY:
        return _too_many(message, headers)
    if status == _CONFLICT:
        first = request_id(headers, name="x-line-accepted-request-id") or named
        receipt = Receipt(request_id=first, message_ids=_sent_before(body), accepted_before=True)
        return AcceptedBefore(message, receipt=receipt)
    if status == _REQUEST_TIMEOUT or not _BAD_REQUEST <= status < _SERVER_ERROR:
        return OutcomeUnknown(message, http_status=status, request_id=named)
    if "invalid reply token" in message.casefold():
        return InvalidReplyToken(message, http_status=status, request_id=named)
    return MessageRefused(message, http_status=status, request_id=named)


def _too_many(message: str, headers: Mapping[str, str]) -> LineError:
    """The month's messages are used up, or only too many requests came at once."""
    named = request_id(headers)
    if "monthly limit" in message.casefold():
        return QuotaExhausted(message, http_status=_TOO_MANY, request_id=named)
    wait = _seconds(headers.get("Retry-After"))
    return RateLimited(message, http_status=_TOO_MANY, request_id=named, retry_after=wait)


async def _read_content(response: aiohttp.ClientResponse, limit_bytes: int) -> Content:
    status, named = response.status, request_id(response.headers)
    if status == _ACCEPTED:
        raise ContentNotReady("LINE still prepares this content.", http_status=status, request_id=named)
    if status in (_NOT_FOUND, _GONE):
        raise ContentGone("This content is not there, or no more.", http_status=status, request_id=named)
    if status != _OK:
        words = await response.content.read(CHUNK_BYTES)
        raise refusal(status, response.headers, body=words, reason=response.reason)
    data = bytearray()
    # A single byte over the limit is read at most: leaving a response early drops its connection.
    if response.content_length is None or response.content_length <= limit_bytes:
        while chunk := await response.content.read(min(CHUNK_BYTES, limit_bytes + 1 - len(data))):
            data += chunk
        if len(data) <= limit_bytes:
            return Content(data=bytes(data), content_type=response.content_type)
    message = f"The content is larger than {limit_bytes} bytes."
    raise ContentTooLarge(message, http_status=status, request_id=named)


def _raise_failure(error: Exception) -> NoReturn:
    if isinstance(error, TimeoutError):
        raise OutcomeUnknown("LINE did not answer in time.") from error
    if isinstance(error, aiohttp.ClientConnectorError):
        raise NotReached(_cut(f"The connection to LINE failed: {error}")) from error
    if isinstance(error, aiohttp.ClientError | OSError):
        raise OutcomeUnknown(_cut(f"The connection to LINE failed: {error}")) from error
    raise OutcomeUnknown("LINE's answer can't be read.") from error


def _tolerant(deserialize: Callable[[Any, str], Any]) -> Callable[[Any, str], Any]:
    """The SDK's `deserialize`, for which an answer of another shape is none rather than an error."""

    def read(response: Any, response_type: str) -> Any:
        try:
            return deserialize(response, response_type)
        except _UNFIT:
            return None

    return read


def _words(status: int, body: str | bytes | None, reason: str | None) -> str:
    """LINE's `message` with the `details` of each property, or the HTTP reason."""
    try:
        content = json.loads(body or b"")
        details = [f"{item.get('property')}: {item.get('message')}" for item in content.get("details") or ()]
        return _cut("; ".join([str(content["message"]), *details]))
    except (ValueError, TypeError, KeyError, AttributeError):
        return _cut(f"HTTP {status} {reason or ''}".strip())


def _sent_before(body: str | bytes | None) -> tuple[str, ...]:
    try:
        return tuple(str(item["id"]) for item in json.loads(body or b"")["sentMessages"])
    except (ValueError, TypeError, KeyError):
        return ()


def _cut(text: str) -> str:
    return text[:MAX_DETAIL]


def _seconds(text: str | None) -> float | None:
    return float(text) if text and text.isascii() and text.isdigit() else None
