"""Text as people see it: without invisible characters, with one kind of line end. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

# Control characters, zero-width marks, direction marks, surrogates, tag characters: what nobody sees, and
# what can carry instructions that nobody reads.
_INVISIBLE = re.compile(
    r"[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b\u200c\u200e\u200f"
    r"\u202a-\u202e\u2060-\u206f\u3164\ud800-\udfff\ufdd0-\ufdef\ufeff\uffa0\ufff0-\ufffb\ufffe\uffff\U000e0000-\U000e0fff]"
)
_LINE_END = re.compile(r"\r\n?|[\x0b\x0c\x85\u2028\u2029]")
# A zero-width joiner is seen where it makes one emoji of two.
_LONE_JOINER = re.compile(
    r"(?<![\u2190-\u2bff\ufe0f\U0001f000-\U0001faff])\u200d|\u200d(?![\u2190-\u2bff\U0001f000-\U0001faff])"
)
_BLANKS = re.compile(r"[ \t]+(?=\n|$)")
_EMPTY_LINES = re.compile(r"\n{3,}")
# Full-width punctuation is how Chinese is written; fractions, raised and circled figures would run into
# the figures beside them (10² is not 102).
_KEPT = re.compile(
    r"[\uff01-\uff0f\uff1a-\uff20\uff3b-\uff40\uff5b-\uff65\u2026\u00b2\u00b3\u00b9\u00bc-\u00be\u2070-\u209f\u2150-\u218b\u2460-\u24ff]+"
)
_WIDE = r"\u2e80-\u312f\u3190-\ua4cf\uf900-\ufaff\ufe30-\ufe4f\uff01-\uff60\uffe0-\uffe6\U00020000-\U0003ffff"
_WIDE_CHARACTER = re.compile(rf"[{_WIDE}]")
_BETWEEN_WIDE = re.compile(rf"(?<=[{_WIDE}])[ \u3000]+(?=[{_WIDE}])")
_HYPHENATED = re.compile(r"[^\W\d_]-$")


def cleaned(text: str) -> str:
    """`text` without what can't be seen, lines ended by one newline, no blanks around it; else as written."""
    text = _LINE_END.sub("\n", text)
    text = _LONE_JOINER.sub("", _INVISIBLE.sub("", text))
    return text.strip()


def normalised(text: str) -> str:
    """`text` in compatibility form (NFKC), as what PDF readers give needs it: ligatures and radicals become
    the characters that they stand for. What compatibility form would make unreadable is kept."""
    parts: list[str] = []
    end = 0
    for kept in _KEPT.finditer(text):
        parts += (unicodedata.normalize("NFKC", text[end : kept.start()]), kept[0])
        end = kept.end()
    parts.append(unicodedata.normalize("NFKC", text[end:]))
    return "".join(parts)


def as_name(text: str) -> str:
    """`text` as a name: on one line, one space between words."""
    return " ".join(cleaned(text).split())


def tidy(text: str) -> str:
    """`cleaned`, with no blanks at the ends of lines and at most one empty line in a row."""
    return _EMPTY_LINES.sub("\n\n", _BLANKS.sub("", cleaned(text)))


def one_line(text: str) -> str:
    """`text` on one line, its lines joined as `joined` does."""
    return joined(line.strip() for line in cleaned(text).split("\n"))


def joined(lines: Iterable[str]) -> str:
    """Lines that were only broken for their width, as one: no space between Han, a hyphenated word whole."""
    text = ""
    for line in lines:
        if not text or not line:
            text += line
        elif _HYPHENATED.search(text) and line[0].islower():
            text = text[:-1] + line
        else:
            text += line if _WIDE_CHARACTER.match(text[-1]) or _WIDE_CHARACTER.match(line[0]) else f" {line}"
    return text


def unspaced(text: str) -> str:
    """`text` without the spaces between its Han characters where most of them are set apart."""
    wide = len(_WIDE_CHARACTER.findall(text))
    apart = len(_BETWEEN_WIDE.findall(text))
    return _BETWEEN_WIDE.sub("", text) if apart > wide / 2 else text


def has_wide(text: str) -> bool:
    """Whether `text` holds Han or another full-width character."""
    return _WIDE_CHARACTER.search(text) is not None
