"""Bytes to text: UTF-8 first, then UTF-16, then Big5, as files in Taiwan come. Pure."""

from __future__ import annotations

import codecs
import re

from charset_normalizer import from_bytes

from knowledge.importing.errors import ImportRefused, Refusal

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_CHARSET = re.compile(r"charset=[\"']?([\w.:-]+)", re.IGNORECASE)
# Most characters of a Chinese text are in the first level of its standard, which is ordered by frequency:
# Big5 A440-C67E (with punctuation from A1), GB 2312 B0A1-D7FE. Read as the other one, they scatter.
_BIG5_COMMON = range(0xA1, 0xC7)
_GB_COMMON = (*range(0xA1, 0xAA), *range(0xB0, 0xD8))
_COMMON_SHARE = 0.9
_SAMPLE = 64 * 1024
_TEXT_CONTROLS = frozenset("\t\n\r\x0b\x0c\x1a\x1b")
_MAX_CONTROLS = 0.02


def decoded(data: bytes, content_type: str = "") -> str:
    """The text of `data` without its byte order mark. Raises ImportRefused (`encoding`)."""
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            text = _as(data, encoding)
            if text is not None:
                return _checked(text.removeprefix("\ufeff"))
    said = _CHARSET.search(content_type)
    for encoding in ("utf-8", *((said[1],) if said else ()), *_utf16(data)):
        text = _as(data, encoding)
        if text is not None:
            return _checked(text)
    return _checked(_legacy(data))


def _as(data: bytes, encoding: str) -> str | None:
    try:
        return data.decode(encoding)
    except (UnicodeError, LookupError):
        return None


def _utf16(data: bytes) -> tuple[str, ...]:
    """UTF-16 without a mark is known by the zero bytes of its newlines, commas and Latin letters."""
    even, odd = data[0:_SAMPLE:2].count(0), data[1:_SAMPLE:2].count(0)
    if max(even, odd) < max(2, len(data[:_SAMPLE]) // 100):
        return ()
    return ("utf-16-le",) if odd > even else ("utf-16-be",)


def _legacy(data: bytes) -> str:
    for encodings, common in ((("cp950", "big5hkscs"), _BIG5_COMMON), (("gb18030",), _GB_COMMON)):
        for encoding in encodings:
            text = _as(data, encoding)
            if text is not None and _common_share(text, encoding, frozenset(common)) >= _COMMON_SHARE:
                return text
    best = from_bytes(data[:_SAMPLE]).best()
    text = _as(data, best.encoding) if best is not None else None
    if text is None:
        raise ImportRefused(Refusal.ENCODING)
    return text


def _common_share(text: str, encoding: str, leads: frozenset[int]) -> float:
    """The share of the two-byte characters of `text` whose first byte is one of the frequent ones."""
    # Big5-HKSCS reads some bytes as a letter and a mark upon it; the mark has none by itself.
    encoded = (character.encode(encoding, "ignore") for character in text[:_SAMPLE] if not character.isascii())
    wide = [written[0] for written in encoded if written]
    return sum(lead in leads for lead in wide) / len(wide) if wide else 0.0


def _checked(text: str) -> str:
    sample = text[:_SAMPLE]
    controls = sum(character < " " and character not in _TEXT_CONTROLS for character in sample)
    if controls > _MAX_CONTROLS * len(sample):
        raise ImportRefused(Refusal.UNKNOWN_FORMAT)
    return text
