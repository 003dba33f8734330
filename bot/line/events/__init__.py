"""Webhook bodies to typed events, without I/O.

`read_webhook` is the acknowledging path: it splits a body into events, each kept as received.
`parse_event` reads one kept event for the handlers. Field names and limits follow LINE's
`webhook.yml` (github.com/line/line-openapi); everything unknown is tolerated, since LINE may add
event types, message types, enum values and fields without notice.
"""

from __future__ import annotations

from bot.line.events.content import Content, Emoji, MediaContent, MediaKind, Mention, TextContent, UnknownContent
from bot.line.events.parsing import UnreadableEvent, parse_event
from bot.line.events.state import FINAL_STATES, OPEN_STATES, EventState
from bot.line.events.types import (
    AccountLinkEvent,
    BeaconEvent,
    Event,
    FollowEvent,
    JoinEvent,
    LeaveEvent,
    MemberJoinedEvent,
    MemberLeftEvent,
    MembershipEvent,
    MessageEditedEvent,
    MessageEvent,
    Mode,
    OtherEvent,
    PostbackEvent,
    Source,
    SourceType,
    UnfollowEvent,
    UnsendEvent,
    VideoPlayCompleteEvent,
)
from bot.line.events.webhook import NO_SOURCE, UNREADABLE, NotAWebhook, ReceivedEvent, Webhook, read_webhook

__all__ = [
    "FINAL_STATES",
    "NO_SOURCE",
    "OPEN_STATES",
    "UNREADABLE",
    "AccountLinkEvent",
    "BeaconEvent",
    "Content",
    "Emoji",
    "Event",
    "EventState",
    "FollowEvent",
    "JoinEvent",
    "LeaveEvent",
    "MediaContent",
    "MediaKind",
    "MemberJoinedEvent",
    "MemberLeftEvent",
    "MembershipEvent",
    "Mention",
    "MessageEditedEvent",
    "MessageEvent",
    "Mode",
    "NotAWebhook",
    "OtherEvent",
    "PostbackEvent",
    "ReceivedEvent",
    "Source",
    "SourceType",
    "TextContent",
    "UnfollowEvent",
    "UnknownContent",
    "UnreadableEvent",
    "UnsendEvent",
    "VideoPlayCompleteEvent",
    "Webhook",
    "parse_event",
    "read_webhook",
]
