"""What a parameter is named for, and which figures of a text it could be. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from knowledge import grounding, numerals
from knowledge.overrides.concepts import concepts_in, terms_of
from knowledge.overrides.figures import Figure, Kind, clocks_in, figures_in
from knowledge.parameters import Parameter, ParameterType, written

# What a number without a unit counts, by its name.
_UNITS_BY_NAME = (
    (re.compile(r"月數|_months?\b|\bmonths?_"), "個月"),
    (re.compile(r"天數|幾天|_days\b|\bdays_"), "天"),
    (re.compile(r"日期|繳費日|繳款日|付款日|結帳日|_day\b|_date\b"), "號"),
    (re.compile(r"時數|小時|_hours?\b"), "小時"),
    (re.compile(r"分鐘|_minutes?\b"), "分鐘"),
    (re.compile(r"人數|_people\b|_guests\b|_seats\b"), "人"),
    (re.compile(r"比例|比率|百分|_percent\b|_rate\b"), "%"),
    (re.compile(r"費|金額|押金|訂金|租金|價|低消|門檻|_fee\b|_price\b|_amount\b|_charge\b"), "元"),
)
_COUNTED_NAME = re.compile(
    r"日|時間|時段|期|費|金|額|數|天|率|比例|折|價|電話|專線|day|date|fee|amount|hours|phone", re.IGNORECASE
)
_OPENING = re.compile(r"開門|開店|開始營業|開放|起營業|\bopens?\b", re.IGNORECASE)
_CLOSING = re.compile(r"打烊|關門|關店|營業到|營業至|開到|開至|\bclos(?:e|es|ing)\b", re.IGNORECASE)
_EDGES = 2
_DURATIONS = {numerals.Dimension.MINUTES: 1, numerals.Dimension.DAYS: 24 * 60, numerals.Dimension.MONTHS: 30 * 24 * 60}
_FEW = 8


@dataclass(frozen=True, slots=True)
class Named:
    """A parameter as overrides see it.

    `names` are the terms of each of its names. `kind` says which figures it could be, None for words
    alone; `figure` is its value as one, and `is_guess` says that its unit is at best guessed from the name.
    """

    parameter: Parameter
    names: tuple[frozenset[str], ...]
    kind: Kind | None
    figure: Figure | None = None
    is_guess: bool = False

    @property
    def all_terms(self) -> frozenset[str]:
        return frozenset().union(*self.names)

    def is_named_in(self, terms: frozenset[str]) -> bool:
        """Whether `terms` hold the whole of one of its names."""
        return any(name <= terms for name in self.names)

    @property
    def is_counted(self) -> bool:
        """Whether its name promises a figure (繳費日期), whatever its value is (月底)."""
        return bool(_COUNTED_NAME.search(f"{self.parameter.display_name or ''} {self.parameter.key}"))


@lru_cache(maxsize=4096)
def describe(parameter: Parameter) -> Named:
    """How figures and sentences are matched with `parameter`."""
    names = [terms_of(name) for name in (parameter.display_name, parameter.description) if name]
    names.append(concepts_in(re.sub(r"[_.\-\d]+", " ", parameter.key)))
    # Days of grace are what a text means by days late.
    names += [name | {"逾"} for name in names if "寬" in name]
    kept = tuple(name for name in names if name)
    kind, figure, is_guess = _value(parameter)
    return Named(parameter, kept, kind, figure, is_guess)


def _value(parameter: Parameter) -> tuple[Kind | None, Figure | None, bool]:
    text = written(parameter)
    match parameter.kind:
        case ParameterType.NUMBER | ParameterType.MONEY:
            if parameter.number is None:
                return _text(parameter.value)
            unit = "元" if parameter.kind is ParameterType.MONEY else parameter.unit or ""
            guessed = "" if unit else _unit_by_name(parameter)
            figure = Figure(0, len(text), Kind.QUANTITY, text, value=parameter.number, unit=unit or guessed)
            return Kind.QUANTITY, figure, not unit
        case ParameterType.PHONE:
            return Kind.PHONE, Figure(0, len(text), Kind.PHONE, text), False
        case ParameterType.DATE:
            return Kind.DATE, Figure(0, len(text), Kind.DATE, text), False
        case ParameterType.BOOL:
            return None, None, False
    return _text(text)


def _unit_by_name(parameter: Parameter) -> str:
    name = f"{parameter.display_name or ''} {parameter.description or ''} {parameter.key}"
    return next((unit for pattern, unit in _UNITS_BY_NAME if pattern.search(name)), "")


def _text(value: str) -> tuple[Kind | None, Figure | None, bool]:
    """A text that holds one figure is that figure; opening hours are taken whole, however many they are."""
    figures = figures_in(value)
    kinds = {figure.kind for figure in figures}
    if Kind.HOURS in kinds and kinds <= {Kind.HOURS, Kind.WEEKDAY}:
        return Kind.HOURS, Figure(0, len(value), Kind.HOURS, value), False
    if kinds == {Kind.WEEKDAY}:
        return Kind.WEEKDAY, Figure(0, len(value), Kind.WEEKDAY, value), False
    if len(figures) == 1 and _is_its_figure(value, figures[0]):
        return figures[0].kind, figures[0], False
    return None, None, False


def _is_its_figure(value: str, figure: Figure) -> bool:
    """Whether a text is little more than its figure (每月 5 號), and no address or sentence that has one."""
    is_name = figure.unit in ("門牌", "編號", "年份") or figure.unit.startswith("第")
    return not is_name and len(value) - len(figure.text) <= _FEW


def could_be(named: Named, figure: Figure, clause: str) -> bool:
    """Whether `figure` could state the parameter, by kind and unit."""
    if named.kind is None or named.figure is None:
        return False
    if figure.kind is Kind.TIME and named.kind is Kind.HOURS:
        return edge_of(named, clause) is not None
    if figure.kind is not named.kind:
        return False
    if figure.kind is not Kind.QUANTITY:
        return True
    if named.is_guess and not named.figure.unit:
        return True
    return not figure.unit or is_loose(named, figure) or numerals.comparable(figure.unit, named.figure.unit)


def is_loose(named: Named, figure: Figure) -> bool:
    """Whether figure and value could be the same only loosely: one in days, the other in months; 第三天 for 3 天;
    a number without a unit."""
    if figure.kind is not Kind.QUANTITY or named.figure is None:
        return False
    if not figure.unit:
        return True
    if is_ratio(figure.unit, named.figure.unit):
        return True
    unit = figure.unit.removeprefix("第")
    if numerals.comparable(unit, named.figure.unit):
        return unit != figure.unit
    return numerals.dimension_of(unit) in _DURATIONS and numerals.dimension_of(named.figure.unit) in _DURATIONS


def is_ratio(one: str, other: str) -> bool:
    """Whether two units say one thing in different ways: 2 倍 the rent for 2 個月, 5% off for 9.5 折."""
    dimensions = {numerals.dimension_of(one), numerals.dimension_of(other)}
    is_times = one == "倍" and numerals.Dimension.MONTHS in dimensions
    return is_times or dimensions == {numerals.Dimension.PERCENT, numerals.Dimension.PRICE_SHARE}


def edge_of(named: Named, clause: str) -> str | None:
    """The time at which the hours begin or end, where `clause` speaks of one of the two."""
    clocks = clocks_in(named.parameter.value)
    opens, closes = _OPENING.search(clause), _CLOSING.search(clause)
    if len(clocks) != _EDGES or bool(opens) == bool(closes):
        return None
    return clocks[0] if opens else clocks[1]


def agrees(named: Named, figure: Figure, clause: str) -> bool:
    """Whether `figure` states the parameter's own value."""
    own = named.figure
    if own is None:
        return False
    if figure.kind is Kind.QUANTITY:
        return _same(figure, own, named)
    said = edge_of(named, clause) if figure.kind is Kind.TIME and named.kind is Kind.HOURS else named.parameter.value
    if figure.kind is Kind.WEEKDAY:
        return weekdays_in(figure.text) == weekdays_in(said or "")
    facts, known = grounding.facts_in(figure.text), grounding.facts_in(said or "")
    if figure.kind is Kind.HOURS and (days := weekdays_in(figure.text)) and days != weekdays_in(said or ""):
        return False
    if figure.kind is Kind.DATE:
        return not grounding.ungrounded(figure.text, [said or ""])
    return bool(facts) and (facts == known or (figure.kind is Kind.HOURS and facts <= known))


