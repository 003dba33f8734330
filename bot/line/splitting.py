"""Long text in parts that LINE takes, cut where a reader would pause. Pure.

LINE counts a text message's length in UTF-16 code units, at most 5,000, and takes at most five
messages in one call (Messaging API reference, "Text message" and "Send reply message").
"""

from __future__ import annotations

import re
import unicodedata
from itertools import islice

TEXT_LIMIT = 5000
MAX_PARTS = 5
ELLIPSIS = "…"

_WIDEST = 2
"""UTF-16 code units of one character at most: the smallest limit that every character fits."""
_LAST_OF_BMP = 0xFFFF
_CLOSERS = "」』）】〉》”’\"')\\]"
# From the best place to the worst. Each pattern takes what belongs to the part before the cut.
_BORDERS = (
    re.compile(rf"\n\s*\n|[。！？!?…]+[{_CLOSERS}]*|\.[{_CLOSERS}]*(?=\s)|\n"),
    re.compile(rf"[，、；：][{_CLOSERS}]*|[,;:](?=\s)"),
    re.compile(r"\s+"),
)
_URL = re.compile(r"https?://[^\s，。！？、；：「」『』（）【】《》<>\"']+")
_LOOK_AHEAD = 16
_JOINER = "\u200d"
_HANGUL_VOWELS_AND_ENDS = range(0x1160, 0x1200)
_HANGUL = (range(0x1100, 0x1200), range(0xAC00, 0xD7A4))
_FLAG_LETTERS = range(0x1F1E6, 0x1F200)
_SKIN_TONES = range(0x1F3FB, 0x1F400)
_TAGS = range(0xE0020, 0xE0080)


def utf16_length(text: str) -> int:
    """The length of `text` as LINE counts it, in UTF-16 code units."""
    return len(text) + sum(character > "\uffff" for character in text)


def split_text(text: str, *, limit: int = TEXT_LIMIT, max_parts: int = MAX_PARTS) -> list[str]:
    """Cut `text` into at most `max_parts` parts of at most `limit` UTF-16 code units.

    Cuts fall on the end of a sentence, else of a clause, else between words; never inside a
    grapheme cluster or a URL that fits a part. White space around a cut is dropped, and so is a
    text of nothing else. Where the text is longer than all parts, the last ends in an ellipsis.
    Raises ValueError for a limit below 2 or no parts at all.
    """
    if limit < _WIDEST or max_parts < 1:
        raise ValueError("a part needs room for at least one character, and there must be one part")
    parts: list[str] = []
    rest = text.strip()
    units = utf16_length(rest)
    while rest:
        left = max_parts - len(parts)
        if units <= limit:
            return [*parts, rest]
        if left == 1:
            return [*parts, _shortened(rest, limit)]
        # A cut before this place would leave more than the other parts hold.
        least = max(limit // 4, units - (left - 1) * limit)
        cut = _cut(rest, limit, least=least)
        parts.append(rest[:cut].rstrip())
        rest = rest[cut:].lstrip()
        units = utf16_length(rest)
    return parts


def clipped(text: str, *, limit: int) -> str:
    """`text` in at most `limit` UTF-16 code units, ending in an ellipsis where it had to be cut."""
    return text if utf16_length(text) <= limit else _shortened(text, limit)


def is_cluster_border(text: str, index: int) -> bool:
    """Whether a cut before `text[index]` keeps what a reader takes for one character whole.

    The rules of Unicode Standard Annex 29 for marks, emoji sequences, flags and Hangul.
    """
    if not 0 < index < len(text):
        return True
    before, after = text[index - 1], text[index]
    code = ord(after)
    if _JOINER in {before, after} or unicodedata.category(after).startswith("M"):
        return False
    if code in _SKIN_TONES or code in _TAGS or before + after == "\r\n":
        return False
    if code in _HANGUL_VOWELS_AND_ENDS and any(ord(before) in block for block in _HANGUL):
        return False
    if code in _FLAG_LETTERS:
        letters = 0
        while letters < index and ord(text[index - 1 - letters]) in _FLAG_LETTERS:
            letters += 1
        return letters % 2 == 0
    return not ("\ud800" <= before <= "\udbff" and "\udc00" <= after <= "\udfff")


def _shortened(text: str, limit: int) -> str:
    room = _fitting(text, limit - utf16_length(ELLIPSIS))
    return text[: _whole_clusters(text, room)].rstrip() + ELLIPSIS


def _fitting(text: str, limit: int) -> int:
    """How many characters of `text` fit `limit` UTF-16 code units."""
    units = 0
    for index, character in enumerate(islice(text, limit + 1)):
        units += _WIDEST if ord(character) > _LAST_OF_BMP else 1
        if units > limit:
            return index
    return len(text)


def _cut(text: str, limit: int, *, least: int) -> int:
    """Where to cut `text`, which doesn't fit: the last good place at or after `least`, else before `end`."""
    end = _fitting(text, limit)
    window = text[: end + _LOOK_AHEAD]
    urls = [found.span() for found in _URL.finditer(text, 0, end + limit) if found.start() < end]
    for border in _BORDERS:
        places = [found.end() for found in border.finditer(window) if least <= found.end() <= end]
        for place in reversed(places):
            if is_cluster_border(text, place) and not any(start < place < stop for start, stop in urls):
                return place
    for start, stop in urls:
        if 0 < start < end < stop and utf16_length(text[start:stop]) <= limit:
            return start
    return _whole_clusters(text, end)


def _whole_clusters(text: str, end: int) -> int:
    """The last cluster border at or before `end`; `end` where a single cluster is longer than that."""
    place = end
    while place > 0 and not is_cluster_border(text, place):
        place -= 1
    return place or end
