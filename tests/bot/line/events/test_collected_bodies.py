"""Bodies from the test suites of LINE's own SDKs, cross-checked with the official parser."""

from __future__ import annotations

import json
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from linebot.v3 import WebhookParser
from linebot.v3.models.events import UnknownEvent
from linebot.v3.webhooks import MessageEditedEvent as SdkMessageEditedEvent
from linebot.v3.webhooks import MessageEvent as SdkMessageEvent

from bot.line.events import NotAWebhook, UnreadableEvent, parse_event, read_webhook

FILE = Path(__file__).parents[4] / "../shared/data/04_line_webhook/bodies.dev.jsonl"
ROWS = [json.loads(line) for line in FILE.read_text(encoding="utf-8").splitlines()] if FILE.exists() else []
BODIES = [pytest.param(row["body"], id=f"{row['sdk']}-{row['name']}") for row in ROWS]

pytestmark = pytest.mark.skipif(not ROWS, reason=f"the collected webhook bodies are not here: {FILE}")

# The SDK's attribute paths, and ours.
COMMON = {
    "type": "type",
    "timestamp": "occurred_at",
    "mode": "mode",
    "webhook_event_id": "webhook_event_id",
    "delivery_context.is_redelivery": "is_redelivery",
    "reply_token": "reply_token",
    "source.type": "source.type",
    "source.user_id": "source.user_id",
    "postback.data": "data",
    "unsend.message_id": "message_id",
    "follow.is_unblocked": "is_unblocked",
    "beacon.hwid": "hardware_id",
    "beacon.type": "action",
    "beacon.dm": "device_message",
    "link.result": "result",
    "link.nonce": "nonce",
    "video_play_complete.tracking_id": "tracking_id",
}
MESSAGE_FIELDS = (
    *("text", "quote_token", "quoted_message_id", "duration", "file_name", "file_size"),
    *("title", "address", "latitude", "longitude", "package_id", "sticker_id", "sticker_resource_type"),
)
MESSAGE = {
    "message.id": "message_id",
    "message.mark_as_read_token": "mark_as_read_token",
    "message.content_provider.type": "content.provider",
    "message.content_provider.original_content_url": "content.url",
    "message.content_provider.preview_image_url": "content.preview_url",
    "message.image_set.id": "content.image_set_id",
    "message.image_set.index": "content.image_set_index",
    "message.image_set.total": "content.image_set_total",
} | {f"message.{name}": f"content.{name}" for name in MESSAGE_FIELDS}


def attribute(value: Any, path: str) -> Any:
    for name in path.split("."):
        value = getattr(value, name, None)
    return value


def completed(body: str) -> dict[str, Any]:
    """The body with what the official parser can't do without."""
    webhook: dict[str, Any] = json.loads(body)
    for number, event in enumerate(webhook["events"]):
        event.setdefault("webhookEventId", f"01TEST{number}")
        event.setdefault("deliveryContext", {"isRedelivery": False})
        if "message" in event:
            event["message"].setdefault("quoteToken", "quote")
    return webhook


@pytest.mark.parametrize("body", BODIES)
def test_every_event_is_kept_as_received_and_readable(body: str) -> None:
    webhook = read_webhook(body.encode())
    sent = json.loads(body)
    assert webhook.destination == sent.get("destination")
    assert [json.loads(event.payload) for event in webhook.events] == sent["events"]
    assert all(event.payload in body for event in webhook.events)
    assert [parse_event(event.payload).type for event in webhook.events] == [event["type"] for event in sent["events"]]


@pytest.mark.parametrize("body", BODIES)
def test_our_fields_equal_those_of_the_official_parser(body: str) -> None:
    text = json.dumps(completed(body))
    theirs = WebhookParser("secret", skip_signature_verification=lambda: True).parse(text, "")
    ours = [parse_event(event.payload) for event in read_webhook(text.encode()).events]
    for official, event in zip(theirs, ours, strict=True):
        if isinstance(official, UnknownEvent):
            continue
        names = COMMON | (MESSAGE if isinstance(official, SdkMessageEvent | SdkMessageEditedEvent) else {})
        for path, name in names.items():
            expected, found = attribute(official, path), attribute(event, name)
            if path == "timestamp":
                assert round(found.timestamp() * 1000) == expected
            elif expected is not None:
                assert found == expected, path


@pytest.mark.parametrize("body", BODIES)
def test_mentions_emojis_keywords_and_members_equal_the_official_ones(body: str) -> None:
    text = json.dumps(completed(body))
    theirs = WebhookParser("secret", skip_signature_verification=lambda: True).parse(text, "")
    ours = [parse_event(event.payload) for event in read_webhook(text.encode()).events]
    for official, event in zip(theirs, ours, strict=True):
        for path, name, parts in (
            ("message.mention.mentionees", "content.mentions", ["type", "index", "length", "user_id"]),
            ("message.emojis", "content.emojis", ["index", "length", "product_id", "emoji_id"]),
        ):
            expected = [[getattr(item, part, None) for part in parts] for item in attribute(official, path) or ()]
            assert [[getattr(item, part) for part in parts] for item in attribute(event, name) or ()] == expected
        assert list(attribute(event, "content.keywords") or ()) == (attribute(official, "message.keywords") or [])
        members = attribute(official, "joined.members") or attribute(official, "left.members") or ()
        assert list(attribute(event, "user_ids") or ()) == [member.user_id for member in members]


@given(st.data())
def test_damaged_bodies_are_refused_or_read_and_nothing_else(data: st.DataObject) -> None:
    body = bytearray(data.draw(st.sampled_from(ROWS))["body"].encode())
    for _ in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(0, len(body) - 1))
        change = data.draw(st.sampled_from(["flip", "cut", "insert", "replace"]))
        if change == "flip":
            body[place] ^= 1 << data.draw(st.integers(0, 7))
        elif change == "cut":
            del body[place : place + data.draw(st.integers(1, 40))]
        elif change == "insert":
            body[place:place] = data.draw(st.sampled_from(ODDITIES))
        else:
            body[place : place + 4] = data.draw(st.binary(max_size=8))
        body = body or bytearray(b" ")
    read_all(bytes(body))


ODDITIES = [
    b"\\ud800",
    b"\\u0000",
    b"\x00",
    b"\xff",
    b"NaN",
    b"null",
    b"[[[[",
    b"{" * 2000,
    b"9" * 5000,
    b'"',
    b"1e999",
]
VALUES = st.sampled_from([None, True, -1, 10**30, 1.5, "", "\0", "\ud800", [], {}, [None], {"type": 5}, "x" * 6000])


@given(st.data())
def test_bodies_with_swapped_types_are_refused_or_read_and_nothing_else(data: st.DataObject) -> None:
    webhook = json.loads(data.draw(st.sampled_from(ROWS))["body"])
    for _ in range(data.draw(st.integers(1, 3))):
        place = webhook
        while isinstance(place, dict | list) and place:
            key = data.draw(st.sampled_from(sorted(place) if isinstance(place, dict) else range(len(place))))
            if not isinstance(place[key], dict | list) or data.draw(st.booleans()):
                place[key] = deepcopy(data.draw(VALUES))
                break
            place = place[key]
    read_all(json.dumps(webhook).encode())


def read_all(body: bytes) -> None:
    try:
        events = read_webhook(body).events
    except NotAWebhook:
        return
    for received in events:
        try:
            repr(parse_event(received.payload)).encode()
        except UnreadableEvent:
            continue
