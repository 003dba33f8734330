"""Which parameter a figure is about, and how sure that is. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from functools import lru_cache

from knowledge.numerals import Dimension
from knowledge.overrides.concepts import (
    CASES,
    CONCEPTS,
    OUTSIDERS,
    SUBJECTS,
    contrasts,
    leading,
    narrows,
    specifies,
    terms_of,
    unknown_in,
)
from knowledge.overrides.figures import Figure, Kind
from knowledge.overrides.named import Named, could_be, is_loose
from knowledge.parameters import PLACEHOLDER

SURE = 0.6
UNRELATED = 0.35
# How much a word counts that stands in the clause, elsewhere in the sentence, in the entry's question,
# or in the sentence before.
_NEAR, _WIDE, _TOPIC, _BEFORE = 1.0, 0.8, 0.7, 0.6
_FEW = 2
_LESS = 0.5
_CLAUSE = re.compile(r"(?:[^，,、。！？!?；;\n]|(?<=\d),(?=\d{3}))+")
_AND = re.compile(r"[與和及或並跟以且；;]|\band\b|\bor\b", re.IGNORECASE)
# What stands in brackets after opening hours is when they don't hold: 10:00-21:00（週一公休）.
_ASIDE = re.compile(r"[（(]")
_WORDS_OF_UNITS = {"折": "折扣", "歲": "年齡"}
_EACH = re.compile(r"各|分別|依序|respectively|\beach\b(?! month)", re.IGNORECASE)
_HALF_A_DAY = re.compile(r"上午|下午|晚上|早上|中午")
_CHARGE = re.compile(r"[\u3400-\u9fff]{2}[費金款稅票]")
_ENDS_IN_A_CHARGE = re.compile(r"[費金款價消]\s*$")
_CHARGED_FOR = re.compile(
    r"(?P<noun>[\u3400-\u9fff]{2})(?:[月年日]租|[月年]費|手續費|工本費|服務費|清潔費|保證金|押金|租金)(?:為|是|：|:|每?[月年次])?\s*$"
)
_RELATED = (frozenset({"逾", "寬"}),)
# What isn't held for those who are late is cancelled.
_HELD = frozenset({"遲到", "保留"})
_OF_RENT = re.compile(r"的?(?:租金|房租|月租|押金)|'?s? ?rent")
_NOTICES = frozenset({"通知", "提前"})
# Lengths of time that are said in days, weeks or months alike.
_LEAD_TIMES = frozenset({"通知", "提前", "效期", "保固", "維修", "退貨"})
_CONTACTS = frozenset({"服", "話", "信箱", "網站"})
_DAYS = frozenset({"平日", "假日"})
_PHONE_WORDS = frozenset({"信箱", "網站", "服", "話", "營業", "預約", "點餐"})


class Match(IntEnum):
    NONE = 0
    PERHAPS = 1
    SURE = 2


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Where a figure stands: its part of its clause (`near`, and what of it comes first), the sentence, and more."""

    clause: str
    near: str
    ahead: str
    sentence: str
    topic: str
    before: str


@dataclass(frozen=True, slots=True)
class About:
    """What a figure is about."""

    match: Match
    share: float
    named: Named


def surroundings(figure: Figure, figures: Sequence[Figure], sentence: str, *, topic: str, before: str) -> Surroundings:
    """The text around `figure`, up to the next figures of its dimension, figures and placeholders blanked."""
    start, end = clause_span(sentence, figure)
    plain = without_figures(sentence, tuple(figures))
    for other in figures:
        if other is figure or other.dimension != figure.dimension:
            continue
        if start <= other.start < figure.start:
            gap = _AND.search(plain, other.end, figure.start)
            start = gap.end() if gap else other.end
        elif figure.end <= other.start < end:
            gap = _AND.search(plain, figure.end, other.start)
            end = gap.start() if gap else other.start
    if figure.kind is Kind.HOURS and (aside := _ASIDE.search(plain, figure.end, end)):
        end = aside.start()
    clause_start, clause_end = clause_span(sentence, figure)
    return Surroundings(
        clause=plain[clause_start:clause_end], near=plain[start:end], ahead=plain[start : figure.start], sentence=plain,
        topic=PLACEHOLDER.sub(" ", topic), before=PLACEHOLDER.sub(" ", before),
    )  # fmt: skip


def clause_span(sentence: str, figure: Figure) -> tuple[int, int]:
    for found in _CLAUSE.finditer(sentence):
        if found.start() <= figure.start < found.end():
            return found.start(), max(found.end(), figure.end)
    return figure.start, figure.end


@lru_cache(maxsize=256)
def without_figures(sentence: str, figures: tuple[Figure, ...]) -> str:
    """`sentence` with spaces, as many as it is long, in place of each figure and placeholder."""
    plain = PLACEHOLDER.sub(lambda found: " " * len(found[0]), sentence)
    for figure in figures:
        width = figure.end - figure.start
        plain = plain[: figure.start] + _word_for(figure)[:width].ljust(width) + plain[figure.end :]
    return plain


