"""The port to LINE's Messaging API: what the platform asks of it and how it can fail.

Every call names the channel it is for by that channel's access token. Source: line/line-openapi,
`messaging-api.yml`, and the Messaging API reference.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

MAX_MULTICAST = 500
MAX_MENU_PICTURE = 1024 * 1024
_CONFLICT = 409


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


class NotReached(LineError):
    """No connection could be made: LINE never heard of the call."""


class OutcomeUnknown(LineError):
    """No answer, a broken one, or an error on LINE's side: the call may or may not have had its effect."""


class ContentNotReady(LineError):
    """202: LINE still prepares a large video or audio. Asking again later may help."""


class ContentGone(LineError):
    """404 or 410: the content was unsent or deleted, or is no message of this channel."""


class ContentTooLarge(LineError):
    """The content is larger than the caller's limit; no more than that was read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """LINE accepted the messages. `message_ids` has LINE's id of each where the answer names them.

    `accepted_before` tells of an earlier request with the same retry key (409) that sent them; then
    `request_id` is that request's where LINE names it.
    """

    request_id: str | None
    message_ids: tuple[str, ...] = ()
    accepted_before: bool = False


class AcceptedBefore(MessageRefused):
    """409: the retry key was accepted with an earlier request, whose `receipt` this is.

    Between the parts of a client only: `push` and `multicast` return the receipt instead.
    """

    def __init__(self, message: str, *, receipt: Receipt) -> None:
        super().__init__(message, http_status=_CONFLICT, request_id=receipt.request_id)
        self.receipt = receipt


@dataclass(frozen=True, slots=True, kw_only=True)
class BotInfo:
    """The Official Account behind an access token. `user_id` is what webhooks name as `destination`.

    `chat_mode` is "chat" where people may write in LINE Official Account Manager, else "bot";
    `mark_as_read_mode` is "manual" in the first case, else "auto".
    """

    user_id: str
    basic_id: str
    display_name: str
    picture_url: str | None = None
    chat_mode: str = "bot"
    mark_as_read_mode: str = "auto"


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """What LINE tells of a person; `language` is a BCP 47 tag where they allow it."""

    user_id: str
    display_name: str
    picture_url: str | None = None
    language: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupSummary:
    """A group that the account is in."""

    group_id: str
    name: str
    picture_url: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """The bytes of an image, audio, video or file that a person sent."""

    data: bytes = field(repr=False)
    content_type: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Quota:
    """The month's messages: how many may be sent (None: no limit) and roughly how many were."""

    limit: int | None
    used: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RichMenu:
    """A rich menu that the channel made through the API. `name` is never shown to people."""

    id: str
    name: str


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


Messages = Sequence[Mapping[str, Any]]
"""One to five message objects (`bot.line.messages`)."""


class Sends(Protocol):
    """The calls that put messages before people."""

    async def reply(self, token: str, *, reply_token: str, messages: Messages) -> Receipt:
        """Send messages with the token of an event: free of charge, once."""
        ...

    async def push(self, token: str, *, to: str, messages: Messages, retry_key: uuid.UUID) -> Receipt:
        """Send messages to a user, group or room; each person there counts against the month's quota.

        Repeating with the same key and messages within 24 hours never shows them twice. LINE also
        accepts what it then shows to nobody, such as a message to someone who blocks the account.
        """
        ...

    async def multicast(self, token: str, *, to: Sequence[str], messages: Messages, retry_key: uuid.UUID) -> Receipt:
        """Send messages to 1 to 500 different users; the retry key works as for `push`."""
        ...

    async def validate(self, token: str, *, messages: Messages, kind: Literal["reply", "push"]) -> None:
        """Have LINE check messages without sending them. Raises MessageRefused for bad ones."""
        ...

    async def start_loading(self, token: str, *, user_id: str, seconds: int = 20) -> None:
        """Show the loading animation in a 1:1 chat for up to `seconds`, taken to the 5-second step up to 60."""
        ...

    async def mark_as_read(self, token: str, *, mark_as_read_token: str) -> None:
        """Mark the message that carried the token, and all before it in its chat, as read."""
        ...


class RichMenus(Protocol):
    """The tappable bars below the chat. A channel has at most 1,000 of them."""

    async def create_rich_menu(self, token: str, *, menu: Mapping[str, Any]) -> str:
        """The id of a new menu from a rich menu object; it needs a picture before it can be linked."""
        ...

    async def upload_rich_menu_image(self, token: str, *, rich_menu_id: str, image: bytes, content_type: str) -> None:
        """Set the picture, once: JPEG or PNG, at most 1 MB, of the menu's size."""
        ...

    async def link_rich_menu(self, token: str, *, user_id: str, rich_menu_id: str) -> None:
        """Show the menu to one user instead of whatever they saw."""
        ...

    async def unlink_rich_menu(self, token: str, *, user_id: str) -> None: ...

    async def delete_rich_menu(self, token: str, *, rich_menu_id: str) -> None: ...

    async def rich_menus(self, token: str) -> list[RichMenu]: ...


class LineClient(Sends, RichMenus, Protocol):
    """The Messaging API. Every method may raise any LineError."""

    async def bot_info(self, token: str) -> BotInfo: ...

    async def quota(self, token: str) -> Quota: ...

    async def profile(self, token: str, *, user_id: str) -> Profile | None:
        """None for someone whom this channel can't see: not a friend, or gone."""
        ...

    async def member_profile(self, token: str, *, group_id: str, user_id: str) -> Profile | None:
        """A member of a group or room; None where they or the account aren't in it. Without a language."""
        ...

    async def group_summary(self, token: str, *, group_id: str) -> GroupSummary | None:
        """None for a group that the account isn't in, and for rooms, which have no name."""
        ...

    async def leave_group(self, token: str, *, group_id: str) -> None:
        """Leave a group or room. MessageRefused (404) where the account isn't in it."""
        ...

    async def content(self, token: str, *, message_id: str, limit_bytes: int) -> Content:
        """The bytes of a media message, at most `limit_bytes`, where its provider is LINE.

        Raises ContentNotReady, ContentGone or ContentTooLarge.
        """
        ...

    async def webhook_endpoint(self, token: str) -> WebhookEndpoint | None:
        """The webhook URL that is set for the channel; None where none is."""
        ...

    async def set_webhook_endpoint(self, token: str, *, url: str) -> None:
        """Set the channel's webhook URL (HTTPS, at most 500 characters); LINE may take a minute to use it."""
        ...

    async def test_webhook(self, token: str, *, url: str | None = None) -> WebhookTest:
        """Have LINE call `url`, or the webhook URL that is set, at most 60 times an hour."""
        ...

    async def close(self) -> None:
        """Close all connections; the client can't be used afterwards."""
        ...
