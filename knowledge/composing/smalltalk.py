"""Greetings and thanks: what needs a fitting word and no knowledge. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from functools import cache

from bot.texts import words_of

# The weightiest first.
KINDS = ("human", "goodbye", "thanks", "greeting", "acknowledged")
_PICTURE = "So"


def kind_of(text: str) -> str | None:
    """One of KINDS where `text` says that and nothing else, in any of our languages; of several, what matters most."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    # Punctuation, emoji and everything else that isn't said aloud.
    words = " ".join("".join(c if c.isalnum() else " " for c in plain).split())
    if not words and any(unicodedata.category(c) == _PICTURE for c in plain):
        return "acknowledged"
    parts = [words] if words in _heard() else [said for part in words.split(" ") for said in _said(part)]
    kinds = {_heard().get(part) for part in parts}
    return None if None in kinds else next((kind for kind in KINDS if kind in kinds), None)


def _said(part: str) -> list[str]:
    """What was written without spaces, apart (好的謝謝); the part itself where it is something else."""
    one, several = _patterns()
    return one.findall(part) if several.fullmatch(part) else [part]


@cache
def _patterns() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """One of the words that people say, the longest first, and several of them in a row."""
    words = "|".join(re.escape(word) for word in sorted(_heard(), key=len, reverse=True))
    return re.compile(words), re.compile(f"(?:{words})+")


@cache
def _heard() -> Mapping[str, str]:
    """What people say, and which kind of small talk it is."""
    return {word.casefold(): kind for kind in KINDS for word in words_of(f"answer.heard_{kind}")}
