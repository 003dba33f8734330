"""Reading one kept event."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.line.events import (
    AccountLinkEvent,
    BeaconEvent,
    Event,
    FollowEvent,
    MediaContent,
    MediaKind,
    MemberJoinedEvent,
    MembershipEvent,
    Mention,
    MessageEvent,
    Mode,
    OtherEvent,
    PostbackEvent,
    Source,
    SourceType,
    TextContent,
    UnknownContent,
    UnreadableEvent,
    UnsendEvent,
    VideoPlayCompleteEvent,
    parse_event,
)


def read(**fields: Any) -> Event:
    return parse_event(json.dumps(fields))


def read_message(**message: Any) -> MessageEvent:
    event = read(type="message", message=message)
    assert isinstance(event, MessageEvent)
    return event


def test_every_event_has_the_common_fields() -> None:
    event = read(
        type="follow",
        source={"type": "group", "groupId": "C1", "userId": "U1"},
        mode="active",
        replyToken="token",
        timestamp=1000,
        webhookEventId="01A",
        deliveryContext={"isRedelivery": True},
        follow={"isUnblocked": True},
    )
    assert event == FollowEvent(
        type="follow",
        source=Source(type=SourceType.GROUP, id="C1", user_id="U1"),
        mode=Mode.ACTIVE,
        reply_token="token",
        occurred_at=datetime(1970, 1, 1, 0, 0, 1, tzinfo=UTC),
        webhook_event_id="01A",
        is_redelivery=True,
        mark_as_read_token=None,
        is_unblocked=True,
    )


@pytest.mark.parametrize(
    ("mode", "token", "may"),
    [("active", "t", True), ("active", None, False), ("standby", "t", False), ("new", "t", False), (5, "t", False)],
)
def test_only_active_events_with_a_token_may_be_answered(mode: object, token: object, may: bool) -> None:
    assert read(type="message", mode=mode, replyToken=token).may_be_answered is may


def test_a_text_has_mentions_emojis_and_what_it_quotes() -> None:
    mentionee = {"type": "user", "index": 0, "length": 4, "userId": "U1", "isSelf": True}
    event = read_message(
        type="text",
        id="7",
        text="@bot hi",
        mention={"mentionees": [mentionee, 5, {"type": "all", "index": 5, "length": 2}]},
        quotedMessageId="6",
        markAsReadToken="read",
    )
    assert isinstance(event.content, TextContent)
    assert event.content.mentions[0] == Mention(type="user", index=0, length=4, user_id="U1", is_self=True)
    assert [mention.is_self for mention in event.content.mentions] == [True, False]
    assert event.content.mentions_bot
    assert (event.message_id, event.content.quoted_message_id, event.mark_as_read_token) == ("7", "6", "read")


@pytest.mark.parametrize("kind", list(MediaKind))
def test_media_are_told_apart_even_when_all_their_fields_are_missing(kind: MediaKind) -> None:
    assert read_message(type=kind).content == MediaContent(kind=kind)


@pytest.mark.parametrize("message", [{"type": "hologram"}, {"type": "text"}, {"type": "text", "text": 5}, {}])
def test_content_that_cannot_be_read_is_unknown(message: dict[str, Any]) -> None:
    assert isinstance(read_message(**message).content, UnknownContent)


def test_text_is_safe_for_every_store() -> None:
    event = parse_event(r'{"type":"message","message":{"type":"text","text":"a\u0000b\ud83dc\ud83d\ude00"}}')
    assert isinstance(event, MessageEvent)
    assert event.content == TextContent(text="a\ufffdb\ufffdc😀")


def test_a_postback_has_data_and_parameters() -> None:
    event = read(type="postback", postback={"data": "a=1", "params": {"date": "2026-01-01", "odd": 5}})
    assert isinstance(event, PostbackEvent)
    assert (event.data, event.params) == ("a=1", (("date", "2026-01-01"),))


@pytest.mark.parametrize(
    ("fields", "kind", "attribute", "expected"),
    [
        ({"type": "unsend", "unsend": {"messageId": "9"}}, UnsendEvent, "message_id", "9"),
        ({"type": "memberJoined", "joined": {"members": [{"userId": "U1"}]}}, MemberJoinedEvent, "user_ids", ("U1",)),
        ({"type": "beacon", "beacon": {"type": "enter"}}, BeaconEvent, "action", "enter"),
        ({"type": "accountLink", "link": {"nonce": "n"}}, AccountLinkEvent, "nonce", "n"),
        ({"type": "membership", "membership": {"membershipId": 3}}, MembershipEvent, "membership_id", 3),
        (
            {"type": "videoPlayComplete", "videoPlayComplete": {"trackingId": "t"}},
            VideoPlayCompleteEvent,
            "tracking_id",
            "t",
        ),
    ],
    ids=lambda value: value.__name__ if isinstance(value, type) else "",
)
def test_each_type_has_its_fields(fields: dict[str, Any], kind: type, attribute: str, expected: object) -> None:
    event = read(**fields)
    assert type(event) is kind
    assert getattr(event, attribute) == expected


@pytest.mark.parametrize("kind", ["module", "activated", "botSuspended", "delivery", "somethingNew"])
def test_a_type_without_a_class_of_its_own_is_an_other_event(kind: str) -> None:
    event = read(type=kind)
    assert isinstance(event, OtherEvent)
    assert event.type == kind


@pytest.mark.parametrize("payload", ["", "5", "null", "[]", "{}", '{"type":5}', '{"type":""}', "{", "\ufeff{}", "NaN"])
def test_what_is_no_event_is_unreadable(payload: str) -> None:
    with pytest.raises(UnreadableEvent):
        parse_event(payload)


@pytest.mark.parametrize("value", ["NaN", "-Infinity", "[" * 100_000, "[" * 100_000 + "]" * 100_000])
def test_hostile_values_are_unreadable(value: str) -> None:
    with pytest.raises(UnreadableEvent):
        parse_event(f'{{"type":"message","x":{value}}}')


def test_numbers_beyond_the_stores_read_as_missing() -> None:
    payload = '{"type":"message","message":{"type":"file","fileSize":%s,"latitude":1e999}}' % ("9" * 5000)
    event = parse_event(payload)
    assert isinstance(event, MessageEvent)
    assert event.content == MediaContent(kind=MediaKind.FILE)


NAMES = st.sampled_from(
    [
        *("type", "source", "userId", "groupId", "mode", "replyToken", "timestamp", "message", "id", "text", "link"),
        *("mention", "mentionees", "isSelf", "emojis", "members", "contentProvider", "imageSet", "index", "keywords"),
        *("joined", "left", "postback", "data", "params", "unsend", "follow", "beacon"),
    ]
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=4),
    max_leaves=10,
)
TYPES = st.sampled_from(
    ["message", "messageEdited", "unsend", "follow", "memberJoined", "memberLeft", "postback", "beacon", "membership"]
)


@given(TYPES, st.dictionaries(NAMES, JSON))
def test_fields_of_any_type_are_survived(kind: str, fields: dict[str, Any]) -> None:
    assert read(**{**fields, "type": kind}).type == kind
