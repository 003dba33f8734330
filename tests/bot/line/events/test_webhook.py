"""Splitting a webhook body into events."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.line.events import NO_SOURCE, UNREADABLE, NotAWebhook, ReceivedEvent, read_webhook
from bot.line.events.webhook import MAX_TYPE_LENGTH

USER = "U80696558e1aa831fdaedc2e26cd1eb05"
EVENT: dict[str, Any] = {
    "type": "message",
    "message": {"type": "text", "id": "14353798921116", "text": "你好"},
    "timestamp": 1625665242211,
    "source": {"type": "user", "userId": USER},
    "replyToken": "757913772c4646b784d4b7ce46d12671",
    "mode": "active",
    "webhookEventId": "01FZ74A0TDDPYRVKNK77XKC3ZR",
    "deliveryContext": {"isRedelivery": False},
}


def one(event: str) -> ReceivedEvent:
    """The event of a body that holds the given JSON as its only event."""
    (received,) = read_webhook(b'{"events":[' + event.encode() + b"]}").events
    return received


def variant(**changes: Any) -> ReceivedEvent:
    return one(json.dumps({**EVENT, **changes}))


def test_an_event_is_read_with_all_that_storing_it_needs() -> None:
    payload = json.dumps(EVENT, ensure_ascii=False, indent=2)
    assert one(payload) == ReceivedEvent(
        webhook_event_id="01FZ74A0TDDPYRVKNK77XKC3ZR",
        source_id=USER,
        type="message",
        message_id="14353798921116",
        occurred_at=datetime(2021, 7, 7, 13, 40, 42, 211000, tzinfo=UTC),
        payload=payload,
    )


def test_the_connection_check_has_no_events() -> None:
    webhook = read_webhook(b'{"destination":"Uabc","events":[]}')
    assert (webhook.destination, webhook.events) == ("Uabc", ())


@pytest.mark.parametrize("destination", ["5", "null", "[]", "{}", "1" * 5000])
def test_an_odd_destination_is_none(destination: str) -> None:
    assert read_webhook(f'{{"destination":{destination},"events":[]}}'.encode()).destination is None


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"[]",
        b'"events"',
        b"{}",
        b'{"events":null}',
        b'{"events":{}}',
        b'{"events":[1]',
        b'{"events":[]} x',
        b'{"events":[NaN]}',
        b'{"events":[{"a":Infinity}]}',
        b"\xef\xbb\xbf" + b'{"events":[]}',
        '{"events":[]}'.encode("utf-16"),
        b'{"events":[{"text":"\xff"}]}',
        b'{"events":[{"text":"\xed\xa0\x80"}]}',
        b'{"events":[],"other":"\xff"}',
        b'{"events":[{"text":"\x00"}]}',
        b'{"events":[' + b"[" * 100_000 + b"]" * 100_000 + b"]}",
        b'{"events":[],"other":' + b'{"a":' * 100_000,
        b'{"events":' + b"1" * 5000 + b"}",
    ],
    ids=lambda body: repr(body[:30]),
)
def test_what_is_no_webhook_is_refused(body: bytes) -> None:
    with pytest.raises(NotAWebhook):
        read_webhook(body)


@pytest.mark.parametrize("broken", ["5", '"text"', "null", "[]", "{}", '{"type":5}', '{"type":' + "9" * 5000 + "}"])
def test_a_broken_event_does_not_cost_the_others(broken: str) -> None:
    good = json.dumps(EVENT)
    first, second, third = read_webhook(f'{{"events":[{good},{broken},{good}]}}'.encode()).events
    assert first == third == one(good)
    assert (second.type, second.payload) == (UNREADABLE, broken)


def test_a_redelivery_of_an_event_without_an_id_is_the_same_event() -> None:
    first = variant(webhookEventId=None)
    again = variant(webhookEventId=None, deliveryContext={"isRedelivery": True})
    other = variant(webhookEventId=None, timestamp=1625665242212)
    assert first.webhook_event_id == again.webhook_event_id != other.webhook_event_id


@pytest.mark.parametrize("event_id", [None, "", 5, "a b", "x" * 65, "識別", "a\n", "\0"])
def test_an_unusable_event_id_is_replaced_by_a_hash(event_id: object) -> None:
    assert variant(webhookEventId=event_id).webhook_event_id.startswith("sha256:")


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ({"type": "user", "userId": USER}, USER),
        ({"type": "group", "groupId": "C1", "userId": USER}, "C1"),
        ({"type": "room", "roomId": "R1"}, "R1"),
        ({"type": "channel", "userId": USER}, USER),
    ],
)
def test_the_source_id_names_where_the_conversation_is(source: object, expected: str) -> None:
    assert variant(source=source).source_id == expected


@pytest.mark.parametrize("source", [None, {}, {"type": "user"}])
def test_whoever_has_no_id_shares_a_chat_with_nobody(source: object) -> None:
    first, other = variant(source=source), variant(source=source, webhookEventId="01OTHER")
    assert first == variant(source=source)
    assert first.source_id.startswith(NO_SOURCE)
    assert first.source_id != other.source_id


@pytest.mark.parametrize("source", [5, "U1", {"userId": 5}, {"userId": "x" * 65}, {"groupId": "\0"}])
def test_an_odd_source_gets_a_stable_id_of_its_own(source: object) -> None:
    assert variant(source=source).source_id == variant(source=source).source_id != NO_SOURCE
    assert variant(source=source).source_id.startswith("sha256:")


def test_only_messages_and_what_happens_to_them_have_a_message_id() -> None:
    assert variant(type="messageEdited").message_id == variant().message_id
    assert variant(type="postback").message_id is None
    assert variant(type="unsend", unsend={"messageId": "1"}, message=None).message_id == "1"
    assert variant(type="unsend", unsend={"messageId": 1}).message_id is None
    assert variant(message={"id": 5}).message_id is None


@pytest.mark.parametrize("timestamp", [None, "1", -1, 253_402_300_800_000, 1e300, 10**40, True])
def test_a_timestamp_that_is_none_gives_no_time(timestamp: object) -> None:
    assert variant(timestamp=timestamp).occurred_at is None


def test_a_long_type_is_cut() -> None:
    assert variant(type="x" * 100).type == "x" * MAX_TYPE_LENGTH


def test_half_a_surrogate_pair_costs_nothing_but_itself() -> None:
    text = r'{"type":"message","a":"\ud83d \ud83d\ude00 \\ud83d \uDE00","n":1.50}'
    assert one(text).payload == r'{"type":"message","a":"\ufffd \ud83d\ude00 \\ud83d \ufffd","n":1.50}'


def test_null_characters_stay_escaped_in_what_is_stored() -> None:
    received = variant(type="\0", message={"text": "\0"})
    assert received.type == "\ufffd"
    assert "\0" not in received.payload


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=8,
)


@given(st.binary(max_size=200) | st.builds(lambda value: json.dumps({"events": value}).encode(), JSON))
def test_nothing_but_a_refusal_comes_out_of_any_body(body: bytes) -> None:
    try:
        events = read_webhook(body).events
    except NotAWebhook:
        return
    for event in events:
        assert len(event.webhook_event_id) <= 80
        assert len(event.source_id) <= 80
        (event.payload + event.type).encode()


@given(st.dictionaries(st.sampled_from(sorted(EVENT)), JSON.filter(lambda value: "NaN" not in json.dumps(value))))
def test_an_event_with_fields_of_any_type_is_kept(changes: dict[str, Any]) -> None:
    text = json.dumps({**EVENT, **changes}).replace("-Infinity", "0").replace("Infinity", "0")
    first, second = read_webhook(f'{{"events":[{text},{json.dumps(EVENT)}]}}'.encode()).events
    assert json.loads(first.payload).keys() == EVENT.keys()
    assert second.message_id == "14353798921116"
