"""What people were shown, by LINE's own log, and which events each showing answers, by the ledger."""

from __future__ import annotations

import uuid
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from bot.line.simulator import Message, Platform
from bot.line.simulator.model import Sender

LEDGER = "SELECT id, kind, purpose, reply_token, retry_key FROM deliveries"
EVENTS = "SELECT webhook_event_id, delivery_id FROM line_events"


@dataclass(frozen=True)
class Shown:
    """What one call to LINE put visibly into a chat, and the events that it answers."""

    chat_id: str
    via: str
    covers: frozenset[str]
    messages: tuple[Message, ...]


def shown_on(platform: Platform, *, ledger: Iterable[Any], events: Iterable[Any]) -> list[Shown]:
    """Every call's showing, chat by chat in the order of its appearance; `ledger` and `events` are the rows
    of those statements.

    A reply answers the event whose token it used, whatever the ledger says, and all that the ledger adds.
    Raises AssertionError for what people were shown and the ledger doesn't know.
    """
    covered: defaultdict[int, set[str]] = defaultdict(set)
    for event_id, delivery_id in events:
        if delivery_id is not None:
            covered[delivery_id].add(event_id)
    by_token: dict[str, int] = {}
    by_key: dict[str, int] = {}
    for delivery_id, _, _, token, key in ledger:
        if token:
            by_token[token] = delivery_id
        if key is not None:
            by_key[uuid.UUID(str(key)).hex] = delivery_id
    keys = {call.request_id: call.headers.get("x-line-retry-key", "") for call in platform.calls}
    found = []
    for messages in _calls(platform):
        first = messages[0]
        if first.answers_event:
            delivery_id = by_token.get(_token(platform, first.answers_event))
            covers = {first.answers_event, *covered[delivery_id if delivery_id is not None else -1]}
        else:
            delivery_id = by_key.get(keys.get(first.request_id or "", "").replace("-", ""))
            covers = covered[delivery_id if delivery_id is not None else -1]
        assert delivery_id is not None, f"shown, and not in the ledger: {first}"
        found.append(Shown(first.chat_id, first.via or "", frozenset(covers), messages))
    return found


def times_answered(shown: Iterable[Shown]) -> Counter[str]:
    """How many visible answers each event has."""
    return Counter(event_id for one in shown for event_id in one.covers)


def inversions(shown: Iterable[Shown], asked: Sequence[str]) -> int:
    """How often, in one person's chat, an answer stands before one to something asked earlier."""
    places = {event_id: place for place, event_id in enumerate(asked)}
    answered = [sorted(places[event_id] for event_id in one.covers if event_id in places) for one in shown]
    in_order = [place for group in answered for place in group]
    return sum(later < earlier for earlier, later in pairwise(in_order))


def _calls(platform: Platform) -> Iterator[tuple[Message, ...]]:
    """The visible messages of the accounts, those of one call together."""
    for chat in platform.chats():
        calls: dict[str, list[Message]] = {}
        for message in chat:
            if message.sender is Sender.ACCOUNT and message.visible and message.via in {"reply", "push", "multicast"}:
                calls.setdefault(f"{message.request_id}", []).append(message)
        yield from (tuple(messages) for messages in calls.values())


def _token(platform: Platform, event_id: str) -> str:
    return platform._token_of_event[event_id].token
