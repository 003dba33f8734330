"""Whether an agent kept to the script of a type of call: which steps were taken, where, and in which order. Pure.

A step is taken where one of the agent's own sentences matches its patterns in `adherence.toml`. The order holds for a
step where it has a sentence at or after the one that showed the step before it.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import islice
from typing import Any

from partner_api.calls.analysis.figures import RATIO, TRANSCRIPT, figure
from partner_api.calls.analysis.lexicon import Script, lists, one_of
from partner_api.calls.analysis.text.commitments import is_next_step
from partner_api.calls.analysis.text.questions import is_question, states
from partner_api.calls.analysis.text.sentences import Sentence
from partner_api.calls.analysis.turns import Speaker

GENERAL = "general"
# How many of the agent's first turns may hold what opens a call, and of the last ones what ends it.
TURNS_TO_OPEN, TURNS_TO_END = 2, 2
NO_AGENT = "no turn is known to be the agent's"
OBJECTIONS, NEXT = "objection_handling", "next_step"


@dataclass(frozen=True, slots=True)
class _Scripts:
    calls: Mapping[str, Sequence[str]]
    questions: frozenset[str]
    opening: frozenset[str]
    ending: frozenset[str]


@cache
def _file() -> dict[str, Any]:
    return lists(__package__, "adherence")


@cache
def _scripts() -> _Scripts:
    found = _file()
    parts = (frozenset(found[name]) for name in ("questions", "opening", "ending"))
    return _Scripts(found["calls"], *parts)


@cache
def _pattern(step: str, language: Script) -> re.Pattern[str]:
    return one_of(_file()[language.value][step], language.value)


def call_types() -> tuple[str, ...]:
    """The types of call that there is a script for."""
    return tuple(_scripts().calls)


def steps_of(call_type: str) -> tuple[str, ...]:
    """The steps of a type of call in their order; the general ones for a type without a script."""
    calls = _scripts().calls
    return tuple(calls.get(call_type, calls[GENERAL]))


def adherence(
    sentences: Sequence[Sentence], call_type: str, *, objections: Sequence[Mapping[str, Any]], unread: str | None = None
) -> dict[str, Any]:
    """The steps of the script, each found or not with the sentence that shows it, and the share that was found.

    `objections` are those of the call. A step that there was no occasion for is `found: null` and isn't counted;
    where no turn is known to be the agent's, or the call is `unread` for another reason, all of them are.
    """
    mine = [sentence for sentence in sentences if sentence.speaker == Speaker.AGENT]
    steps, place = [], 0
    for name in steps_of(call_type):
        shown = _showing(name, mine, objections) if mine else None
        later = next((at for at in shown or () if at >= place), None)
        at = later if later is not None else next(iter(shown or ()), None)
        place = place if later is None else later
        steps.append({
            "name": name,
            "found": None if shown is None else bool(shown),
            "in_order": None if at is None else later is not None,
            "evidence": None if at is None else mine[at].cited(),
        })  # fmt: skip
    return {"call_type": call_type, **_counted(steps, unread or NO_AGENT), "steps": steps}


def _counted(steps: Sequence[Mapping[str, Any]], reason: str) -> dict[str, Any]:
    counting = [step for step in steps if step["found"] is not None]
    found = sum(step["found"] for step in counting)
    share = figure(found / len(counting) if counting else None, RATIO, TRANSCRIPT)
    in_order = all(step["in_order"] for step in counting if step["found"]) if found else None
    return {
        "found": found if counting else None,
        "of": len(counting) if counting else None,
        "share": share if counting else share | {"reason": reason},
        "in_order": in_order,
    }


def _showing(step: str, mine: Sequence[Sentence], objections: Sequence[Mapping[str, Any]]) -> list[int] | None:
    """The places among the agent's sentences that show a step; None where there was no occasion for it."""
    if step == OBJECTIONS:
        return _replies(mine, objections) if objections else None
    if step == NEXT:
        return [at for at, sentence in enumerate(mine) if is_next_step(sentence)]
    turns = list(dict.fromkeys(sentence.turn for sentence in mine))
    scripts = _scripts()
    if step in scripts.opening:
        turns = turns[:TURNS_TO_OPEN]
    if step in scripts.ending:
        turns = turns[-TURNS_TO_END:]
    asked, among = step in scripts.questions, frozenset(turns)
    return [
        at
        for at, sentence in enumerate(mine)
        if sentence.turn in among and (not asked or is_question(sentence)) and _matches(step, sentence)
    ]


def _matches(step: str, sentence: Sentence) -> bool:
    return sentence.language is not None and bool(_pattern(step, sentence.language).search(sentence.folded))


def _replies(mine: Sequence[Sentence], objections: Sequence[Mapping[str, Any]]) -> list[int]:
    """The agent's first statement after each objection that was handled."""
    replies: set[int] = set()
    turns = [sentence.turn for sentence in mine]
    for objection in objections:
        if objection["handled"]:
            later = range(bisect_right(turns, objection["turn"]), len(mine))
            replies.update(at for at in islice((at for at in later if states(mine[at])), 1))
    return sorted(replies)
