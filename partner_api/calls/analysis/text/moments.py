"""Days and times as they are told: the words, and the date or hour where the words alone give one. Pure.

"tomorrow" is kept as it was said: on which day the call took place is not for the words to tell.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from knowledge.grounding import facts_in
from partner_api.calls.analysis.lexicon import Script, lists, one_of
from partner_api.calls.analysis.text.sentences import Sentence

_TRIM = " ,，"
_FULL_STOP = re.compile(r"(?<![ap]\.m)\.$")


@cache
def _pattern(language: Script) -> re.Pattern[str]:
    found = lists(__package__, "moments")[language.value]
    patterns = [pattern.replace("<n>", found["number"]) for pattern in found["patterns"]]
    one = one_of(patterns, language.value).pattern
    return re.compile(f"{one}(?:{one_of([found['joints']], 'zh-TW').pattern}{one})*")


@cache
def _halves() -> tuple[re.Pattern[str], re.Pattern[str]]:
    found = lists(__package__, "moments")["zh-TW"]
    return re.compile(found["hour_by_itself"]), re.compile(found["part_of_day"])


def moments_in(sentence: Sentence) -> list[dict[str, Any]]:
    """Each day or time of a sentence: `text` as said, `date` (2026-11-22), `day` (11-22) and `time` (15:00), each
    None where the words don't give it."""
    if sentence.language is None:
        return []
    return [_told(sentence, *found.span()) for found in _pattern(sentence.language).finditer(sentence.folded)]


def are_named(sentence: Sentence) -> bool:
    """Whether a sentence tells a day or a time."""
    return sentence.language is not None and bool(_pattern(sentence.language).search(sentence.folded))


def told_in(sentence: Sentence) -> dict[str, Any] | None:
    """The most exact day or time of a sentence; None where it tells none."""
    return max(moments_in(sentence), key=lambda one: sum(value is not None for value in one.values()), default=None)


def _told(sentence: Sentence, start: int, end: int) -> dict[str, Any]:
    text = _FULL_STOP.sub("", sentence.original(start, end).strip(_TRIM))
    facts = dict(fact.split(":", 1) for fact in sorted(facts_in(text)) if fact.startswith(("date:", "day:", "time:")))
    date = "-".join(part.zfill(2) for part in facts["date"].split("-")) if "date" in facts else None
    day = "-".join(part.zfill(2) for part in facts["day"].split("-")) if "day" in facts else None
    time = facts["time"].zfill(len("00:00")) if "time" in facts and not _may_be_of_either_half(text) else None
    return {"text": text, "date": date, "day": day, "time": time}


def _may_be_of_either_half(text: str) -> bool:
    hour, part_of_day = _halves()
    return hour.search(text) is not None and part_of_day.search(text) is None
