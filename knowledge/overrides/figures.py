"""The figures that a text states itself: amounts, days, phones, opening hours, times, weekdays, dates. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from knowledge import numerals
from knowledge.parameters import PLACEHOLDER

_HALF_DAY = r"(?:上午|早上|清晨|凌晨|中午|下午|傍晚|晚上|晚間|夜間)?[ ]?"
# 一點 is an hour only after the half of the day, or with 半 or 整: 早一點 is none.
_HAN_HOUR = r"(?:十[一二]?|[二兩三四五六七八九]|(?<=[午上間])一|一(?=[點時][半整]))"
# A full stop after "9pm" ends the sentence; after "9 p.m." it may only end the abbreviation.
_NOONS = r"[ap](?:m\b|\.m\b\.?)"
_CLOCK = (
    rf"{_HALF_DAY}(?:(?<![\d:.])\d{{1,2}}:\d{{2}}(?![\d:])(?:[ ]?{_NOONS})?|(?<![\d:.])\d{{1,2}}[ ]?{_NOONS}|"
    rf"(?:\d{{1,2}}[ ]?|{_HAN_HOUR})[點時](?![數間段])(?:半|整|[ ]?\d{{1,2}}[ ]?分)?)"
)
_WEEKDAY = r"(?:每?(?:週|周|星期|禮拜)[一二三四五六日天](?![次堂回個天後前]))"
_WEEKDAYS = (
    rf"{_WEEKDAY}(?:[ ]?[至到~\-–、及和與][ ]?(?:{_WEEKDAY}|[一二三四五六日](?![點月號期年次個樓人天份]))){{0,7}}"
)
_NOON = r"\b(?:noon|midnight)\b"
_TO = r"[ ]?(?:[-–—~～〜至到]|to)[ ]?"
_HOURS = rf"(?:(?:每天|每日|平日|假日|{_WEEKDAYS})[ ]?[:：的]?[ ]?)?{_CLOCK}{_TO}(?:隔天|隔日|翌日)?{_CLOCK}"
_PHONE = (
    r"(?<![\d.\-])(?:\+886[- ]?\(?0?\)?[- ]?|\(?0)\d{1,3}\)?[- ]?\d{3,4}[- ]?\d{3,4}(?!-?\d)"
    r"(?:[ ]?(?:#|分機|轉)[ ]?\d{1,5})?"
)
# Open round the clock is an hour of opening too.
_ALWAYS = r"(?:24|二十四)[ ]?小時(?=[ ]?(?:全年無休)?[ ]?(?:營業|開放|服務|不打烊|客服|看診))"
_EMAIL = r"(?<![A-Za-z0-9_.+\-])[A-Za-z0-9_.+\-]{1,64}@[A-Za-z0-9\-]+(?:\.[A-Za-z0-9\-]+)+"
_URL = r"(?:https?://|www\.)[A-Za-z0-9_\-.~:/?#@!$&'*+=%]+"
_DATE = (
    r"(?:民國[ ]?)?(?<!\d)\d{2,4}[ ]?[-/.年][ ]?\d{1,2}[ ]?[-/.月][ ]?\d{1,2}(?!\d)[ ]?[日號]?"
    r"|(?<![\d/])\d{1,2}[ ]?月[ ]?\d{1,2}[ ]?[日號]|(?<![\d/])\d{1,2}/\d{1,2}(?![\d/])"
    r"|[一二三四五六七八九十]{1,2}月[一二三四五六七八九十廿卅]{1,3}[日號]"
)
_LIST_MARK = re.compile(r"^[ \t]*(?:\d{1,2}[.)、]|[（(]\d{1,2}[)）])", re.MULTILINE)
_MONTHLY = re.compile(r"(?:[每次當隔]個?月|月份)的?[ ]?$")
_EVERY_MONTH = re.compile(r"(?: day)? of (?:each|every|the) (?:calendar )?month", re.IGNORECASE)
_CLOCK_PATTERN = re.compile(_CLOCK, re.IGNORECASE)
_NEARBY = 8
_LARGE, _LARGE_FROM = re.compile(r"[\d一二兩三四五六七八九十][百千萬]"), 100
_LONG_NUMBER = 5
_FROM_THEN = re.compile(r"[ ]?(?:起|開始)")
_THRESHOLD = re.compile(r"滿[ ]?$")
_LABELLED = re.compile(r"[:：為是滿費價額][ ]?$|\b(?:is|of)[ ]$")


class Kind(StrEnum):
    """What sort of figure it is, and with it which parameters it can be about."""

    QUANTITY = "quantity"
    PHONE = "phone"
    HOURS = "hours"
    TIME = "time"
    WEEKDAY = "weekday"
    DATE = "date"
    EMAIL = "email"
    URL = "url"


_PATTERNS = tuple(
    (kind, re.compile(pattern, re.IGNORECASE))
    for kind, pattern in (
        (Kind.URL, _URL),
        (Kind.EMAIL, _EMAIL),
        (Kind.DATE, _DATE),
        (Kind.PHONE, _PHONE),
        (Kind.HOURS, rf"{_HOURS}|{_ALWAYS}"),
        (Kind.TIME, rf"{_CLOCK}|{_NOON}"),
        (Kind.WEEKDAY, _WEEKDAYS),
    )
)


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure at `start:end` of a text, written as `text`. Quantities have a value, a unit, and an end of a range."""

    start: int
    end: int
    kind: Kind
    text: str
    value: Decimal | None = None
    unit: str = ""
    upto: Decimal | None = None
    monthly: bool = False

    @property
    def dimension(self) -> str:
        """What it measures, as far as two figures of one dimension could be mixed up."""
        if self.kind is not Kind.QUANTITY:
            return self.kind
        dimension = numerals.dimension_of(self.unit)
        return self.unit if dimension is numerals.Dimension.OTHER else dimension

    def could_mix_with(self, dimensions: Iterable[str]) -> bool:
        """Whether one of `dimensions` is its own; a bare 日 is of two."""
        own = {numerals.Dimension.DAY_OF_MONTH, numerals.Dimension.DAYS} if self.unit == "日" else {self.dimension}
        return not own.isdisjoint(dimensions)


