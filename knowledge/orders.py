"""Texts that give a language model orders: what a document or a message says to the model instead of to people. Pure.

This finds the common wordings and no more. It keeps such a text out of what a model's answer is made
of; what an answer may state is bound by the checks on it, whoever gave orders.
"""

from __future__ import annotations

import re
from functools import cache

from bot.texts import Language, say
from knowledge.retrieval.tokens import fold

# How far apart "ignore", "all previous" and "instructions" may stand.
_NEAR, _FAR = 12, 24


def are_given(text: str) -> bool:
    """Whether `text` tells a model to leave its rules, in any of our languages."""
    folded = fold(text)
    return any(pattern.search(folded) for pattern in _patterns())


@cache
def _patterns() -> tuple[re.Pattern[str], ...]:
    return tuple(pattern for language in Language for pattern in (_leaving(language), _marks(language)))


def _leaving(language: Language) -> re.Pattern[str]:
    verbs, which, what = (_one_of(f"orders.{name}", language) for name in ("verbs", "which", "what"))
    return re.compile(f"{verbs}[^\n]{{0,{_NEAR}}}?{which}[^\n]{{0,{_FAR}}}?{what}")


def _marks(language: Language) -> re.Pattern[str]:
    return re.compile(_one_of("orders.marks", language))


def _one_of(key: str, language: Language) -> str:
    words = sorted((fold(word) for word in say(key, language).split("|")), key=len, reverse=True)
    return f"(?:{'|'.join(map(re.escape, words))})"
