"""Flex bubbles and carousels from words and buttons, always within LINE's limits. Pure.

Limits: Messaging API reference, "Flex Message": 30 KB of JSON for a bubble, 12 bubbles and 50 KB for a
carousel. Sizes are measured with every character outside of ASCII escaped, which is the most that a
client sends. Words may hold Markdown, line breaks or emoji; what is blank is left out.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from bot.line.actions import Action, QuickAction
from bot.line.markdown import plain_text
from bot.line.splitting import ELLIPSIS, clipped
from bot.line.wording import clipped_words, is_blank, showable

MAX_BUBBLE_BYTES = 30 * 1024
MAX_CAROUSEL_BYTES = 50 * 1024
MAX_BUBBLES = 12
MAX_ROWS = 40
MAX_BUTTONS = 8
MAX_TITLE = 120
MAX_ROW_LABEL = 60
MAX_ROW_VALUE = 400
MAX_BODY = 2000
MAX_NOTE = 400

# LINE's own bubbles leave 1 KB for what its counting may add.
_ROOM = 1024
_INK, _SOFT = "#111111", "#7A7F87"

Json = dict[str, Any]
Row = str | tuple[str, str]
"""A line of text, or a label with its value."""


def bubble(
    title: str, *, body: str = "", rows: Sequence[Row] = (), buttons: Sequence[Action] = (), note: str = ""
) -> Json:
    """A card: the title, a text, rows, buttons below one another (the first stands out), a small note.

    Rows above 40, buttons above 8 and what doesn't fit 30 KB are left out, rows first; an ellipsis
    stands for left-out rows. Raises ValueError where nothing is left to show, or for a QuickAction.
    """
    if any(isinstance(button, QuickAction) for button in buttons):
        raise ValueError("Camera, pictures and location open from quick replies only.")
    head = [*_title(title), *_body(body)]
    shown = [row for given in rows if (row := _row(given))]
    few = shown[:MAX_ROWS]
    pressed, foot = [_button(button, place) for place, button in enumerate(buttons[:MAX_BUTTONS])], _note(note)
    while True:
        made = _assembled([*head, *few, *_omission(len(few) < len(shown))], [*pressed, *foot])
        if byte_size(made) <= MAX_BUBBLE_BYTES - _ROOM:
            return made
        # A tenth at a time: the size is measured some twenty times at most.
        if few:
            few = few[: len(few) - max(1, len(few) // 10)]
        else:
            pressed.pop()


def list_bubble(title: str, items: Sequence[Row], *, buttons: Sequence[Action] = (), note: str = "") -> Json:
    """A card of items, each a line or a label with its value; as `bubble` otherwise."""
    return bubble(title, rows=items, buttons=buttons, note=note)


def carousel(bubbles: Sequence[Mapping[str, Any]]) -> Json:
    """The first of `bubbles` side by side: at most 12, and as many as 50 KB hold.

    `len(carousel(...)["contents"])` tells how many there are. Raises ValueError for none.
    """
    if not bubbles:
        raise ValueError("A carousel needs a bubble.")
    kept = [dict(one) for one in bubbles[:MAX_BUBBLES]]
    while byte_size(made := {"type": "carousel", "contents": kept}) > MAX_CAROUSEL_BYTES - _ROOM:
        kept.pop()
    return made


def words_of(container: Mapping[str, Any]) -> str:
    """What a bubble or carousel says, as plain text without its buttons: a line for each row.

    For notifications, for a client that shows no Flex, and where LINE refused the card.
    """
    return "\n".join(_lines(container))


def byte_size(container: Mapping[str, Any]) -> int:
    """The bytes of JSON that LINE counts, at most."""
    return len(json.dumps(container, separators=(",", ":")))


def _assembled(body: list[Json], footer: list[Json]) -> Json:
    if not body and not footer:
        raise ValueError("There is nothing to show in this bubble.")
    made: Json = {"type": "bubble"}
    if body:
        made["body"] = {"type": "box", "layout": "vertical", "spacing": "md", "contents": body}
    if footer:
        made["footer"] = {"type": "box", "layout": "vertical", "spacing": "sm", "contents": footer}
    return made


def _title(title: str) -> list[Json]:
    words = clipped_words(_plain(title), limit=MAX_TITLE)
    return [_text(words, size="lg", weight="bold")] if words else []


def _body(body: str) -> list[Json]:
    words = clipped(_plain(body), limit=MAX_BODY)
    return [_text(words, size="md")] if words else []


def _note(note: str) -> list[Json]:
    words = clipped(_plain(note), limit=MAX_NOTE)
    return [_text(words, size="xs", color=_SOFT, align="center", margin="md")] if words else []


def _row(row: Row) -> Json | None:
    if isinstance(row, str):
        words = clipped(_plain(row), limit=MAX_ROW_VALUE)
        return _text(words, size="md") if words else None
    label, value = clipped_words(_plain(row[0]), limit=MAX_ROW_LABEL), clipped(_plain(row[1]), limit=MAX_ROW_VALUE)
    if not value:
        return None
    if not label:
        return _text(value, size="md")
    cells = [_text(label, size="sm", color=_SOFT, flex=2), _text(value, size="sm", flex=5)]
    return {"type": "box", "layout": "horizontal", "spacing": "md", "contents": cells}


def _omission(needed: bool) -> list[Json]:
    return [_text(ELLIPSIS, size="md")] if needed else []


def _button(action: Action, place: int) -> Json:
    style = "secondary" if place else "primary"
    return {"type": "button", "style": style, "height": "sm", "action": action.to_json()}


def _text(words: str, *, size: str, **more: Any) -> Json:
    return {"type": "text", "text": words, "size": size, "color": _INK, "wrap": True, **more}


def _plain(text: str) -> str:
    """`text` without Markdown; empty where a reader would see nothing."""
    words = plain_text(showable(text)).strip()
    return "" if is_blank(words) else words


def _lines(part: Mapping[str, Any]) -> Iterator[str]:
    """The lines of a container or component, in reading order."""
    if part.get("type") == "text":
        yield str(part.get("text", ""))
    elif part.get("layout") in ("horizontal", "baseline"):
        yield "：".join(line for cell in part.get("contents", ()) for line in _lines(cell))
    else:
        blocks = [part[name] for name in ("header", "hero", "body", "footer") if name in part]
        for inner in [*blocks, *part.get("contents", ())]:
            yield from _lines(inner)
