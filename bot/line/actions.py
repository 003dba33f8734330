"""What a tap on a button or quick reply does, within LINE's limits.

Limits: Messaging API reference, "Action objects". Labels and display texts count in what a reader
takes for one character; counting UTF-16 code units instead never gives more than LINE takes. What
people read is clipped; data that a machine reads back is refused, since half of it is worth nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any, Literal, Protocol
from urllib.parse import quote

from bot.line.splitting import clipped, utf16_length
from bot.line.wording import clipped_words, is_blank, showable

MAX_LABEL = 20
MAX_ACTION_TEXT = 300
MAX_POSTBACK_DATA = 300
MAX_URI = 1000
URI_SCHEMES = ("http://", "https://", "line://", "tel:")

PickerMode = Literal["date", "time", "datetime"]
_PICKER_READERS: dict[str, Callable[[str], object]] = {
    "date": date.fromisoformat,
    "time": time.fromisoformat,
    "datetime": datetime.fromisoformat,
}
_PICKER_SHAPES = {
    "date": re.compile(r"\d{4}-\d\d-\d\d"),
    "time": re.compile(r"\d\d:\d\d"),
    "datetime": re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d"),
}
_LEGAL_IN_URI = "%/:?#[]@!$&'()*+,;=-._~"


class Action(Protocol):
    """What a button does when it is tapped. Every action has a `label` of 1 to 20."""

    @property
    def label(self) -> str: ...

    def to_json(self) -> dict[str, Any]: ...


@dataclass(frozen=True, slots=True)
class MessageAction:
    """Sends `text` (the label, whole, where it isn't given) as if the person had typed it."""

    label: str
    text: str = ""

    def __post_init__(self) -> None:
        label = _label(self.label)
        object.__setattr__(self, "text", _shown(self.text) or _shown(self.label))
        object.__setattr__(self, "label", label)

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
        _check_data(self.data)
        object.__setattr__(self, "label", _label(self.label))
        object.__setattr__(self, "display_text", _shown(self.display_text))

    def to_json(self) -> dict[str, Any]:
        shown = {"displayText": self.display_text} if self.display_text else {}
        return {"type": "postback", "label": self.label, "data": self.data, **shown}


@dataclass(frozen=True, slots=True)
class DatetimePickerAction:
    """Lets the person pick a day or time, which comes back as a postback of `data` with `params`.

    `initial`, `earliest` and `latest` are local: "2026-08-05", "09:30" or "2026-08-05T09:30", as the
    mode is. Raises ValueError for another shape, a wrong order, or data as for PostbackAction.
    """

    label: str
    data: str
    mode: PickerMode
    initial: str | None = None
    earliest: str | None = None
    latest: str | None = None

    def __post_init__(self) -> None:
        _check_data(self.data)
        given = [moment for moment in (self.earliest, self.initial, self.latest) if moment is not None]
        for moment in given:
            _check_moment(moment, self.mode)
        # LINE wants the last after the first; these shapes sort as text.
        if given != sorted(given) or (self.earliest is not None and self.earliest == self.latest):
            raise ValueError("A picker's earliest, initial and latest moments must stand in this order.")
        object.__setattr__(self, "label", _label(self.label))

    def to_json(self) -> dict[str, Any]:
        moments = {"initial": self.initial, "min": self.earliest, "max": self.latest}
        given = {name: moment for name, moment in moments.items() if moment is not None}
        return {"type": "datetimepicker", "label": self.label, "data": self.data, "mode": self.mode, **given}


@dataclass(frozen=True, slots=True)
class UriAction:
    """Opens `uri`, percent-encoded where it isn't.

    Raises ValueError for a scheme that LINE doesn't open or more than 1,000 characters.
    """

    label: str
    uri: str

    def __post_init__(self) -> None:
        encoded = quote(self.uri, safe=_LEGAL_IN_URI)
        if not encoded.startswith(URI_SCHEMES) or len(encoded) > MAX_URI:
            raise ValueError(f"A URI begins with one of {', '.join(URI_SCHEMES)} and has at most {MAX_URI} characters.")
        object.__setattr__(self, "uri", encoded)
        object.__setattr__(self, "label", _label(self.label))

    def to_json(self) -> dict[str, Any]:
        return {"type": "uri", "label": self.label, "uri": self.uri}


@dataclass(frozen=True, slots=True)
class QuickAction:
    """Opens the camera, the person's pictures or the map. LINE has these in quick replies only."""

    label: str
    opens: Literal["camera", "cameraRoll", "location"]

    def __post_init__(self) -> None:
        object.__setattr__(self, "label", _label(self.label))

    def to_json(self) -> dict[str, Any]:
        return {"type": self.opens, "label": self.label}


def _label(text: str) -> str:
    if is_blank(text):
        raise ValueError("A label is blank.")
    return clipped_words(text, limit=MAX_LABEL)


def _shown(text: str | None) -> str | None:
    """What stands in the chat, None where there is nothing to see."""
    return None if text is None or is_blank(text) else clipped(showable(text).strip(), limit=MAX_ACTION_TEXT)


def _check_data(data: str) -> None:
    if is_blank(data):
        raise ValueError("Postback data is blank.")
    if utf16_length(data) > MAX_POSTBACK_DATA:
        raise ValueError(f"Postback data is longer than {MAX_POSTBACK_DATA}.")


def _check_moment(moment: str, mode: PickerMode) -> None:
    if not _PICKER_SHAPES[mode].fullmatch(moment):
        raise ValueError(f"A picker's {mode} has another shape than {moment!r}.")
    _PICKER_READERS[mode](moment)
