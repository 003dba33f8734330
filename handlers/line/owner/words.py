"""A word that asks for an action, with what follows it. Pure."""

from __future__ import annotations

import re
import unicodedata

from bot.texts import words_of

_GAP = re.compile(r"[\s,:，：、]+")


def after_word(text: str, key: str) -> str | None:
    """What stands behind one of the words of the catalogue's `key` and a space; None where nothing does."""
    written = text.strip()
    plain = unicodedata.normalize("NFKC", written)
    for word in sorted(words_of(key), key=len, reverse=True):
        gap = _GAP.match(plain, len(word)) if plain.casefold().startswith(word) else None
        if gap is not None and gap.end() < len(plain):
            # Other forms of the same characters are kept where they took as much room.
            return (written if len(written) == len(plain) else plain)[gap.end() :]
    return None