def figures_in(text: str) -> list[Figure]:
    """The figures of `text` from left to right. What stands in a placeholder, and the marks of a list, are none."""
    hidden = _LIST_MARK.sub(_blank, PLACEHOLDER.sub(_blank, numerals.narrow(text)))
    figures = []
    for kind, pattern in _PATTERNS:
        figures += [_figure(kind, found) for found in pattern.finditer(hidden)]
        hidden = pattern.sub(_blank, hidden)
    figures += [
        Figure(
            one.start, one.end, Kind.QUANTITY, text[one.start : one.end], value=one.value, unit=one.unit, upto=one.upto,
            monthly=_is_monthly(one, hidden),
        )
        for one in numerals.find(hidden)
        if (not one.bare or _is_threshold(one, hidden)) and _states_a_value(one, hidden)
    ]  # fmt: skip
    return sorted(figures, key=lambda figure: figure.start)


def _states_a_value(quantity: numerals.Quantity, text: str) -> bool:
    """Whether a number states a value: it has a unit, is long, or is given for a name (滯納金：500).

    第三天 only says which of several, unless something begins on it (第三天起).
    """
    if quantity.unit:
        return not quantity.unit.startswith("第") or bool(_FROM_THEN.match(text, quantity.end))
    is_long = len(text[quantity.start : quantity.end].strip()) >= _LONG_NUMBER
    is_large = bool(_LARGE.search(text, quantity.start, quantity.end)) and quantity.value >= _LARGE_FROM
    return is_long or is_large or bool(_LABELLED.search(text, max(0, quantity.start - _NEARBY), quantity.start))


def _is_threshold(quantity: numerals.Quantity, text: str) -> bool:
    """Whether a lone 千 or 百 is an amount: 滿千免運."""
    return quantity.value >= _LARGE_FROM and bool(_THRESHOLD.search(text, 0, quantity.start))


def _figure(kind: Kind, found: re.Match[str]) -> Figure:
    text = found[0].strip(" ")
    start = found.start() + len(found[0]) - len(found[0].lstrip(" "))
    return Figure(start, start + len(text), kind, text)


def _is_monthly(quantity: numerals.Quantity, text: str) -> bool:
    """Whether it is a day of every month."""
    if numerals.dimension_of(quantity.unit) is not numerals.Dimension.DAY_OF_MONTH:
        return False
    return bool(
        _MONTHLY.search(text, max(0, quantity.start - _NEARBY), quantity.start)
        or _EVERY_MONTH.match(text, quantity.end)
    )


def clocks_in(text: str) -> list[str]:
    """The times of a day that `text` states, as they are written."""
    return [found[0].strip() for found in _CLOCK_PATTERN.finditer(numerals.narrow(text))]


def _blank(found: re.Match[str]) -> str:
    return "\0" * len(found[0])
