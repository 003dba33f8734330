"""Where one thing ends and the next begins in speech that was written without any punctuation. Pure.

Recognisers often write a whole turn as one run of words. It is cut before what begins a question, and where it is
long before what joins two statements; Chinese also after the particles that end a sentence.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

from partner_api.calls.analysis.lexicon import Script, fold, lists, one_of, script_of

# From how many words (Chinese: characters) on a run is cut between statements too.
LONG = {Script.CHINESE: 14, Script.ENGLISH: 12, Script.HEBREW: 12}
# How far back the word before a cut is looked for, and how many words a piece that is cut off has at least.
_BACK = 24
_LEAST = 4
_WORD = re.compile(r"\S+")


@dataclass(frozen=True, slots=True)
class _Cuts:
    asking: re.Pattern[str]
    joining: re.Pattern[str]
    ending: re.Pattern[str]
    held: re.Pattern[str]


def clauses_of(text: str) -> list[str]:
    """The clauses of `text`, a run of words without punctuation, in their order; itself where it is but one."""
    language, folded = script_of(text), fold(text)
    if language is None or len(folded) != len(text):
        return [text]
    cuts = sorted({0, *_places(folded, language), len(text)})
    return [part for start, end in pairwise(cuts) if (part := text[start:end].strip())]


def _places(folded: str, language: Script) -> Iterator[int]:
    cuts = _cuts(language)
    for found in cuts.asking.finditer(folded):
        if found.start() and not cuts.held.search(folded[max(0, found.start() - _BACK) : found.start()].rstrip()):
            yield found.start()
    if _size(folded, language) < LONG[language]:
        return
    yield from (found.end() for found in cuts.ending.finditer(folded) if found.start())
    last = 0
    for found in cuts.joining.finditer(folded):
        if _size(folded[last : found.start()], language) >= _LEAST:
            yield found.start()
            last = found.start()


def _size(text: str, language: Script) -> int:
    return len(text) if language is Script.CHINESE else sum(1 for _ in _WORD.finditer(text))


@cache
def _cuts(language: Script) -> _Cuts:
    found = lists(__package__, "clauses")[language.value]
    # What is anchored to the word before a cut can't be bounded by words as well.
    held = re.compile(rf"(?:{one_of(found['held'], 'zh-TW').pattern})$")
    asking, joining, ending = (one_of(found[name], language.value) for name in ("asking", "joining", "ending"))
    return _Cuts(asking, joining, ending, held)
