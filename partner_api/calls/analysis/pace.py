"""What languages count speech in: characters or words, and how many a text has. Pure."""

from __future__ import annotations

import re

CHARACTERS, WORDS = "characters_per_minute", "words_per_minute"
# A Chinese character; what is written in other letters counts as one for each word or number.
_UNITS = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]|[^\W_\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]+")
_WORD = re.compile(r"[^\W_]+(?:['’\u05f3\u05f4\"-][^\W_]+)*")
_HAN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]")
_KANA_OR_HANGUL = re.compile(r"[\u3040-\u30ff\uac00-\ud7af]")
_HEBREW = re.compile(r"[\u0590-\u05ff]")
_LETTER = re.compile(r"[^\W\d_]")
_ENGLISH = frozenset({
    "the", "and", "you", "i", "to", "a", "is", "of", "for", "that", "it", "we", "in", "on", "have", "are", "with",
    "this", "can", "do", "not", "be", "your", "my", "will", "at", "so",
})  # fmt: skip
_ENGLISH_SHARE, _SCRIPT_SHARE = 0.2, 0.3


def language_of(text: str) -> str | None:
    """`zh`, `he` or `en` where the script and the commonest words tell it, else None."""
    letters = len(_LETTER.findall(text)) or 1
    if len(_HAN.findall(text)) > _SCRIPT_SHARE * letters and not _KANA_OR_HANGUL.search(text):
        return "zh"
    if len(_HEBREW.findall(text)) > _SCRIPT_SHARE * letters:
        return "he"
    words = [word.casefold() for word in _WORD.findall(text)]
    is_english = words and sum(word in _ENGLISH for word in words) > _ENGLISH_SHARE * len(words)
    return "en" if is_english else None


def unit_of(language: str | None) -> str:
    """What the pace of a language is told in."""
    return CHARACTERS if (language or "").partition("-")[0].lower() in {"zh", "yue"} else WORDS


def units_in(text: str, language: str | None) -> int:
    """How many characters or words a text has."""
    return len((_UNITS if unit_of(language) == CHARACTERS else _WORD).findall(text))
