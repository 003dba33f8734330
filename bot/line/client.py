"""The port to LINE's Messaging API: what the platform asks of it and how it can fail.

Every call names the channel it is for by that channel's access token. Source: line/line-openapi,
`messaging-api.yml`, and the Messaging API reference.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol


class LineError(Exception):
    """A call to LINE did not succeed. The text is LINE's own words, or what stood in their way.

    `http_status` is None where no answer came; `request_id` is LINE's `x-line-request-id`.
    """

    def __init__(self, message: str, *, http_status: int | None = None, request_id: str | None = None) -> None:
        super().__init__(message)
        self.http_status = http_status
        self.request_id = request_id


class InvalidReplyToken(LineError):
    """400: the reply token was used already, has expired, or never was one. Nothing was shown."""


class MessageRefused(LineError):
    """400 for what the request holds, or another refusal that repeating can't change. Nothing was shown."""


class RateLimited(LineError):
    """429: too many requests. `retry_after` is in seconds where LINE says so. Nothing was shown."""

    def __init__(
        self,
        message: str,
        *,
        http_status: int | None = None,
        request_id: str | None = None,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(message, http_status=http_status, request_id=request_id)
        self.retry_after = retry_after


class QuotaExhausted(LineError):
    """429: the month's free and bought messages are used up. Waiting doesn't help."""


class AccessRefused(LineError):
    """401 or 403: the channel's access token is wrong, revoked, or not allowed to do this."""


class OutcomeUnknown(LineError):
    """No answer, a broken one, or an error on LINE's side: the call may or may not have had its effect."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """LINE accepted the messages. `message_ids` has LINE's id of each where the answer names them."""

    request_id: str | None
    message_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class BotInfo:
    """The Official Account behind an access token. `user_id` is what webhooks name as `destination`."""

    user_id: str
    basic_id: str
    display_name: str
    picture_url: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """What LINE tells of a person; `language` is a BCP 47 tag where they allow it."""

    user_id: str
    display_name: str
    picture_url: str | None = None
    language: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookEndpoint:
    """Where LINE sends the channel's webhooks, and whether it does."""

    url: str
    is_active: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookTest:
    """What LINE saw when it called the webhook. `status_code` is 0 or less where no answer came."""

    success: bool
    status_code: int
    reason: str
    detail: str


class LineClient(Protocol):
    """The Messaging API. Every method may raise any LineError."""

    async def reply(self, token: str, *, reply_token: str, messages: Sequence[Mapping[str, Any]]) -> Receipt:
        """Send one to five message objects (`bot.line.messages`) with the token of an event."""
        ...

    async def start_loading(self, token: str, *, user_id: str, seconds: int = 20) -> None:
        """Show the loading animation in a 1:1 chat for up to `seconds`, taken to the 5-second step up to 60."""
        ...

    async def bot_info(self, token: str) -> BotInfo: ...

    async def profile(self, token: str, *, user_id: str) -> Profile | None:
        """None for someone whom this channel can't see: not a friend, or gone."""
        ...

    async def webhook_endpoint(self, token: str) -> WebhookEndpoint | None:
        """The webhook URL that is set for the channel; None where none is."""
        ...

    async def test_webhook(self, token: str) -> WebhookTest:
        """Have LINE call the webhook URL that is set, at most 60 times an hour."""
        ...

    async def close(self) -> None:
        """Close all connections; the client can't be used afterwards."""
        ...
