"""What the simulated platform knows: accounts, people, groups, messages, tokens, and its log."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

JsonObject = dict[str, Any]


class GroupKind(StrEnum):
    GROUP = "group"
    ROOM = "room"


class Bond(StrEnum):
    """What a user is to an Official Account."""

    STRANGER = "stranger"
    FRIEND = "friend"
    BLOCKED = "blocked"


class Sender(StrEnum):
    USER = "user"
    ACCOUNT = "account"
    SYSTEM = "system"


@dataclass(slots=True)
class Channel:
    """A LINE Official Account with its Messaging API channel."""

    channel_id: str
    name: str
    basic_id: str
    bot_user_id: str
    secret: str = field(repr=False)
    access_token: str = field(repr=False)
    webhook_url: str | None = None
    webhook_active: bool = True
    monthly_limit: int | None = None
    picture_url: str | None = None
    chat_mode: str = "bot"
    """`bot`: messages are read by themselves; `chat`: only `markAsRead` marks them."""
    consumption: int = 0
    """Messages counted against the monthly limit."""


@dataclass(slots=True)
class User:
    user_id: str
    display_name: str
    picture_url: str | None = None
    status_message: str | None = None
    language: str | None = "zh-Hant"


@dataclass(slots=True)
class Group:
    """A group or a multi-person chat; at most one Official Account can be in it."""

    group_id: str
    name: str
    kind: GroupKind
    members: list[str]
    channel_id: str | None = None
    picture_url: str | None = None


@dataclass(slots=True)
class Message:
    """A message as it stands in a chat. `content` is the message object: of the webhook for a
    user's message, of the API call for an account's, `{"type": <what happened>}` for a system line."""

    message_id: str
    channel_id: str | None
    chat_id: str
    sender: Sender
    sender_id: str
    content: JsonObject
    sent_at: int
    via: str | None = None
    visible: bool = True
    unsent: bool = False
    edited: bool = False
    read: bool = False
    event_id: str | None = None
    request_id: str | None = None
    answers_event: str | None = None


@dataclass(slots=True)
class Blob:
    """The bytes of an image, video, audio or file message."""

    data: bytes
    content_type: str
    ready_at: int
    gone: bool = False


@dataclass(slots=True)
class RichMenu:
    """A rich menu: `content` is the rich menu object as the bot gave it, `picture` comes later."""

    rich_menu_id: str
    channel_id: str
    content: JsonObject
    picture: bytes | None = None
    content_type: str = ""


@dataclass(slots=True)
class ReplyToken:
    token: str
    channel_id: str
    chat_id: str
    event_id: str
    event_at: int
    delivered_at: int
    used: bool = False


@dataclass(slots=True)
class AcceptedPush:
    """What a retry key stands for once its request was accepted."""

    request_id: str
    sent_messages: list[JsonObject]
    body: bytes
    accepted_at: int


@dataclass(frozen=True, slots=True)
class Occurrence:
    """Something that happened in a chat and that its Official Account is told of."""

    channel_id: str
    chat_id: str
    event: JsonObject
    message: Message | None = None

    @property
    def event_id(self) -> str:
        return str(self.event.get("webhookEventId", ""))


@dataclass(slots=True)
class WebhookAttempt:
    """One HTTP request to a channel's webhook URL and what came back."""

    number: int
    at: int
    channel_id: str
    url: str
    headers: dict[str, str]
    body: str
    chat_ids: tuple[str, ...]
    event_ids: tuple[str, ...]
    redelivery: int = 0
    """0 for the first delivery, then 1, 2, ..."""
    status: int | None = None
    error: str | None = None
    answer: str = ""
    milliseconds: float = 0.0

    @property
    def accepted(self) -> bool:
        """Whether LINE counts the webhook as received: any 2xx in time."""
        return self.status is not None and 200 <= self.status < 300  # noqa: PLR2004 - the 2xx range itself


@dataclass(slots=True)
class ApiCall:
    """One request of a bot to the Messaging API and its answer."""

    number: int
    at: int
    request_id: str
    method: str
    path: str
    headers: dict[str, str]
    body: str
    channel_id: str | None = None
    chat_id: str | None = None
    status: int | None = None
    """What the caller got; None where the connection was dropped."""
    answer: str = ""
    milliseconds: float = 0.0
    fault: str | None = None
    note: str | None = None
    """What a developer should know, such as a retry key that came back with another body."""
