"""A shared text with a vendor's values in place of its own figures. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import pairwise

from knowledge import numerals
from knowledge.overrides import deriving, identities, policies
from knowledge.overrides.concepts import terms_of
from knowledge.overrides.figures import Figure, Kind, figures_in
from knowledge.overrides.matching import About, Match, about, foreign, scope_of, surroundings
from knowledge.overrides.named import Named, agrees, describe, edge_of
from knowledge.parameters import PLACEHOLDER, Filled, Parameters, Replacement, fill, in_english, is_latin, written

# A sentence with more figures than this is a list that ought to have lines.
MAX_FIGURES = 40
# More than this in a text are a table, whose columns no clause names; its further figures are left out.
MAX_FIGURES_OF_TEXT = 200
_LONG_FIGURE = 200
_DIFFERENCE_AHEAD = re.compile(
    r"(?:另加|外加|加收|多收|再加|加價|多付|補差額|折抵|抵扣|便宜|優惠|現[折省]|減免|扣抵|折價)[收付約]?[ ]?$"
)
_DIFFERENCE_AFTER = re.compile(r"[ ]?的?(?:折扣|優惠|折價|折抵)")
_DIFFERENCE_NAME = re.compile(r"加|折|抵|優惠|減|差額|surcharge|discount|extra", re.IGNORECASE)
_SHARES = frozenset({numerals.Dimension.PERCENT, numerals.Dimension.PRICE_SHARE})
_ORDINAL_AHEAD = re.compile(r"(?:第[ ]?[一二三四五\d][ ]?個?|最後一?個?|單|雙|隔|[單雙]數)[ ]?$")
_CUT_AT_NOON = re.compile(r"\b[ap]\.m\.\s*$", re.IGNORECASE)
_STRICT = frozenset({numerals.Dimension.DAY_OF_MONTH, Kind.HOURS, Kind.TIME})


@dataclass(slots=True)
class Judged:
    """A sentence's figures and what each is about; `out` where the sentence must be left out."""

    text: str
    figures: Sequence[Figure] = ()
    known: dict[Figure, Named] = field(default_factory=dict)
    changes: list[Replacement] = field(default_factory=list)
    out: bool = False


def with_vendor_values(text: str, parameters: Parameters, *, topic: str = "") -> Filled:
    """A shared text with the vendor's values in its placeholders and in place of its own figures.

    `topic` is the entry's question; it helps to tell what a figure is about. Sentences in which that
    can't be decided are left out, and so are those that say something else than a value in words.
    """
    return fill(text, parameters, replacing=partial(_replacements, parameters=parameters, topic=topic))


def _replacements(
    parts: Sequence[str], *, parameters: Parameters, topic: str
) -> Sequence[Sequence[Replacement] | None]:
    named = [describe(parameter) for parameter in parameters.values() if parameter.value.strip()]
    if policies.contradicts("".join(parts), topic, named):
        return [None] * len(parts)
    asks_otherwise = _states_otherwise(topic, named)
    judge = partial(_judge_sentence, named=named, topic=topic, asks_otherwise=asks_otherwise)
    known: dict[tuple[str, str], Judged] = {}
    judged: list[Judged] = []
    count = 0
    for part, before in zip(parts, ("", *parts), strict=False):
        if (part, before) not in known:
            one = judge(part, before=before, room=MAX_FIGURES_OF_TEXT - count)
            known[part, before], count = one, count + len(one.figures)
        judged.append(known[part, before])
    _leave_halves_out(judged)
    is_changed = any(one.changes or PLACEHOLDER.search(one.text) or one.out for one in judged)
    return [None if one.out else _settled(one, is_changed=is_changed) for one in judged]


def _judge_sentence(
    text: str, named: Sequence[Named], *, topic: str, before: str, asks_otherwise: bool, room: int
) -> Judged:
    one = _judge(text, named, topic=topic, before=before, room=room)
    one.out = one.out or policies.differs(text, named) or identities.differs(text, named, topic=topic)
    one.out = one.out or (asks_otherwise and policies.affirms(text))
    return one


def _leave_halves_out(judged: Sequence[Judged]) -> None:
    """Leave out both halves of a sentence that was cut at its a.m. where one of them changes."""
    for one, other in pairwise(judged):
        if _CUT_AT_NOON.search(one.text) and (one.out or one.changes or other.out or other.changes):
            one.out = other.out = True


def _states_otherwise(topic: str, named: Sequence[Named]) -> bool:
    """Whether the entry's question itself states another figure than the vendor's: 押金是兩個月嗎."""
    judged = _judge(topic, named, topic="", before="")
    return judged.out or bool(judged.changes)


def _judge(text: str, named: Sequence[Named], *, topic: str, before: str, room: int = MAX_FIGURES) -> Judged:
    """What each figure of a sentence is about, and the changes that follow."""
    judged = Judged(text, figures_in(text))
    if len(judged.figures) > min(MAX_FIGURES, room) or any(len(one.text) > _LONG_FIGURE for one in judged.figures):
        return Judged(text, out=True)
    for figure in judged.figures:
        around = surroundings(figure, judged.figures, text, topic=topic, before=before)
        decided = about(figure, around, named)
        if decided is None:
            continue
        if decided.match is Match.SURE:
            judged.known[figure] = decided.named
        if agrees(decided.named, figure, around.clause):
            continue
        is_doubtful = _is_difference(figure, decided.named, text) or _is_ordinal(figure, text)
        change = None if is_doubtful else _change(figure, decided, judged, clause=around.clause)
        if change is None:
            judged.out = True
            return judged
        judged.changes.append(change)
    judged.out = _disagrees(judged)
    return judged


