"""A written figure that is one of the vendor's values: a suggestion to write the parameter instead. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from knowledge import sentences
from knowledge.overrides.figures import Figure, figures_in
from knowledge.overrides.matching import Match, about, surroundings
from knowledge.overrides.named import Named, agrees, describe
from knowledge.parameters import Parameters


@dataclass(frozen=True, slots=True)
class Suggestion:
    """`start:end` of an answer says `written`, the value of the parameter `key` today.

    `answer` is the whole answer with `{{key}}` in that one place; `confidence` (0..1) is how much of
    what the parameter is named for stands around the figure.
    """

    start: int
    end: int
    written: str
    key: str
    answer: str
    confidence: float


def suggest(answer: str, parameters: Parameters, *, topic: str = "") -> tuple[Suggestion, ...]:
    """Where `answer` writes a figure that equals a parameter's value and surely speaks of it, left to right.

    `topic` is the entry's question. The unit and sign written with the figure are part of `written`,
    since the value brings its own: "每月5號" becomes "每月{{payment_day}}".
    """
    named = [describe(parameter) for parameter in parameters.values() if parameter.value.strip()]
    found: list[Suggestion] = []
    at, before = 0, ""
    for sentence in sentences.split(answer):
        for figure, one, confidence in _known(sentence, named, topic=topic, before=before):
            start, end = at + figure.start, at + figure.end
            key = one.parameter.key
            changed = f"{answer[:start]}{{{{{key}}}}}{answer[end:]}"
            found.append(Suggestion(start, end, answer[start:end], key, changed, confidence))
        at, before = at + len(sentence), sentence
    return tuple(found)


def _known(sentence: str, named: Sequence[Named], *, topic: str, before: str) -> Iterator[tuple[Figure, Named, float]]:
    """The figures of a sentence that state a value as it is, and how sure that is."""
    figures = figures_in(sentence)
    for figure in figures:
        around = surroundings(figure, figures, sentence, topic=topic, before=before)
        decided = about(figure, around, named)
        if decided is None or decided.match is not Match.SURE or not _is_whole_value(decided.named, figure):
            continue
        if agrees(decided.named, figure, around.clause):
            yield figure, decided.named, round(decided.share, 2)


def _is_whole_value(named: Named, figure: Figure) -> bool:
    """Whether the parameter would say no more and no less than the figure: not opening hours for one time."""
    return named.kind is figure.kind and not named.is_guess
