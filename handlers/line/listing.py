"""An answer that is a list as a card, as long as nothing of it gets lost. Pure.

A card shows lines with their own numbers or bullets, and labels beside their values. What a customer may want to copy
has to stand in a text, since nothing on a card can be marked: telephone numbers and addresses of pages
get a button instead, and with anything else of that kind the answer stays a text.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from bot.line.flex import bubble, words_of
from bot.line.markdown import plain_text
from bot.line.messages import MAX_ALT_TEXT, Action, UriAction
from bot.line.splitting import utf16_length
from bot.line.wording import is_blank, showable
from bot.texts import Language, say

FEWEST_ITEMS = 3
MOST_BUTTONS = 4
LONGEST_TITLE = 40
FEWEST_COPIED_DIGITS = 9

_BULLET = r"[•·●○◦▪■□◆‧・※–—*☐☑-]"
_MARKED = re.compile(
    rf"\s*(?:{_BULLET}\s+|[•●・]|\d{{1,2}}(?:[、)）]|\.(?!\d))\s*|[(（]\d{{1,2}}[)）]\s*|[①-⑳]\s*)\S.*"
)
_PAIR = re.compile(r"\s*(?P<label>[^\s：:。！？!?，,；;][^：:。！？!?，,；;]{0,19})(?:：|: )\s*(?P<value>\S.*)")
_PAGE = re.compile(r"https?://[^\s，。！？、；：「」『』（）()【】《》<>\"']+")
_PHONE = re.compile(r"(?<![\d+])(?:\+886[- ]?|0)\d(?:[- ]?\d){7,9}(?![\d-])")
_MAIL = re.compile(r"[\w.+-]+@[\w-]+\.\w")
_DIGITS = re.compile(r"\d(?:[- ]?\d)+")
_CODE = re.compile(r"(?=[A-Za-z0-9_-]*\d)(?=[A-Za-z0-9_-]*[A-Za-z])[A-Za-z0-9_-]{6,}")


@dataclass(frozen=True, slots=True)
class Card:
    """A bubble, and all that it says as one text."""

    contents: dict[str, Any]
    text: str


def card_of(text: str, language: Language) -> Card | None:
    """The card that says what `text` says; None where a text says it better."""
    words = plain_text(showable(text)).strip()
    if is_blank(words) or utf16_length(words) > MAX_ALT_TEXT or _worth_copying(words):
        return None
    parts = _parts(words.split("\n"))
    if parts is None:
        return None
    try:
        buttons = _buttons(words, language)
    except ValueError:
        # An address that LINE opens from no button can still be copied from a text.
        return None
    if len(buttons) > MOST_BUTTONS:
        return None
    head, rows = parts
    title = head[0] if len(head) == 1 and len(head[0]) <= LONGEST_TITLE else ""
    contents = bubble(title, body="" if title else "\n".join(head), rows=rows, buttons=buttons)
    return Card(contents, words) if _essence(words_of(contents)) == _essence(words) else None


def _parts(lines: Sequence[str]) -> tuple[list[str], list[str | tuple[str, str]]] | None:
    """The lines before the first item, and a row for each item and each line after the last; None for no list.

    A line between two items that is none itself belongs to the one before it.
    """
    kinds = ["item" if _MARKED.fullmatch(line) else "pair" if _PAIR.fullmatch(line) else "" for line in lines]
    kind = "item" if kinds.count("item") >= FEWEST_ITEMS else "pair"
    places = [place for place, found in enumerate(kinds) if found == kind]
    if len(places) < FEWEST_ITEMS:
        return None
    rows: list[str | tuple[str, str]] = []
    for place, following in zip(places, [*places[1:], places[-1] + 1], strict=True):
        item = "\n".join(line.strip() for line in lines[place:following] if line.strip())
        pair = _PAIR.fullmatch(item) if kind == "pair" else None
        rows.append((pair["label"], pair["value"]) if pair else item)
    rows += [line.strip() for line in lines[places[-1] + 1 :] if line.strip()]
    return [line.strip() for line in lines[: places[0]] if line.strip()], rows


def _buttons(words: str, language: Language) -> list[Action]:
    """A button for each telephone number and page, in the order in which they stand there."""
    found: dict[str, tuple[int, str]] = {}
    for page in _PAGE.finditer(words):
        found.setdefault(
            page[0], (page.start(), say("render.open", language, site=urlsplit(page[0]).hostname or page[0]))
        )
    for phone in _PHONE.finditer(_PAGE.sub(lambda page: " " * len(page[0]), words)):
        uri = "tel:" + re.sub(r"[^\d+]", "", phone[0])
        found.setdefault(uri, (phone.start(), say("render.call", language, phone=phone[0])))
    ordered = sorted(found.items(), key=lambda one: one[1][0])
    return [UriAction(label, uri) for uri, (_, label) in ordered]


def _worth_copying(words: str) -> bool:
    """Whether there is an account, a code or a mail address that no button stands for."""
    rest = _PHONE.sub(" ", _PAGE.sub(" ", words))
    numbers = (sum(map(str.isdigit, run[0])) for run in _DIGITS.finditer(rest))
    many = any(count >= FEWEST_COPIED_DIGITS for count in numbers)
    return many or _MAIL.search(rest) is not None or _CODE.search(rest) is not None


def _essence(words: str) -> str:
    """What is said, without how it is set."""
    return re.sub(r"\s", "", words).replace("：", ":")