def _word_for(figure: Figure) -> str:
    """What a figure says of its subject: one day before an amount makes it an amount a day (逾期一日罰 100 元)."""
    if figure.kind is Kind.QUANTITY and figure.value == 1 and figure.unit in ("日", "天"):
        return "每日"
    if figure.kind is Kind.HOURS:
        return scope_of(figure)
    return _WORDS_OF_UNITS.get(figure.unit, "")


def scope_of(figure: Figure) -> str:
    """The days that opening hours say they are for (平日, 假日), where they begin with them."""
    return next((days for days in _DAYS if figure.text.startswith(days)), "")


def about(figure: Figure, around: Surroundings, parameters: Sequence[Named]) -> About | None:
    """The parameter that a figure is about, the surest first; None where it is about none."""
    found = [
        one
        for named in parameters
        if could_be(named, figure, around.clause) and (one := _graded(figure, around, named))
    ]
    if not any(one.match is Match.SURE for one in found):
        found += _worded(around, parameters)
    if not found:
        return None
    found.sort(key=lambda one: (one.match, one.share, max(map(len, one.named.names), default=0)), reverse=True)
    best = found[0]
    rivals = [one for one in found[1:] if one.match is best.match and one.share == best.share]
    if best.match is Match.SURE and any(not _is_narrower(best, rival, around) for rival in rivals):
        return About(Match.PERHAPS, best.share, best.named)
    return best


def _is_narrower(one: About, other: About, around: Surroundings) -> bool:
    """Whether the clause speaks of more that `one` is named for than `other`."""
    near = terms_of(around.near)
    return len(near & one.named.all_terms) > len(near & other.named.all_terms)


def _graded(figure: Figure, around: Surroundings, named: Named) -> About | None:
    match, share = _grade(figure, around, named)
    if figure.kind is Kind.WEEKDAY and _HALF_A_DAY.match(around.near[len(around.ahead) :].strip()):
        match = min(match, Match.PERHAPS)
    if figure.kind is Kind.HOURS and narrows(terms_of(scope_of(figure)), named.all_terms & _DAYS):
        match = min(match, Match.PERHAPS)
    if _is_barely_said(around, named) or _has_another_noun(figure, around, named):
        match = min(match, Match.PERHAPS)
    if is_loose(named, figure):
        near = terms_of(around.near)
        is_spoken_of = near & named.all_terms or (named.all_terms & _NOTICES and share >= UNRELATED)
        # A month's rent is money, whatever it is paid for.
        is_spoken_of = is_spoken_of and not _OF_RENT.match(around.near[len(around.ahead) :].strip())
        is_its_own = is_spoken_of and not foreign(near, named.all_terms)
        is_lead_time = figure.unit and not figure.unit.startswith("第") and named.all_terms & _LEAD_TIMES
        match = match if is_lead_time and is_its_own else min(match, Match.PERHAPS if is_its_own else Match.NONE)
    return About(match, share, named) if match is not Match.NONE else None


def _is_barely_said(around: Surroundings, named: Named) -> bool:
    """Whether a clause shares with the name but a character and a case: 課 and 上限, of 瑜珈課 and 團課."""
    shared = terms_of(around.near) & named.all_terms
    is_slight = bool(shared - CONCEPTS) and shared & CONCEPTS <= CASES
    return is_slight and bool(named.all_terms - CONCEPTS - shared)


def _has_another_noun(figure: Figure, around: Surroundings, named: Named) -> bool:
    """Whether what is charged for is said right before the charge and isn't in the name: 毛巾月租, 轉讓手續費."""
    found = _CHARGED_FOR.search(around.ahead) if figure.dimension == Dimension.MONEY else None
    noun = unknown_in(found["noun"]) if found else frozenset[str]()
    return len(noun) >= _FEW and not noun & named.all_terms


def _grade(figure: Figure, around: Surroundings, named: Named) -> tuple[Match, float]:
    near, terms = terms_of(around.near), named.all_terms
    share = likeness(named, around)
    if share >= SURE and (_is_named_ahead(figure, around, named) or _is_named_beside(figure, around, named)):
        return (Match.PERHAPS if _EACH.search(around.clause) else Match.SURE), share
    if contrasts(near, terms):
        return Match.NONE, 0.0
    if figure.kind in (Kind.PHONE, Kind.EMAIL, Kind.URL):
        return _contact(around, named, share)
    if near & terms:
        return _graded_by_clause(figure, around, named, share=share), share
    if foreign(near, terms) or OUTSIDERS.search(around.near):
        return Match.NONE, 0.0
    return _inherited(figure, around, named, share=share)


def _graded_by_clause(figure: Figure, around: Surroundings, named: Named, *, share: float) -> Match:
    """The match where the clause itself says some of the name, and perhaps other subjects beside it."""
    near, terms = terms_of(around.near), named.all_terms
    match = Match.SURE if share >= SURE else Match.PERHAPS if share >= UNRELATED else Match.NONE
    if foreign(near, terms):
        is_its_subject = near & terms & SUBJECTS or _said_in(near, named) >= SURE
        match = Match(max(match - 1, 0)) if is_its_subject else Match.NONE
    is_open = _EACH.search(around.clause) or _narrowed(figure, near, terms)
    if is_open or _is_another_charge(figure, around.near, terms):
        match = min(match, Match.PERHAPS)
    return match


