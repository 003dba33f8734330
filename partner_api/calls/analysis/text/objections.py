"""Objections: what customers hold against what they are offered, by kind, with the sentence that says it. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from typing import Any

from partner_api.calls.analysis.lexicon import Script, lists, one_of
from partner_api.calls.analysis.text.questions import is_question, states, without_tag
from partner_api.calls.analysis.text.sentences import Sentence
from partner_api.calls.analysis.turns import Speaker

# An answer to an objection says something: this many letters, in the agent's next turn.
MIN_REPLY_LETTERS = {Script.CHINESE: 8, Script.ENGLISH: 16, Script.HEBREW: 14}
_PAUSE = re.compile(r"[,，;；、。.…!！]+")
_ENDS = " ?？!！.。"


@dataclass(frozen=True, slots=True)
class _Kind:
    name: str
    said: re.Pattern[str]
    asked: re.Pattern[str]
    unless: re.Pattern[str]


@cache
def _kinds(language: Script) -> tuple[_Kind, ...]:
    found = lists(__package__, "objections")[language.value]
    return tuple(
        _Kind(name, *(one_of(kind[part], language.value) for part in ("said", "asked", "unless")))
        for name, kind in found.items()
    )


def kinds() -> tuple[str, ...]:
    """The kinds of objection that are told apart."""
    return tuple(kind.name for kind in _kinds(Script.ENGLISH))


def kinds_in(sentence: Sentence) -> list[str]:
    """The kinds of objection that a sentence raises, whoever says it."""
    if sentence.language is None:
        return []
    stated, asked = sentence.folded, ""
    if is_question(sentence):
        # What stands in front of a question is said: "Wednesday's no good, could I do Thursday?"
        at = max((found.end() for found in _PAUSE.finditer(sentence.folded.rstrip(_ENDS))), default=0)
        stated, asked = sentence.folded[:at], sentence.folded
    return [
        kind.name
        for kind in _kinds(sentence.language)
        if kind.asked.search(asked) or kind.said.search(kind.unless.sub(" ", stated))
    ]


def objections_in(sentences: Sequence[Sentence]) -> list[dict[str, Any]]:
    """Every objection of a customer, or of somebody unknown: its `kind`, sentence, and whether it was `handled`.

    Handled means that the agent's next turn states or proposes something; None where no agent is known.
    """
    runs = [list(run) for _, run in groupby(sentences, key=lambda one: one.turn)]
    at = {run[0].turn: place for place, run in enumerate(runs)}
    has_agent = any(run[0].speaker == Speaker.AGENT for run in runs)
    found = []
    for sentence in sentences:
        if sentence.speaker == Speaker.AGENT:
            continue
        for kind in kinds_in(sentence):
            handled = _is_handled(runs[at[sentence.turn] + 1 :]) if has_agent else None
            found.append({"kind": kind, **sentence.cited(), "handled": handled})
    return found


def _is_handled(later: Sequence[Sequence[Sentence]]) -> bool:
    reply = next((run for run in later if run[0].speaker == Speaker.AGENT), None)
    if reply is None:
        return False
    # A proposal that asks for consent is a reply as well.
    stated = [sentence for sentence in reply if states(sentence) or without_tag(sentence)]
    letters = sum(character.isalpha() for sentence in stated for character in sentence.text)
    least = MIN_REPLY_LETTERS[stated[0].language or Script.ENGLISH] if stated else 1
    return letters >= least