def _same(figure: Figure, own: Figure, named: Named) -> bool:
    if figure.value is None or own.value is None:
        return False
    if named.is_guess and not own.unit:
        return figure.value == own.value
    if is_loose(named, figure):
        return _same_length(figure, own)
    ends = ((figure.value, own.value), (figure.upto, own.upto))
    return all(_same_end(one, other, units=(figure.unit, own.unit)) for one, other in ends)


def _same_length(figure: Figure, own: Figure) -> bool:
    """Whether two lengths of time in different units agree as people take them: 30 天 and 一個月.

    2 倍 is 2 個月; a share of a price never agrees with a discount, since 打 9 折 may be 10% off or 90%.
    """
    if figure.unit == "倍":
        return figure.value == own.value
    sizes = [_DURATIONS.get(numerals.dimension_of(one.unit)) for one in (figure, own)]
    if sizes[0] is None or sizes[1] is None or figure.value is None or own.value is None or figure.upto or own.upto:
        return not figure.unit and figure.value == own.value
    return (
        figure.value * numerals.factor_of(figure.unit) * sizes[0] == own.value * numerals.factor_of(own.unit) * sizes[1]
    )


def _same_end(one: Decimal | None, other: Decimal | None, *, units: tuple[str, str]) -> bool:
    if one is None or other is None:
        return one is other
    return numerals.same_amount(one, units[0], other=other, other_unit=units[1])


def weekdays_in(text: str) -> str:
    """The days of the week of `text` in one spelling."""
    days = "".join(figure.text for figure in figures_in(text) if figure.kind in (Kind.WEEKDAY, Kind.HOURS))
    days = re.sub(r"星期|禮拜|周", "週", days).replace("天", "日").replace("每日", "")
    return re.sub(
        r"[至到~–]", "-", re.sub(r"[^週一二三四五六日至到~–\-、]|(?<!週)(?<![至到~–\-、])[一二三四五六]", "", days)
    ).strip("-")
