"""A webhook body split into its events, each kept exactly as received: the acknowledging path."""

from __future__ import annotations

import hashlib
import re
from datetime import datetime
from typing import TypeVar

import msgspec

from bot.errors import BadRequest
from bot.line.events.values import is_identifier, moment, storable

NO_SOURCE = "-"
UNREADABLE = "unreadable"
MAX_TYPE_LENGTH = 32

_T = TypeVar("_T")
# Half a surrogate pair written as an escape is JSON by its grammar, but names no character, and
# the decoder refuses the whole body for it. Its replacement has the same length.
_ESCAPE = re.compile(
    rb"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|(\\u[dD][89a-fA-F][0-9a-fA-F]{2})|\\.", re.DOTALL
)


class NotAWebhook(BadRequest):
    """The request body is no webhook at all, so there is nothing to keep."""

    code = "not_a_webhook"
    message = "The body is not a JSON object with an `events` array."


class ReceivedEvent(msgspec.Struct, frozen=True, gc=False):
    """One event of a webhook, with what is needed to store it once and in order.

    `webhook_event_id` is LINE's, or `sha256:` and a hash of the event without its
    `deliveryContext`, so that the redelivery of an event without an id is the same event.
    `source_id` is the group, room or user; without one `-` and the event's id, since people whom
    LINE doesn't name have nothing in common; a hash where the id has no usable form. `type` is as
    sent, or `unreadable` where the event is no object with a type.
    `payload` is the event's JSON as received.
    """

    webhook_event_id: str
    source_id: str
    type: str
    message_id: str | None
    occurred_at: datetime | None
    payload: str


class Webhook(msgspec.Struct, frozen=True, gc=False):
    """`destination` is the user id of the bot that the events are for."""

    destination: str | None
    events: tuple[ReceivedEvent, ...]


class _Body(msgspec.Struct, gc=False):
    events: list[msgspec.Raw]
    destination: msgspec.Raw = msgspec.Raw()


# Every field is read on its own, so that one of an odd type costs nothing but itself.
class _Head(msgspec.Struct, rename="camel", gc=False):
    type: msgspec.Raw = msgspec.Raw()
    webhook_event_id: msgspec.Raw = msgspec.Raw()
    timestamp: msgspec.Raw = msgspec.Raw()
    source: msgspec.Raw = msgspec.Raw()
    message: msgspec.Raw = msgspec.Raw()
    unsend: msgspec.Raw = msgspec.Raw()


class _Source(msgspec.Struct, rename="camel", gc=False):
    group_id: str | None = None
    room_id: str | None = None
    user_id: str | None = None


class _Message(msgspec.Struct, gc=False):
    id: str


class _Unsend(msgspec.Struct, rename="camel", gc=False):
    message_id: str


# A message's change of text carries the id of the message, and so does what takes it back.
_OF_A_MESSAGE = frozenset({"message", "messageEdited"})
_BODY = msgspec.json.Decoder(_Body)
_HEAD = msgspec.json.Decoder(_Head)
_TEXT = msgspec.json.Decoder(str)
_WHOLE = msgspec.json.Decoder(int)
_SOURCE = msgspec.json.Decoder(_Source)
_MESSAGE = msgspec.json.Decoder(_Message)
_UNSEND = msgspec.json.Decoder(_Unsend)
_FIELDS = msgspec.json.Decoder(dict[str, msgspec.Raw])


def read_webhook(body: bytes) -> Webhook:
    """Split a request body into events.

    A broken or unknown event is kept like any other. Half a surrogate pair written as an escape is
    kept as `\\ufffd`, everything else byte by byte. Raises NotAWebhook for a body that is not a
    JSON object (UTF-8, no byte order mark) with an `events` array.
    """
    try:
        # The decoder skips over strings that it doesn't keep without checking their encoding.
        body.decode()
        envelope = _envelope(body)
        return Webhook(
            destination=_read(_TEXT, envelope.destination), events=tuple(_received(raw) for raw in envelope.events)
        )
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise NotAWebhook from None


def _envelope(body: bytes) -> _Body:
    try:
        return _BODY.decode(body)
    except msgspec.ValidationError:
        raise
    except msgspec.DecodeError:
        repaired = _ESCAPE.sub(lambda found: rb"\ufffd" if found[1] else found[0], body)
        if repaired == body:
            raise
        return _BODY.decode(repaired)


def _received(raw: msgspec.Raw) -> ReceivedEvent:
    payload = str(raw, "utf-8")
    try:
        head = _HEAD.decode(raw)
    except msgspec.ValidationError:
        return ReceivedEvent(_hash(bytes(raw)), NO_SOURCE, UNREADABLE, None, None, payload)
    kind = _read(_TEXT, head.type)
    given = _read(_TEXT, head.webhook_event_id)
    event_id = given if given is not None and is_identifier(given) else _content_hash(raw)
    return ReceivedEvent(
        event_id,
        _source_id(head.source) or f"{NO_SOURCE}{event_id}",
        storable(kind[:MAX_TYPE_LENGTH]) if kind else UNREADABLE,
        _message_id(kind, head),
        moment(_read(_WHOLE, head.timestamp)),
        payload,
    )


def _message_id(kind: str | None, head: _Head) -> str | None:
    """The message that an event tells of, changes or takes back."""
    if kind == "unsend":
        unsend = _read(_UNSEND, head.unsend)
        found = unsend.message_id if unsend is not None else None
    else:
        message = _read(_MESSAGE, head.message) if kind in _OF_A_MESSAGE else None
        found = message.id if message is not None else None
    return found if found is not None and is_identifier(found) else None


def _read(decoder: msgspec.json.Decoder[_T], raw: msgspec.Raw) -> _T | None:
    if not raw:
        return None
    try:
        return decoder.decode(raw)
    except msgspec.DecodeError:
        return None


def _source_id(raw: msgspec.Raw) -> str | None:
    """Whose chat it is; None where that isn't told."""
    source = _read(_SOURCE, raw)
    if source is None:
        sent = bytes(raw)
        return None if sent in {b"", b"null"} else _hash(sent)
    found = source.group_id or source.room_id or source.user_id
    if not found:
        return None
    return found if is_identifier(found) else _hash(found.encode())


def _content_hash(raw: msgspec.Raw) -> str:
    fields = _FIELDS.decode(raw)
    fields.pop("deliveryContext", None)
    return _hash(msgspec.json.encode(dict(sorted(fields.items()))))


def _hash(content: bytes) -> str:
    return "sha256:" + hashlib.sha256(content).hexdigest()
