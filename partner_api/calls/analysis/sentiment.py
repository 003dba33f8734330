"""How people feel in a call, by the words that show it. Pure.

Every sentence gets a value from -1 to 1: its words' weights (1 or 2, from `sentiment.toml`), half as much again
behind an intensifier, less behind a diminisher, turned round behind a negation, together over 3. A question counts
only for its strong words, a condition ("if you are unhappy") not at all, nor a good word that only nods ("great, so
...") or is said of what suits ("Monday is good"). What doesn't work ("broken") counts where the sentence says it with
weight ("again"), and of an agent's words only strong praise and what the agent feels. A balance over sentences is
(P - N) / (P + N + 2), where P and N are the sums of what is positive and negative; the 2 keeps one word from being a
verdict.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from partner_api.calls.analysis.lexicon import Script, fold, folded_pattern, lacking, letters_in, lists, one_of
from partner_api.calls.analysis.text.questions import is_question
from partner_api.calls.analysis.text.sentences import Sentence, sentences_of
from partner_api.calls.analysis.turns import Speaker, Turn

# Too little text is no measure of anybody's mood.
MIN_SENTENCES = 3
MIN_LETTERS = 20
THIRDS = 3
MOST_EVIDENCE = 20
POLAR_FROM = 0.15
UNIT = "balance from -1 to 1"
_FULL = 3.0
# How far before its word a negation or an intensifier is looked for.
_REACH = 60
_EVEN = 2.0
_STRONG = 2
_INTENSIFIED, _DIMINISHED = 1.5, 0.7
# "Not good" is bad; "not bad" is only half of good.
_NOT_GOOD, _NOT_BAD = -1.0, -0.5


@dataclass(frozen=True, slots=True)
class _Lexicon:
    weights: Mapping[str, int]
    words: re.Pattern[str]
    negated: re.Pattern[str]
    intensified: re.Pattern[str]
    diminished: re.Pattern[str]
    hypothetical: re.Pattern[str]
    nodding: re.Pattern[str]
    nodding_agent: re.Pattern[str]
    faults: frozenset[str]
    emphatic: re.Pattern[str]
    aside: re.Pattern[str]
    ironic: re.Pattern[str]
    own: re.Pattern[str]
    sympathy: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class Felt:
    """What one sentence shows: its value from -1 to 1, and the words that show it."""

    sentence: Sentence
    value: float
    words: tuple[str, ...]

    @property
    def polarity(self) -> str:
        if abs(self.value) < POLAR_FROM:
            return "neutral"
        return "positive" if self.value > 0 else "negative"


def feel(turns: Sequence[Turn], language: str | None) -> dict[str, Any]:
    """The balance of feelings over a call, for each speaker, in its first and last third, and its evidence.

    `language` is the call's, as a code; None where it isn't known. Figures are `{"value", "unit", "source"}`, with
    the `reason` where the value is None.
    """
    unread = lacking(language, (turn.text for turn in turns))
    felt = [feeling_of(sentence) for sentence in sentences_of(turns)] if unread is None else []
    shown = [one for one in felt if one.polarity != "neutral"]
    strongest = sorted(shown, key=lambda one: -abs(one.value))[:MOST_EVIDENCE]
    return {
        "overall": _figure(felt, unread),
        "by_speaker": {
            str(who): _figure([one for one in felt if one.sentence.speaker == who], unread)
            for who in (Speaker.AGENT, Speaker.CUSTOMER)
        },
        "course": _course(felt, unread),
        "customer_course": _course([one for one in felt if one.sentence.speaker == Speaker.CUSTOMER], unread),
        "counts": {
            "sentences": len(felt),
            "positive": sum(one.polarity == "positive" for one in felt),
            "negative": sum(one.polarity == "negative" for one in felt),
        },
        "evidence": [_cited(one) for one in felt if any(one is other for other in strongest)],
        "threshold": {"sentences": MIN_SENTENCES, "letters": MIN_LETTERS},
    }


def feeling_of(sentence: Sentence) -> Felt:
    """What a sentence shows by its words."""
    if sentence.language is None:
        return Felt(sentence, 0.0, ())
    lexicon = _lexicon(sentence.language)
    is_agent = sentence.speaker == Speaker.AGENT
    if lexicon.hypothetical.search(sentence.folded) or (is_agent and lexicon.sympathy.search(sentence.folded)):
        return Felt(sentence, 0.0, ())
    nodded = (lexicon.nodding_agent if is_agent else lexicon.nodding).match(sentence.folded)
    felt_from, asked_from = nodded.end() if nodded else 0, _asked_from(sentence)
    ironic = [found.span() for found in lexicon.ironic.finditer(sentence.folded)]
    found: list[tuple[str, float]] = []
    for word, weight, at in _words_in(sentence.folded, lexicon):
        before = _clause().split(sentence.folded[max(0, at - _REACH) : at])[-1]
        if at < felt_from or (is_agent and not _is_own(word, weight, before, lexicon)):
            continue
        if at >= asked_from and (abs(weight) < _STRONG or lexicon.negated.search(before)):
            continue
        felt = _weighed(weight, before, lexicon)
        is_ironic = any(start <= at < end for start, end in ironic)
        found.append((sentence.original(at, at + len(word)), -abs(felt) if is_ironic else felt))
    value = sum(weight for _, weight in found)
    return Felt(sentence, round(max(-1.0, min(1.0, value / _FULL)), 3), tuple(word for word, _ in found))


def _is_own(word: str, weight: int, before: str, lexicon: _Lexicon) -> bool:
    """Whether a word of an agent shows what the agent feels."""
    return weight >= _STRONG or lexicon.own.search(before.lstrip() + word) is not None


def _asked_from(sentence: Sentence) -> int:
    """Where the question of a sentence begins: its last clause; its end where it asks nothing."""
    if not is_question(sentence):
        return len(sentence.folded)
    ends = [found.end() for found in _clause().finditer(sentence.folded.rstrip(" ?!.。"))]
    return ends[-1] if ends else 0


def _words_in(folded: str, lexicon: _Lexicon) -> list[tuple[str, int, int]]:
    """Each word of the lexicon that counts, with its weight and its place."""
    # What only looks like a feeling is blanked out, so that places stay what they are.
    bare = lexicon.aside.sub(lambda aside: " " * len(aside[0]), folded)
    is_emphatic = lexicon.emphatic.search(folded) is not None
    found = ((match["word"], match.start("word")) for match in lexicon.words.finditer(bare))
    return [
        (word, weight, at)
        for word, at in found
        if (weight := lexicon.weights[word]) and (is_emphatic or word not in lexicon.faults)
    ]


def _weighed(weight: int, before: str, lexicon: _Lexicon) -> float:
    value = float(weight)
    if lexicon.intensified.search(before):
        value *= _INTENSIFIED
    elif lexicon.diminished.search(before):
        value *= _DIMINISHED
    if lexicon.negated.search(before):
        value *= _NOT_GOOD if weight > 0 else _NOT_BAD
    return value


def _figure(felt: Sequence[Felt], unread: str | None) -> dict[str, Any]:
    letters = sum(letters_in(one.sentence.text) for one in felt)
    if unread is None and (len(felt) < MIN_SENTENCES or letters < MIN_LETTERS):
        unread = f"fewer than {MIN_SENTENCES} sentences or {MIN_LETTERS} letters"
    if unread is not None:
        return {"value": None, "unit": UNIT, "source": None, "reason": unread}
    good = sum(one.value for one in felt if one.value > 0)
    bad = -sum(one.value for one in felt if one.value < 0)
    return {"value": round((good - bad) / (good + bad + _EVEN), 2), "unit": UNIT, "source": "transcript"}


def _course(felt: Sequence[Felt], unread: str | None) -> dict[str, Any]:
    """The first and the last third of the sentences, in order, and by how much the balance changed."""
    size = len(felt) // THIRDS
    first, last = (_figure(part, unread) for part in (felt[:size], felt[len(felt) - size :]))
    change: dict[str, Any] = {
        "value": None,
        "unit": UNIT,
        "source": None,
        "reason": first.get("reason") or last.get("reason"),
    }
    if first["value"] is not None and last["value"] is not None:
        change = {"value": round(last["value"] - first["value"], 2), "unit": UNIT, "source": "transcript"}
    return {"first_third": first, "last_third": last, "change": change}


def _cited(one: Felt) -> dict[str, Any]:
    return {**one.sentence.cited(), "polarity": one.polarity, "value": one.value, "words": list(one.words)}


@cache
def _clause() -> re.Pattern[str]:
    """What ends a clause, which is how far a negation reaches."""
    return re.compile("|".join(map(folded_pattern, lists(__package__, "sentiment")["clauses"])))


@cache
def _lexicon(language: Script) -> _Lexicon:
    found = lists(__package__, "sentiment")[language.value]
    weights = {"strong_positive": 2, "positive": 1, "neutral": 0, "negative": -1, "strong_negative": -2}
    words = {fold(word): weight for name, weight in weights.items() for word in found[name]}
    faults = frozenset(map(fold, found["faults"])) - words.keys()
    words |= dict.fromkeys(faults, weights["negative"])
    longest = sorted(words, key=len, reverse=True)
    named = one_of([f"(?P<word>{'|'.join(map(re.escape, longest))})"], language.value)
    between = one_of([*found["between"], *found["intensifiers"]], language.value).pattern
    # What stands between a negation and its word, and between an intensifier and its word.
    steps, blank = (f"(?:{between})*", "") if language is Script.CHINESE else (rf"(?:\s+{between})*\s*", r"\s*")
    return _Lexicon(
        weights=words,
        words=named,
        negated=re.compile(f"{one_of(found['negations'], language.value).pattern}{steps}$"),
        intensified=re.compile(f"{one_of(found['intensifiers'], language.value).pattern}{blank}$"),
        diminished=re.compile(f"{one_of(found['diminishers'], language.value).pattern}{blank}$"),
        hypothetical=one_of(found["hypothetical"], language.value),
        # Anchored to the beginning of a sentence, where no word ends.
        nodding=one_of(found["nodding"], Script.CHINESE.value),
        nodding_agent=one_of([*found["nodding"], *found["nodding_agent"]], Script.CHINESE.value),
        faults=faults,
        emphatic=one_of(found["emphatic"], Script.CHINESE.value),
        aside=one_of(found["aside"], language.value),
        ironic=one_of(found["ironic"], Script.CHINESE.value),
        own=one_of(found["own"], Script.CHINESE.value),
        sympathy=one_of(found["sympathy"], language.value),
    )
