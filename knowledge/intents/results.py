"""What a vendor's system answered: read, cut to what a chat holds, and put into words. Pure.

It is somebody else's text. It is shown as data and nothing more: never looked at as a template, and without
control characters and tags.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Mapping, Sequence
from math import isfinite
from typing import Any

from bot.texts import Language, say
from knowledge import sentences
from knowledge.parameters import PLACEHOLDER, keys_in

MESSAGE = "message"
MAX_DEPTH = 4
MAX_FIELDS = 50
MAX_ITEMS = 10
MAX_NAME = 60
MAX_VALUE = 500
MAX_DIGITS = 30
# Longer texts are somebody's prose: said as they stand, and no model's to reword or to obey.
MAX_WORDED = 40
MAX_LINES = 20
MAX_SAID = 2_000
_TAG = re.compile(r"</?[A-Za-z!][^<>]{0,500}>|<!--.{0,500}?-->", re.DOTALL)
_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
# Line ends, and what holds the parts of an emoji together.
_KEPT = frozenset("\n\u200d")

Fields = Mapping[str, Any]


class Unreadable(ValueError):
    """The body is no JSON object that can be used."""


def read(body: bytes) -> Fields:
    """The JSON object in `body`, its texts cleaned and cut, at most four levels deep. Raises Unreadable."""
    try:
        value = json.loads(body.decode("utf-8-sig"), parse_constant=_refuse)
    except (ValueError, RecursionError):
        # What a long number or a bad character raises is a ValueError too.
        raise Unreadable("no JSON") from None
    if not isinstance(value, dict):
        raise Unreadable("no JSON object")
    fields: Fields = _cleaned(value, depth=1)
    return fields


def message_of(fields: Fields) -> str | None:
    """What the system wants to be told to the customer, where it says so."""
    message = fields.get(MESSAGE)
    return message if isinstance(message, str) and message else None


def pairs(fields: Fields, language: Language) -> str:
    """The top-level values, a line each, and the system's own message first."""
    lines = [message] if (message := message_of(fields)) else []
    for name, value in fields.items():
        said = written(value, language)
        if said and name != MESSAGE:
            lines.append(say("system.field", language, name=name, value=said))
    return _cut(lines)


def holds_prose(value: Any) -> bool:
    """Whether any text in `value` is longer than a name, a state or a title, or has several lines."""
    if isinstance(value, str):
        return len(value) > MAX_WORDED or "\n" in value
    items = value.values() if isinstance(value, Mapping) else value if isinstance(value, list) else ()
    return any(holds_prose(item) for item in items)


def fill(template: str, fields: Fields, others: Mapping[str, str], language: Language) -> str:
    """`template` with each `{{field}}` replaced once: by the system's value, else by one of `others`.

    Fields of fields are named with dots (`order.eta`, `items.0.name`). A sentence with a field that
    nobody knows is left out.
    """
    kept: list[str] = []
    for sentence in sentences.split(template):
        known = {key: _looked_up(key, fields, others, language) for key in keys_in(sentence)}
        if all(value is not None for value in known.values()):
            kept.append(_replaced(sentence, known))
    return _cut("".join(kept).strip().splitlines())


def written(value: Any, language: Language) -> str | None:
    """A value as people read it; None for nothing, and for what has parts of its own."""
    if isinstance(value, bool):
        return say("system.yes" if value else "system.no", language)
    if isinstance(value, int | float):
        return f"{value:.12g}" if isinstance(value, float) else str(value)
    if isinstance(value, str):
        return value or None
    if isinstance(value, Sequence):
        items = [written(item, language) for item in value if not isinstance(item, list)]
        return say("system.between", language).join(item for item in items if item) or None
    return None


def _replaced(sentence: str, known: Mapping[str, str | None]) -> str:
    return PLACEHOLDER.sub(lambda found: known[found[1]] or "", sentence)


def _looked_up(key: str, fields: Fields, others: Mapping[str, str], language: Language) -> str | None:
    value: Any = fields
    for part in key.split("."):
        if isinstance(value, Mapping):
            value = value.get(part)
        elif isinstance(value, list) and part.isascii() and part.isdigit() and int(part) < len(value):
            value = value[int(part)]
        else:
            value = None
    return written(value, language) if value is not None else others.get(key)


def _cleaned(value: Any, *, depth: int) -> Any:
    if isinstance(value, str):
        return clean(value, most=MAX_VALUE)
    if isinstance(value, dict) and depth <= MAX_DEPTH:
        items = list(value.items())[:MAX_FIELDS]
        return {clean(name, most=MAX_NAME): _cleaned(item, depth=depth + 1) for name, item in items}
    if isinstance(value, list) and depth <= MAX_DEPTH:
        return [_cleaned(item, depth=depth + 1) for item in value[:MAX_ITEMS]]
    is_number = isinstance(value, int | float) and isfinite(value) and abs(value) < 10**MAX_DIGITS
    return value if isinstance(value, bool) or is_number else None


def clean(text: str, *, most: int) -> str:
    """Plain text of at most `most` characters: no tags, and of what isn't seen line ends alone."""
    plain = text[: 2 * most].replace("\t", " ")
    plain = "".join(one for one in plain if one in _KEPT or unicodedata.category(one) not in _HIDDEN)
    while (without := _TAG.sub("", plain)) != plain:
        # What stood around a tag may make another one.
        plain = without
    return plain.strip()[:most].strip()


def _cut(lines: Sequence[str]) -> str:
    """The lines as one text, without those that would make it too long for a chat."""
    kept: list[str] = []
    for line in lines[:MAX_LINES]:
        if kept and sum(map(len, kept)) + len(line) > MAX_SAID:
            break
        kept.append(line[:MAX_SAID])
    return "\n".join(kept)


def _refuse(name: str) -> Any:
    raise Unreadable(f"{name} is no JSON")
