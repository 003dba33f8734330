"""Greetings and thanks: what needs a fitting word and no knowledge. Pure."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from functools import cache

from bot.texts import Language, say

KINDS = ("greeting", "thanks", "goodbye", "acknowledged", "human")


_PICTURE = "So"


def kind_of(text: str) -> str | None:
    """One of KINDS where `text` says that and nothing else, in any of our languages."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    # Punctuation, emoji and everything else that isn't said aloud.
    words = " ".join("".join(c if c.isalnum() else " " for c in plain).split())
    if not words and any(unicodedata.category(c) == _PICTURE for c in plain):
        return "acknowledged"
    parts = [words] if words in _heard() else words.split(" ")
    kinds = {_heard().get(part) for part in parts}
    return kinds.pop() if len(kinds) == 1 else None


@cache
def _heard() -> Mapping[str, str]:
    """What people say, and which kind of small talk it is."""
    return {
        word.casefold(): kind
        for kind in KINDS
        for language in Language
        for word in say(f"answer.heard_{kind}", language).split("|")
    }
