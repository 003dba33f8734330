"""Questions: which sentences ask, who asked, and whether an answer came. Pure.

A question is answered where, within the other speaker's next two turns, a sentence states something: no question of
its own, no putting off ("let me check"), and more than a nod where the question was an open one. One that asks for a
figure or a time is answered by a sentence that has one, or says that there is nothing to pay.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import groupby, islice
from typing import Any

from knowledge.grounding import says_how_much
from partner_api.calls.analysis.lexicon import Script, lists, one_of
from partner_api.calls.analysis.text import moments
from partner_api.calls.analysis.text.sentences import Sentence
from partner_api.calls.analysis.turns import Speaker

TURNS_AWAITED = 2
_MARK = re.compile(r"[?？][\"'」』)）\s]*$")
_TRIM = " ,，.。!！~?？、…"


@dataclass(frozen=True, slots=True)
class _Asking:
    marked: re.Pattern[str]
    asking: re.Pattern[str]
    indirect: re.Pattern[str]
    open: re.Pattern[str]
    figures: re.Pattern[str]
    tags: re.Pattern[str]
    deferring: re.Pattern[str]
    nods: re.Pattern[str]
    numbers: re.Pattern[str]


@cache
def _words(language: Script) -> _Asking:
    found = lists(__package__, "questions")[language.value]
    compiled = {
        # What is anchored to an end of the sentence can't be bounded by words as well.
        name: re.compile("|".join(f"(?:{one_of([pattern], 'zh-TW').pattern})" for pattern in found[name]))
        if name in {"marked", "tags", "asking", "indirect"}
        else one_of(found[name], language.value)
        for name in _Asking.__dataclass_fields__
    }
    return _Asking(**compiled)


def is_question(sentence: Sentence) -> bool:
    """Whether a sentence asks: by its question mark, or by its words where speech was written without one."""
    if _MARK.search(sentence.folded):
        return True
    if sentence.language is None:
        return False
    words = _words(sentence.language)
    if words.marked.search(sentence.folded):
        return True
    return bool(words.asking.search(sentence.folded)) and not words.indirect.search(sentence.folded)


def is_open(sentence: Sentence) -> bool:
    """Whether a question asks for more than yes or no."""
    return sentence.language is not None and bool(_words(sentence.language).open.search(sentence.folded))


def without_tag(sentence: Sentence) -> str | None:
    """The folded statement that a tag ("okay?") makes a question of; None where the question is a real one."""
    if sentence.language is None:
        return None
    stated, tags = _words(sentence.language).tags.subn("", sentence.folded)
    return stated.strip(_TRIM) or None if tags else None


def states(sentence: Sentence, *, nods: bool = False) -> bool:
    """Whether a sentence states something: no question, nothing put off, no mere nod unless `nods` count."""
    if is_question(sentence) or not sentence.folded.strip(_TRIM):
        return False
    if sentence.language is None:
        return bool(re.search(r"\w", sentence.folded))
    words = _words(sentence.language)
    if words.nods.fullmatch(sentence.folded.strip(_TRIM)):
        return nods
    return not words.deferring.search(sentence.folded)


def questions_in(sentences: Sequence[Sentence]) -> list[dict[str, Any]]:
    """The questions of a call in order, each with its sentence, `kind` (`open`, `closed`) and `answered`.

    `answered` is None where it isn't known who speaks.
    """
    runs = [list(run) for _, run in groupby(sentences, key=lambda one: one.turn)]
    at = {run[0].turn: place for place, run in enumerate(runs)}
    return [
        {
            **sentence.cited(),
            "kind": "open" if is_open(sentence) else "closed",
            "answered": _is_answered(sentence, runs[at[sentence.turn] + 1 :]),
        }
        for sentence in sentences
        if is_question(sentence)
    ]


def _is_answered(question: Sentence, later: Sequence[Sequence[Sentence]]) -> bool | None:
    if question.speaker == Speaker.UNKNOWN:
        return None
    replies = (run for run in later if run[0].speaker not in (question.speaker, Speaker.UNKNOWN))
    said = [sentence for run in islice(replies, TURNS_AWAITED) for sentence in run]
    if question.language is not None and _words(question.language).figures.search(question.folded):
        return any(_has_figure(sentence) for sentence in said)
    return any(states(sentence, nods=not is_open(question)) for sentence in said)


def _has_figure(sentence: Sentence) -> bool:
    """Whether a statement, or a proposal that asks for consent, has a figure or a time in it, or says why not."""
    if not states(sentence, nods=True) and without_tag(sentence) is None:
        return False
    counts = sentence.language is not None and bool(_words(sentence.language).numbers.search(sentence.folded))
    return counts or says_how_much(sentence.text) or moments.are_named(sentence)
