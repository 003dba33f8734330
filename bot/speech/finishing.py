"""What models wrote, made a transcript: its language told, Chinese in Traditional characters. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from bot.speech.port import Segment, Transcript
from bot.traditional import in_traditional, is_simplified

_HAN = re.compile(r"[\u3400-\u9fff]")
_KANA_OR_HANGUL = re.compile(r"[\u3040-\u30ff\uac00-\ud7af]")
_CHINESE = frozenset({"zh", "yue"})
# Whisper's API names languages in English; these are what customers in Taiwan speak.
_CODES = {
    "chinese": "zh", "mandarin": "zh", "cantonese": "yue", "english": "en", "japanese": "ja", "korean": "ko",
    "vietnamese": "vi", "indonesian": "id", "thai": "th", "tagalog": "tl", "hebrew": "he",
}  # fmt: skip


def finished(text: str, *, language: str | None, segments: Sequence[Segment] = (), prompt: str = "") -> Transcript:
    """The transcript of what a model wrote. `prompt` is what it was given to go by.

    A model that hears nothing writes its prompt back: then there is no text.
    """
    shown = text.strip()
    if not shown or (prompt and shown == prompt):
        return Transcript("", None)
    code = _code(language, shown)
    kept = [replace(one, text=one.text.strip()) for one in segments if one.text.strip()]
    # One decision for the whole, since a segment may hold no character that tells; and none for text that is
    # Traditional, where what both scripts write alike would become something else.
    if code in _CHINESE and any(map(is_simplified, shown)):
        shown = in_traditional(shown)
        kept = [replace(one, text=in_traditional(one.text)) for one in kept]
    return Transcript(shown, code, tuple(kept))


def _code(language: str | None, text: str) -> str | None:
    if language:
        name = language.strip().lower()
        return _CODES.get(name) or name.partition("-")[0].partition("_")[0]
    return "zh" if _HAN.search(text) and not _KANA_OR_HANGUL.search(text) else None
