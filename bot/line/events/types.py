"""The events of the Messaging API, as handlers see them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.line.events.content import Content


class SourceType(StrEnum):
    """Where people and the bot can meet; `unknown` for what LINE adds later."""

    USER = "user"
    GROUP = "group"
    ROOM = "room"
    UNKNOWN = "unknown"


class Mode(StrEnum):
    """Only events in `active` mode may be answered."""

    ACTIVE = "active"
    STANDBY = "standby"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where an event comes from. `id` is the group's, room's or user's; `user_id` may be missing anywhere."""

    type: SourceType
    id: str | None
    user_id: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """What every event has. `webhook_event_id` is LINE's own, None where it has none."""

    type: str
    source: Source
    mode: Mode
    reply_token: str | None
    occurred_at: datetime | None
    webhook_event_id: str | None
    is_redelivery: bool
    mark_as_read_token: str | None

    @property
    def may_be_answered(self) -> bool:
        return self.mode is Mode.ACTIVE and self.reply_token is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageEvent(Event):
    """A person sent a message."""

    message_id: str | None
    content: Content


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageEditedEvent(Event):
    """A message of a group was changed. Edits may arrive out of order: the latest `occurred_at` holds."""

    message_id: str | None
    content: Content


@dataclass(frozen=True, slots=True, kw_only=True)
class UnsendEvent(Event):
    """A person took a message back: its text is to be forgotten."""

    message_id: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowEvent(Event):
    """`is_unblocked` is not guaranteed to be right, says LINE."""

    is_unblocked: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class UnfollowEvent(Event):
    """A person blocked the account."""


@dataclass(frozen=True, slots=True, kw_only=True)
class JoinEvent(Event):
    """The bot came into a group or room."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LeaveEvent(Event):
    """The bot was removed from a group or room."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberJoinedEvent(Event):
    """People came into a group or room that the bot is in."""

    user_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberLeftEvent(Event):
    """People left a group or room that the bot is in."""

    user_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PostbackEvent(Event):
    """`params` holds what a date picker or a rich menu adds, as pairs of name and value."""

    data: str
    params: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class VideoPlayCompleteEvent(Event):
    """A person watched a video with a `trackingId` to its end."""

    tracking_id: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class BeaconEvent(Event):
    """`action` is `enter`, `banner` or `stay`; `device_message` is hexadecimal."""

    hardware_id: str | None
    action: str | None
    device_message: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountLinkEvent(Event):
    """A person linked their LINE account to an account elsewhere; `result` is `ok` or `failed`."""

    result: str | None
    nonce: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class MembershipEvent(Event):
    """`action` is `joined`, `left` or `renewed`."""

    action: str | None
    membership_id: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherEvent(Event):
    """A type with nothing to read here: module channels, LINE notification messages, later additions."""
