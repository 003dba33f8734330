"""Messages that go out, within LINE's limits.

Limits: Messaging API reference, "Message objects", "Quick reply" and "Action objects". Texts count
in UTF-16 code units, labels and display texts in what a reader takes for one character; counting
code units for both never gives more than LINE takes. What people wrote is clipped where they would
expect it; data that a machine reads back is refused instead, since half of it is worth nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from bot.line.markdown import plain_text
from bot.line.splitting import MAX_PARTS, TEXT_LIMIT, clipped, split_text, utf16_length

MAX_MESSAGES = MAX_PARTS
MAX_QUICK_REPLIES = 13
MAX_LABEL = 20
MAX_ACTION_TEXT = 300
MAX_POSTBACK_DATA = 300
MAX_URI = 1000
URI_SCHEMES = ("http://", "https://", "line://", "tel:")


class Action(Protocol):
    """What a quick reply does when it is tapped."""

    def to_json(self) -> dict[str, Any]: ...


@dataclass(frozen=True, slots=True)
class MessageAction:
    """Sends `text` (the label where it isn't given) as if the person had typed it."""

    label: str
    text: str = ""

    def __post_init__(self) -> None:
        _require(self.label, "A label")
        object.__setattr__(self, "text", clipped(self.text or self.label, limit=MAX_ACTION_TEXT))
        object.__setattr__(self, "label", clipped(self.label, limit=MAX_LABEL))

    def to_json(self) -> dict[str, Any]:
        return {"type": "message", "label": self.label, "text": self.text}


@dataclass(frozen=True, slots=True)
class PostbackAction:
    """Sends `data` to the bot unseen; `display_text` then stands in the chat as the person's words.

    Raises ValueError for data that is empty or longer than 300.
    """

    label: str
    data: str
    display_text: str | None = None

    def __post_init__(self) -> None:
        _require(self.label, "A label")
        _require(self.data, "Postback data")
        if utf16_length(self.data) > MAX_POSTBACK_DATA:
            raise ValueError(f"Postback data is longer than {MAX_POSTBACK_DATA}.")
        object.__setattr__(self, "label", clipped(self.label, limit=MAX_LABEL))
        if self.display_text:
            object.__setattr__(self, "display_text", clipped(self.display_text, limit=MAX_ACTION_TEXT))

    def to_json(self) -> dict[str, Any]:
        shown = {"displayText": self.display_text} if self.display_text else {}
        return {"type": "postback", "label": self.label, "data": self.data, **shown}


@dataclass(frozen=True, slots=True)
class UriAction:
    """Opens `uri`. Raises ValueError for a scheme that LINE doesn't open or more than 1,000 characters."""

    label: str
    uri: str

    def __post_init__(self) -> None:
        _require(self.label, "A label")
        if not self.uri.startswith(URI_SCHEMES) or utf16_length(self.uri) > MAX_URI:
            raise ValueError(f"A URI begins with one of {', '.join(URI_SCHEMES)} and has at most {MAX_URI} characters.")
        object.__setattr__(self, "label", clipped(self.label, limit=MAX_LABEL))

    def to_json(self) -> dict[str, Any]:
        return {"type": "uri", "label": self.label, "uri": self.uri}


@dataclass(frozen=True, slots=True)
class TextMessage:
    """A text with buttons below it. LINE shows the buttons of the last message only, at most 13.

    Raises ValueError for a text that is blank or longer than 5,000 UTF-16 code units: `text_messages`
    makes any text fit.
    """

    text: str
    quick_replies: tuple[Action, ...] = field(default=())

    def __post_init__(self) -> None:
        _require(self.text, "A text")
        if utf16_length(self.text) > TEXT_LIMIT:
            raise ValueError(f"A text is longer than {TEXT_LIMIT} UTF-16 code units.")
        object.__setattr__(self, "quick_replies", tuple(self.quick_replies)[:MAX_QUICK_REPLIES])

    def to_json(self) -> dict[str, Any]:
        items = [{"type": "action", "action": action.to_json()} for action in self.quick_replies]
        return {"type": "text", "text": self.text, **({"quickReply": {"items": items}} if items else {})}


def text_messages(text: str, quick_replies: Sequence[Action] = ()) -> list[TextMessage]:
    """Up to five messages with `text` as plain text, the buttons on the last; none for a blank text."""
    parts = split_text(plain_text(text))
    *before, last = parts or [""]
    if not last:
        return []
    return [*(TextMessage(part) for part in before), TextMessage(last, tuple(quick_replies))]


def _require(text: str, name: str) -> None:
    if not text.strip():
        raise ValueError(f"{name} is blank.")
