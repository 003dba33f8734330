"""Topics: the terms that a call returns to, against what every call is full of. Pure.

Chinese terms are stretches of two to four characters that occur at least twice and neither begin nor end with a
function character; a stretch that occurs only inside a longer one gives way to it. English terms are words and pairs
of words by a light stem, Hebrew ones words without the prefixes that are written onto them.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from partner_api.calls.analysis.text.sentences import Sentence
from partner_api.calls.analysis.text.words import Script, fold, lists
from partner_api.calls.analysis.turns import Speaker

MIN_COUNT = 2
MOST_TOPICS = 10
_HAN = re.compile(r"[\u3400-\u9fff]+")
_WORD = re.compile(r"[a-z][a-z'-]*[a-z]|[\u05d0-\u05ea\"']{2,}")
_SHORTEST, _LONGEST, _SHORTEST_WORD = 2, 4, 3
_SHORTEST_ROOT = 3
# A term goes to the longer one around it where it hardly occurs outside.
_INSIDE = 0.7


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
    places = _rooted({term: found for term, found in places.items() if len(found) >= 1})
    counts = {term: len(found) for term, found in places.items() if len(found) >= MIN_COUNT}
    kept = _without_parts(counts)
    ranked = sorted(kept, key=lambda term: (-counts[term] * _weight(term), places[term][0].sentence.turn, term))
    return [_topic(places[term]) for term in ranked[:MOST_TOPICS]]


def terms_of(topics: Sequence[dict[str, Any]]) -> list[str]:
    """The folded terms of topics, to look for in sentences."""
    return [fold(topic["term"]) for topic in topics]


def _topic(places: Sequence[_Place]) -> dict[str, Any]:
    first = places[0]
    by = Counter(str(place.sentence.speaker) for place in places)
    return {
        "term": first.sentence.original(first.start, first.end),
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
    edges, background = _edges(), _background(Script.CHINESE)
    for run in _HAN.finditer(folded):
        text, at = run[0], run.start()
        for start in range(len(text) - 1):
            if text[start] in edges:
                continue
            for end in range(start + _SHORTEST, min(start + _LONGEST, len(text)) + 1):
                term = text[start:end]
                if text[end - 1] not in edges and not any(word in term for word in _in(term, background)):
                    yield term, at + start, at + end


def _in(term: str, background: frozenset[str]) -> Iterator[str]:
    """The background terms within `term`."""
    for start in range(len(term)):
        for end in range(start + _SHORTEST, len(term) + 1):
            if term[start:end] in background:
                yield term[start:end]


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
        root = term
        while root and root[0] in _prefixes() and len(root) > _SHORTEST_ROOT and root not in _background(Script.HEBREW):
            shorter = root[1:]
            if shorter in places:
                root = shorter
                break
            root = shorter
        joined.setdefault(root if root in places else term, []).extend(found)
    order = {id(place): at for at, place in enumerate(place for found in places.values() for place in found)}
    return {
        term: sorted(found, key=lambda place: (place.sentence.turn, order[id(place)])) for term, found in joined.items()
    }


def _without_parts(counts: dict[str, int]) -> list[str]:
    """The terms that aren't only parts of longer ones, nor longer ones that hardly add to their part."""
    kept = []
    for term, count in counts.items():
        around = [other for other in counts if len(other) > len(term) and _holds(other, term)]
        if not any(counts[other] >= _INSIDE * count for other in around):
            kept.append(term)
    return kept


def _holds(longer: str, term: str) -> bool:
    return f" {term} " in f" {longer} " if term.isascii() else term in longer


def _weight(term: str) -> float:
    """Longer terms say more."""
    if term.isascii():
        return 1.5 if " " in term else 1.0
    return 1.0 + 0.25 * (min(len(term), _LONGEST) - _SHORTEST)
