"""A kept event to its type. Tolerant: unknown fields are ignored, odd ones count as missing."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping
from typing import Any, TypedDict

from bot.errors import BadRequest
from bot.line.events.content import Content, Emoji, MediaContent, MediaKind, Mention, TextContent, UnknownContent
from bot.line.events.fields import Fields
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
from bot.line.events.values import is_identifier, moment

_MAX_DIGITS = 19
"""A whole number with more doesn't fit the stores' 64 bits; it reads as missing."""


class UnreadableEvent(BadRequest):
    """A kept event that no handler can work with."""

    code = "unreadable_event"
    message = "The event is not a JSON object with a `type`."


class _Common(TypedDict):
    type: str
    source: Source
    mode: Mode
    reply_token: str | None
    occurred_at: Any
    webhook_event_id: str | None
    is_redelivery: bool
    mark_as_read_token: str | None


def parse_event(payload: str) -> Event:
    """Read one event's JSON, as kept in `ReceivedEvent.payload`.

    Text in it is safe for every store. A type without a class of its own is an OtherEvent. Raises
    UnreadableEvent for anything that is not an object with a `type`.
    """
    try:
        value = _DECODER.decode(payload)
    except (ValueError, RecursionError):
        raise UnreadableEvent from None
    fields = Fields(value)
    kind = fields.text("type")
    if not kind:
        raise UnreadableEvent
    return _READERS.get(kind, _other)(fields, _common(kind, fields))


def _whole(digits: str) -> int | None:
    number = int(digits) if len(digits) <= _MAX_DIGITS + 1 else None
    return number if number is not None and -(2**63) <= number < 2**63 else None


def _decimal(digits: str) -> float | None:
    number = float(digits)
    return number if math.isfinite(number) else None


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


_DECODER = json.JSONDecoder(parse_int=_whole, parse_float=_decimal, parse_constant=_no_constant, strict=True)


def _common(kind: str, fields: Fields) -> _Common:
    event_id = fields.text("webhookEventId")
    return _Common(
        type=kind,
        source=_source(fields.inner("source")),
        mode=_mode(fields.text("mode")),
        reply_token=fields.text("replyToken") or None,
        occurred_at=moment(fields.whole("timestamp")),
        webhook_event_id=event_id if event_id and is_identifier(event_id) else None,
        is_redelivery=fields.inner("deliveryContext").flag("isRedelivery"),
        mark_as_read_token=fields.inner("message").text("markAsReadToken"),
    )


def _mode(value: str | None) -> Mode:
    return Mode(value) if value in {Mode.ACTIVE, Mode.STANDBY} else Mode.UNKNOWN


def _source(fields: Fields) -> Source:
    user_id = fields.text("userId") or None
    group_id, room_id = fields.text("groupId") or None, fields.text("roomId") or None
    kind = fields.text("type")
    known = SourceType(kind) if kind in {SourceType.USER, SourceType.GROUP, SourceType.ROOM} else SourceType.UNKNOWN
    return Source(type=known, id=group_id or room_id or user_id, user_id=user_id)


def _content(fields: Fields) -> Content:
    kind = fields.text("type")
    text = fields.text("text")
    if kind == "text" and text is not None:
        return TextContent(
            text=text,
            mentions=tuple(_mention(item) for item in fields.inner("mention").list_of("mentionees")),
            emojis=tuple(_emoji(item) for item in fields.list_of("emojis")),
            quote_token=fields.text("quoteToken"),
            quoted_message_id=fields.text("quotedMessageId"),
        )
    return _media(MediaKind(kind), fields) if kind in set(MediaKind) else UnknownContent(type=kind)


def _mention(fields: Fields) -> Mention:
    return Mention(
        type=fields.text("type"),
        index=fields.whole("index"),
        length=fields.whole("length"),
        user_id=fields.text("userId"),
        is_self=fields.flag("isSelf"),
    )


def _emoji(fields: Fields) -> Emoji:
    return Emoji(
        index=fields.whole("index"),
        length=fields.whole("length"),
        product_id=fields.text("productId"),
        emoji_id=fields.text("emojiId"),
    )


def _media(kind: MediaKind, fields: Fields) -> MediaContent:
    provider, image_set = fields.inner("contentProvider"), fields.inner("imageSet")
    return MediaContent(
        kind=kind,
        provider=provider.text("type"),
        url=provider.text("originalContentUrl"),
        preview_url=provider.text("previewImageUrl"),
        duration=fields.whole("duration"),
        image_set_id=image_set.text("id"),
        image_set_index=image_set.whole("index"),
        image_set_total=image_set.whole("total"),
        file_name=fields.text("fileName"),
        file_size=fields.whole("fileSize"),
        title=fields.text("title"),
        address=fields.text("address"),
        latitude=fields.number("latitude"),
        longitude=fields.number("longitude"),
        package_id=fields.text("packageId"),
        sticker_id=fields.text("stickerId"),
        sticker_resource_type=fields.text("stickerResourceType"),
        keywords=fields.texts("keywords"),
        text=fields.text("text"),
        quote_token=fields.text("quoteToken"),
        quoted_message_id=fields.text("quotedMessageId"),
    )


def _message(fields: Fields, common: _Common) -> Event:
    message = fields.inner("message")
    return MessageEvent(**common, message_id=message.text("id"), content=_content(message))


def _message_edited(fields: Fields, common: _Common) -> Event:
    message = fields.inner("message")
    return MessageEditedEvent(**common, message_id=message.text("id"), content=_content(message))


def _unsend(fields: Fields, common: _Common) -> Event:
    return UnsendEvent(**common, message_id=fields.inner("unsend").text("messageId"))


def _follow(fields: Fields, common: _Common) -> Event:
    return FollowEvent(**common, is_unblocked=fields.inner("follow").flag("isUnblocked"))


def _member_joined(fields: Fields, common: _Common) -> Event:
    return MemberJoinedEvent(**common, user_ids=_user_ids(fields.inner("joined")))


def _member_left(fields: Fields, common: _Common) -> Event:
    return MemberLeftEvent(**common, user_ids=_user_ids(fields.inner("left")))


def _user_ids(fields: Fields) -> tuple[str, ...]:
    return tuple(found for member in fields.list_of("members") if (found := member.text("userId")))


def _postback(fields: Fields, common: _Common) -> Event:
    postback = fields.inner("postback")
    return PostbackEvent(**common, data=postback.text("data") or "", params=postback.inner("params").pairs())


def _video_play_complete(fields: Fields, common: _Common) -> Event:
    return VideoPlayCompleteEvent(**common, tracking_id=fields.inner("videoPlayComplete").text("trackingId"))


def _beacon(fields: Fields, common: _Common) -> Event:
    beacon = fields.inner("beacon")
    return BeaconEvent(
        **common, hardware_id=beacon.text("hwid"), action=beacon.text("type"), device_message=beacon.text("dm")
    )


def _account_link(fields: Fields, common: _Common) -> Event:
    link = fields.inner("link")
    return AccountLinkEvent(**common, result=link.text("result"), nonce=link.text("nonce"))


def _membership(fields: Fields, common: _Common) -> Event:
    membership = fields.inner("membership")
    return MembershipEvent(**common, action=membership.text("type"), membership_id=membership.whole("membershipId"))


def _other(_fields: Fields, common: _Common) -> Event:
    return OtherEvent(**common)


_READERS: Mapping[str, Callable[[Fields, _Common], Event]] = {
    "message": _message,
    "messageEdited": _message_edited,
    "unsend": _unsend,
    "follow": _follow,
    "unfollow": lambda _fields, common: UnfollowEvent(**common),
    "join": lambda _fields, common: JoinEvent(**common),
    "leave": lambda _fields, common: LeaveEvent(**common),
    "memberJoined": _member_joined,
    "memberLeft": _member_left,
    "postback": _postback,
    "videoPlayComplete": _video_play_complete,
    "beacon": _beacon,
    "accountLink": _account_link,
    "membership": _membership,
}