def _is_named_ahead(figure: Figure, around: Surroundings, named: Named) -> bool:
    """Whether a full name stands before the figure: what comes after is no longer about it."""
    ahead, terms = terms_of(around.ahead), named.all_terms
    if not named.is_named_in(ahead) or foreign(ahead, terms) or _narrowed(figure, ahead, terms):
        return False
    after = terms_of(around.near[len(around.ahead) :])
    return not contrasts(after, terms) and not _is_another_charge(figure, around.ahead, terms)


def _inherited(figure: Figure, around: Surroundings, named: Named, *, share: float) -> tuple[Match, float]:
    """A clause that doesn't say what its figure is about takes it from the sentence and the question."""
    is_silent = not terms_of(around.near) & SUBJECTS and len(unknown_in(around.near)) <= _FEW
    is_silent = is_silent and not (figure.kind is Kind.QUANTITY and specifies(terms_of(around.near), named.all_terms))
    if share >= SURE:
        return (Match.SURE if is_silent else Match.PERHAPS), share
    if share >= UNRELATED or figure.monthly or figure.kind is Kind.HOURS:
        return Match.PERHAPS, share
    return Match.NONE, 0.0


def _narrowed(figure: Figure, text: frozenset[str], name: frozenset[str]) -> bool:
    return figure.kind is Kind.QUANTITY and narrows(text, name)


def _contact(around: Surroundings, named: Named, share: float) -> tuple[Match, float]:
    if OUTSIDERS.search(around.clause):
        return Match.NONE, 0.0
    if foreign(terms_of(around.near), named.all_terms) - _PHONE_WORDS:
        return Match.PERHAPS, share
    is_general = (
        named.all_terms & _CONTACTS and not foreign(named.all_terms, _PHONE_WORDS) and "緊急" not in named.all_terms
    )
    said = terms_of(around.near) & _PHONE_WORDS
    return (Match.SURE if share >= SURE or (is_general and said) else Match.PERHAPS), share


def _is_named_beside(figure: Figure, around: Surroundings, named: Named) -> bool:
    """Whether the figure's own noun follows it: 200 元的逾期手續費, 一成服務費."""
    after = around.near[len(around.ahead) :].strip()
    if not after.startswith("的") and _ENDS_IN_A_CHARGE.search(around.ahead):
        return False
    said = leading(after.removeprefix("的"))
    return (
        named.is_named_in(said) and not foreign(said, named.all_terms) and not _narrowed(figure, said, named.all_terms)
    )


def _is_another_charge(figure: Figure, text: str, name: frozenset[str]) -> bool:
    """Whether a text names a charge (清運費) that shares nothing with a name."""
    charges = [terms_of(charge) for charge in _CHARGE.findall(text)] if figure.dimension == Dimension.MONEY else []
    return any(not charge <= CONCEPTS and not charge & name for charge in charges)


def foreign(text: frozenset[str], name: frozenset[str]) -> frozenset[str]:
    """The subjects that a text names and a parameter's names don't."""
    related = next((pair for pair in _RELATED if pair & name), frozenset[str]())
    if name >= _HELD:
        related |= {"取消"}
    return (text & SUBJECTS) - name - related


def likeness(named: Named, around: Surroundings) -> float:
    """How much of what a parameter is named for is spoken of around a figure: 0..1."""
    layers = (
        (terms_of(around.near), _NEAR),
        (terms_of(around.sentence), _WIDE),
        (terms_of(around.topic), _TOPIC),
        (terms_of(around.before), _BEFORE),
    )
    return max((_share(name, layers) for name in named.names), default=0.0)


def _said_in(text: frozenset[str], named: Named) -> float:
    """How much of what a parameter is named for one text speaks of: 0..1."""
    return max((_share(name, ((text, _NEAR),)) for name in named.names), default=0.0)


def _share(name: frozenset[str], layers: Sequence[tuple[frozenset[str], float]]) -> float:
    # A character that is in no concept says less than one that is, where a name has both.
    sizes = {term: _LESS if len(name & CONCEPTS) and term not in CONCEPTS else 1.0 for term in name}
    found = (sizes[term] * next((weight for terms, weight in layers if term in terms), 0.0) for term in name)
    return sum(found) / sum(sizes.values())


def _worded(around: Surroundings, parameters: Sequence[Named]) -> list[About]:
    """The parameters that a clause surely speaks of, but whose values are words: 月底 where the text says 5 號."""
    near = terms_of(around.near)
    wordy = [named for named in parameters if named.kind in (None, Kind.DATE) and named.is_counted]
    spoken = [named for named in wordy if any(len(name & near) / len(name) >= SURE for name in named.names)]
    return [About(Match.PERHAPS, SURE, named) for named in spoken if not foreign(near, named.all_terms)]
