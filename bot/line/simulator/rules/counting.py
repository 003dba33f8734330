"""How LINE counts characters: texts in UTF-16 code units, labels in grapheme clusters.

Source: LINE documentation, "Character counting in a text".
"""

from __future__ import annotations

import unicodedata

_ZERO_WIDTH_JOINER = "\u200d"
_SKIN_TONES = range(0x1F3FB, 0x1F400)
_REGIONAL = range(0x1F1E6, 0x1F200)


def utf16_units(text: str) -> int:
    return len(text.encode("utf-16-le", errors="surrogatepass")) // 2


def graphemes(text: str) -> int:
    """What a reader takes for one character, for the scripts and emoji that labels hold."""
    count, joined, flag = 0, False, False
    for character in text:
        if character == _ZERO_WIDTH_JOINER:
            joined = True
            continue
        if unicodedata.category(character) in ("Mn", "Me") or ord(character) in _SKIN_TONES:
            continue
        if ord(character) in _REGIONAL and flag:
            flag = False
            continue
        flag = ord(character) in _REGIONAL
        count += not joined
        joined = False
    return count
