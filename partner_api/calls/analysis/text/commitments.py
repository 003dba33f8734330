"""Promises and next steps: who said to do what, and when where it was told. Pure.

A question is no promise unless it only asks for consent ("I'll call you at six, okay?"); nor is a refusal, a
condition ("if you sign, I'll..."), what somebody else is said to have promised, or what is done during the call.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from partner_api.calls.analysis.lexicon import Script, lists, one_of
from partner_api.calls.analysis.text.moments import told_in
from partner_api.calls.analysis.text.questions import is_question, without_tag
from partner_api.calls.analysis.text.sentences import Sentence


@dataclass(frozen=True, slots=True)
class _Saying:
    promising: re.Pattern[str]
    unless: re.Pattern[str]
    next: re.Pattern[str]
    next_unless: re.Pattern[str]
    settled: re.Pattern[str]


@cache
def _words(language: Script) -> _Saying:
    found = lists(__package__, "commitments")[language.value]
    return _Saying(**{name: _compiled(found[name], language, name) for name in _Saying.__dataclass_fields__})


def _compiled(patterns: Sequence[str], language: Script, name: str) -> re.Pattern[str]:
    # What takes a sentence out may be anchored to its beginning, where no word ends.
    return one_of(patterns, "zh-TW" if name.endswith("unless") else language.value)


def is_commitment(sentence: Sentence) -> bool:
    """Whether who says this promises something."""
    stated = _stated(sentence)
    if stated is None or sentence.language is None:
        return False
    words = _words(sentence.language)
    return bool(words.promising.search(stated)) and not words.unless.search(stated)


def is_next_step(sentence: Sentence) -> bool:
    """Whether a sentence says what is to happen after the call."""
    stated = _stated(sentence)
    if stated is None or sentence.language is None:
        return False
    words = _words(sentence.language)
    if words.next_unless.search(stated):
        return False
    # A promise is one: what is done during the call is none.
    if words.next.search(stated) or is_commitment(sentence):
        return True
    return words.settled.search(stated) is not None and told_in(sentence) is not None


def commitments_in(sentences: Sequence[Sentence]) -> list[dict[str, Any]]:
    """Each promise with its sentence, `by` whom, and `when` as it was told (None where it wasn't)."""
    return [
        {"by": str(sentence.speaker), **sentence.cited(), "when": told_in(sentence)}
        for sentence in sentences
        if is_commitment(sentence)
    ]


def next_steps_in(sentences: Sequence[Sentence]) -> list[dict[str, Any]]:
    """Each next step with its sentence and `when` as it was told (None where it wasn't)."""
    return [{**sentence.cited(), "when": told_in(sentence)} for sentence in sentences if is_next_step(sentence)]


def _stated(sentence: Sentence) -> str | None:
    """What a sentence states, folded: all of it, or what is left of it without its tag; None for a question."""
    return without_tag(sentence) if is_question(sentence) else sentence.folded
