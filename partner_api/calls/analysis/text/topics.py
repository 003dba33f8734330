"""Topics: the terms that a call returns to, against what every call is full of. Pure.

Chinese terms are stretches of two to eight characters that occur at least twice and neither begin nor end with a
function character; a stretch that occurs only inside a longer one gives way to it. English terms are words and pairs
of words by a light stem, Hebrew ones words without the prefixes that are written onto them.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from partner_api.calls.analysis.lexicon import Script, fold, lists
from partner_api.calls.analysis.text.sentences import Sentence
from partner_api.calls.analysis.turns import Speaker

MIN_COUNT = 2
MOST_TOPICS = 10
_HAN = re.compile(r"[\u3400-\u9fff]+")
_WORD = re.compile(r"[a-z][a-z'-]*[a-z]|[\u05d0-\u05ea\"']{2,}")
# Names of companies and products are long; what counts for a term's weight ends at four characters.
_SHORTEST, _LONGEST, _WEIGHED, _SHORTEST_WORD = 2, 8, 4, 3
_SHORTEST_ROOT = 3
# A term goes to the longer one around it where it hardly occurs outside.
_INSIDE = 0.7
_MOST_WEIGHED = 300


@dataclass(frozen=True, slots=True)
class _Place:
    sentence: Sentence
    start: int
    end: int


@cache
def _background(language: Script) -> frozenset[str]:
    found = lists(__package__, "topics")[language.value]["background"]
    return frozenset(fold(word) for word in (found.split() if isinstance(found, str) else found))


@cache
def _edges() -> frozenset[str]:
    return frozenset(fold(lists(__package__, "topics")[Script.CHINESE.value]["edges"]))


@cache
def _prefixes() -> str:
    return str(lists(__package__, "topics")[Script.HEBREW.value]["prefixes"])


def topics_in(sentences: Sequence[Sentence]) -> list[dict[str, Any]]:
    """The call's most salient terms: `term`, `count`, how often each speaker said it, and its first sentence."""
    places: dict[str, list[_Place]] = {}
    for sentence in sentences:
        for term, start, end in _terms(sentence):
            places.setdefault(term, []).append(_Place(sentence, start, end))
    places = {
        term: found for term, found in _rooted(places).items() if len(found) >= MIN_COUNT and not _is_common(term)
    }
    weights = {term: len(found) * _weight(term) for term, found in places.items()}
    ranked = sorted(places, key=lambda term: (-weights[term], places[term][0].sentence.turn, -len(term), term))
    return [_topic(term, places[term]) for term in _without_parts(ranked[:_MOST_WEIGHED], places)[:MOST_TOPICS]]


def terms_of(topics: Sequence[dict[str, Any]]) -> list[str]:
    """The folded terms of topics, to look for in sentences."""
    return [fold(topic["term"]) for topic in topics]


def _topic(term: str, places: Sequence[_Place]) -> dict[str, Any]:
    first = places[0]
    spelled = first.sentence.original(first.start, first.end)
    by = Counter(str(place.sentence.speaker) for place in places)
    return {
        # A Hebrew word is shown without the prefixes that it is counted without.
        "term": term if spelled.endswith(term) else spelled,
        "count": len(places),
        "by_speaker": {speaker.value: by[speaker.value] for speaker in Speaker if by[speaker.value]},
        **first.sentence.cited(),
    }


def _terms(sentence: Sentence) -> Iterator[tuple[str, int, int]]:
    """Each term of a sentence in its form to count by, and where it stands in the folded text."""
    if sentence.language is Script.CHINESE:
        yield from _chinese(sentence.folded)
    yield from _words(sentence.folded)


def _chinese(folded: str) -> Iterator[tuple[str, int, int]]:
    edges = _edges()
    for run in _HAN.finditer(folded):
        text, at = run[0], run.start()
        for start in range(len(text) - 1):
            if text[start] in edges:
                continue
            for end in range(start + _SHORTEST, min(start + _LONGEST, len(text)) + 1):
                if text[end - 1] not in edges:
                    yield text[start:end], at + start, at + end


def _is_common(term: str) -> bool:
    """Whether a Chinese term holds what every call is full of. Of words, those were left out before."""
    if not _HAN.match(term):
        return False
    background = _background(Script.CHINESE)
    ends = range(_SHORTEST, len(term) + 1)
    return any(term[start:end] in background for end in ends for start in range(end - 1))


def _words(folded: str) -> Iterator[tuple[str, int, int]]:
    before: tuple[str, int, int] | None = None
    for found in _WORD.finditer(folded):
        word = found[0].strip("'\"")
        is_latin = word[:1].isascii()
        common = _background(Script.ENGLISH if is_latin else Script.HEBREW)
        if len(word) < _SHORTEST_WORD or word in common:
            before = None
            continue
        term = _singular(word) if is_latin else word
        yield term, found.start(), found.end()
        if is_latin and before is not None and folded[before[2] : found.start()] == " ":
            yield f"{before[0]} {term}", before[1], found.end()
        before = (term, found.start(), found.end())


def _singular(word: str) -> str:
    if word.endswith("ies") and len(word) > len("ties"):
        return word[:-3] + "y"
    return word[:-1] if word.endswith("s") and not word.endswith(("ss", "us", "is")) else word


def _rooted(places: dict[str, list[_Place]]) -> dict[str, list[_Place]]:
    """Hebrew words with their prefixes taken off, where the call has the word without them too."""
    joined: dict[str, list[_Place]] = {}
    for term, found in places.items():
        joined.setdefault(_root(term, places), []).extend(found)
    return {term: sorted(found, key=lambda place: place.sentence.turn) for term, found in joined.items()}


def _root(term: str, known: Container[str]) -> str:
    """The longest of `known` that `term` is with prefixes before it; itself where there is none."""
    shorter = term
    while shorter[:1] in set(_prefixes()) and len(shorter) > _SHORTEST_ROOT:
        shorter = shorter[1:]
        if shorter in known:
            return shorter
    return term


def _without_parts(terms: Sequence[str], places: dict[str, list[_Place]]) -> list[str]:
    """The terms that aren't only parts of longer ones."""
    counts = {term: len(places[term]) for term in terms}
    return [
        term
        for term in terms
        if not any(
            counts[other] >= _INSIDE * counts[term] and len(other) > len(term) and _holds(other, term)
            for other in terms
        )
    ]


def _holds(longer: str, term: str) -> bool:
    return f" {term} " in f" {longer} " if term.isascii() else term in longer


def _weight(term: str) -> float:
    """Longer terms say more."""
    if term.isascii():
        return 1.5 if " " in term else 1.0
    return 1.0 + 0.25 * (min(len(term), _WEIGHED) - _SHORTEST)