def _is_difference(figure: Figure, named: Named, sentence: str) -> bool:
    """Whether the figure is what is added or taken off (另加 50 元) and the parameter is a whole amount."""
    if figure.kind is not Kind.QUANTITY or figure.dimension in _SHARES or named.all_terms & {"罰", "逾", "違約金"}:
        return False
    is_said = _DIFFERENCE_AHEAD.search(sentence[: figure.start]) or _DIFFERENCE_AFTER.match(sentence, figure.end)
    return bool(is_said) and not _DIFFERENCE_NAME.search(f"{named.parameter.display_name} {named.parameter.key}")


def _is_ordinal(figure: Figure, sentence: str) -> bool:
    """Whether a day of the week is one of several: 每月第二個週一."""
    return figure.kind is Kind.WEEKDAY and bool(_ORDINAL_AHEAD.search(sentence[: figure.start]))


def _change(figure: Figure, decided: About, judged: Judged, *, clause: str) -> Replacement | None:
    """The vendor's value in the figure's place; None where that isn't sure."""
    named = decided.named
    is_range = figure.upto is not None and (named.figure is None or named.figure.upto is None)
    if decided.match is not Match.SURE or is_range or (named.is_guess and figure.upto is not None):
        return None
    text = _value_for(figure, named, judged.text, clause=clause)
    if text is None:
        return None
    start, end = figure.start, figure.end
    if scope := scope_of(figure):
        start += len(scope)
    if figure.text.endswith(".") and not judged.text[end:].strip():
        text += "."
    if text.endswith("s") and judged.text.startswith("'s", end):
        text, end = f"{text}'", end + 2
    return Replacement(start, end, _spaced(text, judged.text, start, end), named.parameter.key)


def _spaced(text: str, sentence: str, start: int, end: int) -> str:
    """`text` with a space on each side where its digits would touch a word."""
    ahead, after = sentence[:start][-1:], sentence[end:][:1]
    before = " " if ahead.isalnum() and text[0].isascii() and text[0].isalnum() else ""
    is_bare = text[-1].isascii() and text[-1].isalnum()
    return f"{before}{text}{' ' if is_bare and after.isalnum() else ''}"


def _value_for(figure: Figure, named: Named, sentence: str, *, clause: str) -> str | None:
    """The value in the words of the sentence: its language, its unit where the value has none."""
    if figure.kind is Kind.TIME and named.kind is Kind.HOURS:
        return edge_of(named, clause)
    if is_latin(sentence):
        return in_english(named.parameter)
    if named.is_guess:
        if named.figure is None or (named.figure.unit and not numerals.same_unit(named.figure.unit, figure.unit)):
            return None
        return f"{written(named.parameter)} {figure.unit}".strip()
    return named.figure.text if named.figure else None


def _disagrees(judged: Judged) -> bool:
    """Whether two figures of the sentence, not the same, would be one parameter's."""
    by_key: dict[str, list[Figure]] = {}
    for figure, named in judged.known.items():
        by_key.setdefault(named.parameter.key, []).append(figure)
    return any(not _alike(one, figures[0]) for figures in by_key.values() for one in figures[1:])


def _alike(one: Figure, other: Figure) -> bool:
    if one.kind is not Kind.QUANTITY or other.kind is not Kind.QUANTITY or one.value is None or other.value is None:
        return one.kind is other.kind and one.text == other.text
    return numerals.same_amount(one.value, one.unit, other=other.value, other_unit=other.unit)


def _settled(judged: Judged, *, is_changed: bool) -> Sequence[Replacement] | None:
    """The sentence's changes, with what was computed from a changed figure cut out; None to leave it out."""
    if not is_changed:
        return judged.changes
    settled = _without_repetition(judged)
    if settled is None:
        return None
    changed = {named.parameter.key for named in judged.known.values()} & {one.key for one in judged.changes}
    dimensions = {figure.dimension for figure, named in judged.known.items() if named.parameter.key in changed}
    for figure in judged.figures:
        if figure in judged.known:
            continue
        if deriving.is_derived(judged.text, figure):
            cut = deriving.cut(judged.text, figure)
            if cut is None:
                return None
            settled.append(Replacement(*cut, "", ""))
        elif figure.could_mix_with(dimensions) and _is_bound(figure, judged):
            return None
    return settled


def _is_bound(figure: Figure, judged: Judged) -> bool:
    """Whether a figure beside a changed one of its dimension may depend on it: it has no subject of its own."""
    if figure.could_mix_with(_STRICT):
        return True
    around = surroundings(figure, judged.figures, judged.text, topic="", before="")
    spoken = frozenset().union(*(named.all_terms for named in judged.known.values()))
    return not foreign(terms_of(around.near), spoken)


def _without_repetition(judged: Judged) -> list[Replacement] | None:
    """The changes, where a value would be said twice (半年，也就是 6 個月) only once."""
    settled: list[Replacement] = []
    said: set[str] = set()
    for change in judged.changes:
        figure = next(one for one in judged.figures if one.start <= change.start < one.end)
        if change.key in said and deriving.is_derived(judged.text, figure):
            cut = deriving.cut(judged.text, figure)
            if cut is None:
                return None
            settled.append(Replacement(*cut, "", ""))
        else:
            settled.append(change)
        said.add(change.key)
    return settled
