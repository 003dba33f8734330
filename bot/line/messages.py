"""Messages that go out, within LINE's limits.

Limits: Messaging API reference, "Message objects" and "Quick reply". Texts count in UTF-16 code units.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from bot.line.actions import (
    Action,
    DatetimePickerAction,
    MessageAction,
    PostbackAction,
    QuickAction,
    UriAction,
)
from bot.line.flex import words_of
from bot.line.markdown import plain_text
from bot.line.splitting import MAX_PARTS, TEXT_LIMIT, clipped, split_text, utf16_length
from bot.line.wording import clipped_words, is_blank, showable

__all__ = [
    "MAX_MESSAGES",
    "Action",
    "DatetimePickerAction",
    "FlexMessage",
    "Message",
    "MessageAction",
    "PostbackAction",
    "QuickAction",
    "TextMessage",
    "UriAction",
    "text_messages",
]

MAX_MESSAGES = MAX_PARTS
MAX_QUICK_REPLIES = 13
MAX_ALT_TEXT = 400
MAX_SENDER = 20


class Message(Protocol):
    """A message object. LINE shows the quick replies of the last message only, at most 13."""

    def to_json(self) -> dict[str, Any]: ...


@dataclass(frozen=True, slots=True)
class TextMessage:
    """A text with buttons below it; `sender` is a name to show instead of the account's.

    Raises ValueError for a text that is blank or longer than 5,000 UTF-16 code units: `text_messages`
    makes any text fit.
    """

    text: str
    quick_replies: tuple[Action, ...] = ()
    sender: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "text", showable(self.text))
        if is_blank(self.text):
            raise ValueError("A text is blank.")
        if utf16_length(self.text) > TEXT_LIMIT:
            raise ValueError(f"A text is longer than {TEXT_LIMIT} UTF-16 code units.")
        object.__setattr__(self, "quick_replies", tuple(self.quick_replies)[:MAX_QUICK_REPLIES])

    def to_json(self) -> dict[str, Any]:
        return {"type": "text", "text": self.text, **_extras(self.quick_replies, self.sender)}


@dataclass(frozen=True, slots=True)
class FlexMessage:
    """A bubble or carousel of `bot.line.flex` with buttons below it.

    `alt_text` is what notifications and the chat list show, clipped to 400; without one it is what the
    card says. Raises ValueError where that is nothing.
    """

    alt_text: str
    contents: Mapping[str, Any]
    quick_replies: tuple[Action, ...] = ()
    sender: str = ""

    def __post_init__(self) -> None:
        words = "" if is_blank(self.alt_text) else plain_text(showable(self.alt_text)).strip()
        words = words or words_of(self.contents)
        if is_blank(words):
            raise ValueError("An alternative text is blank.")
        object.__setattr__(self, "alt_text", clipped(words, limit=MAX_ALT_TEXT))
        object.__setattr__(self, "quick_replies", tuple(self.quick_replies)[:MAX_QUICK_REPLIES])

    def to_json(self) -> dict[str, Any]:
        extras = _extras(self.quick_replies, self.sender)
        return {"type": "flex", "altText": self.alt_text, "contents": dict(self.contents), **extras}


def text_messages(text: str, quick_replies: Sequence[Action] = ()) -> list[TextMessage]:
    """Up to five messages with `text` as plain text, the buttons on the last; none for a blank text."""
    parts = [part for part in split_text(plain_text(showable(text))) if not is_blank(part)]
    if not parts:
        return []
    *before, last = parts
    return [*(TextMessage(part) for part in before), TextMessage(last, tuple(quick_replies))]


def _extras(quick_replies: tuple[Action, ...], sender: str) -> dict[str, Any]:
    """The properties that every message type has."""
    extras: dict[str, Any] = {}
    if quick_replies:
        items = [{"type": "action", "action": action.to_json()} for action in quick_replies]
        extras["quickReply"] = {"items": items}
    if not is_blank(sender):
        extras["sender"] = {"name": clipped_words(sender, limit=MAX_SENDER)}
    return extras
