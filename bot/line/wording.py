"""Words as they may stand in a message: without what LINE can't show, and clipped where a reader would. Pure."""

from __future__ import annotations

import re
import unicodedata

from bot.line.splitting import ELLIPSIS, clipped, utf16_length

# A word that begins before this share of the room is cut through instead: too little would be left.
LEAST_SHARE = 0.6

_UNSEEN = frozenset({"Zs", "Zl", "Zp", "Cc", "Cf"})
_FILLERS = frozenset("\u115f\u1160\u2800\u3164\uffa0\ufffe\uffff")
_NO_TEXT = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ufffe\uffff]")
_LONE_SURROGATE = re.compile(r"[\ud800-\udfff]")
_SPACE = re.compile(r"\s+")
_LOOSE_END = " ,;:/、，；：・-–—("


def is_blank(text: str) -> bool:
    """Whether a reader would see nothing."""
    return all(character in _FILLERS or unicodedata.category(character) in _UNSEEN for character in text)


def showable(text: str) -> str:
    """`text` without control characters, and with a mark where half a character stood.

    JSON and UTF-8 can't carry a lone surrogate, and a store can't keep a zero byte.
    """
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    return _LONE_SURROGATE.sub("\ufffd", _NO_TEXT.sub("", lines))


def one_line(text: str) -> str:
    """`text` showable and on a single line."""
    return _SPACE.sub(" ", showable(text)).strip()


def clipped_words(text: str, *, limit: int) -> str:
    """`text` on one line in at most `limit` UTF-16 code units, cut between words where that leaves enough."""
    line = one_line(text)
    if utf16_length(line) <= limit:
        return line
    kept = clipped(line, limit=limit).removesuffix(ELLIPSIS)
    if line[len(kept)] not in _LOOSE_END:
        border = kept.rfind(" ")
        if border >= limit * LEAST_SHARE:
            kept = kept[:border]
    return (kept.rstrip(_LOOSE_END) or kept) + ELLIPSIS
