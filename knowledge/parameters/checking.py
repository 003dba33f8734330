"""Whether a value is what its type says, and how it is stored then. Pure.

Numbers are stored as plain digits, dates as ISO 8601, yes or no as `true` or `false`, phone numbers and
texts as they were written, in half-width characters and without the spaces around them.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from decimal import Decimal

from knowledge import numerals
from knowledge.parameters.model import ParameterType, is_money, is_phone, number_in
from knowledge.parameters.writing import FALSE, TRUE

MAX_TEXT = 2000
_SHOWN = 40
_ROC_YEAR_ONE, _ROC_DIGITS = 1911, 3
_FIRST_YEAR, _LAST_YEAR = 1900, 2200
_NAMES = {
    ParameterType.TEXT: ("string", "text", "str"),
    ParameterType.NUMBER: ("number", "integer", "int", "float", "decimal", "numeric"),
    ParameterType.MONEY: ("money", "currency", "amount"),
    ParameterType.DATE: ("date",),
    ParameterType.PHONE: ("phone", "tel"),
    ParameterType.BOOL: ("bool", "boolean"),
}
_TYPES = {name: type_ for type_, names in _NAMES.items() for name in names}
_HAN_NUMBER = re.compile(r"[零〇○一二兩三四五六七八九十廿卅]+")
_DATE = re.compile(
    r"(?P<roc>民國|ROC ?)?(?P<year>\d{2,4})(?:[-/.]|年)(?P<month>\d{1,2})(?:[-/.]|月)(?P<day>\d{1,2})[日號]?"
    r"|(?P<compact>(?:19|20|21)\d{6})"
)
_EXPONENT = re.compile(r"\d[eE]-?\d")


class InvalidValue(ValueError):
    """A value isn't what its type says, or there is no such type. The message is a sentence for the caller."""


def type_named(name: str) -> ParameterType:
    """The type that `data_type` names; `text`, `boolean`, `integer`, `float` and the like are understood too.

    Raises InvalidValue for any other name.
    """
    type_ = _TYPES.get(name.strip().lower())
    if type_ is None:
        raise InvalidValue(f"{_shown(name)} is no data type; use one of {', '.join(ParameterType)}")
    return type_


def check(value: str, type_: ParameterType, unit: str | None = None) -> str:
    """`value` as it is stored. Raises InvalidValue where it isn't what `type_` says.

    An empty text is stored and means that there is no value: sentences that need it are left out. Every
    other type needs a value. A number may carry its own unit ("5 號" with unit 號) and loses it.
    """
    text = unicodedata.normalize("NFKC", value).strip() if type_ is not ParameterType.TEXT else value.strip()
    if "\0" in text or len(text) > MAX_TEXT:
        raise InvalidValue(f"a value has up to {MAX_TEXT} characters and no NUL")
    if not text and type_ is not ParameterType.TEXT:
        raise InvalidValue(f"a {type_} must not be empty")
    match type_:
        case ParameterType.NUMBER | ParameterType.MONEY:
            return _number(text, unit, money=type_ is ParameterType.MONEY or is_money(unit))
        case ParameterType.DATE:
            return _date(text)
        case ParameterType.PHONE:
            return _phone(text)
        case ParameterType.BOOL:
            return _bool(text)
        case ParameterType.TEXT:
            return text


def _number(text: str, unit: str | None, *, money: bool) -> str:
    number = _with_its_unit(text, "元" if money else unit or "")
    if number is None:
        number = number_in(text)
    if number is None:
        raise InvalidValue(f"{_shown(text)} is not a number; write one such as 5, 1.5 or 1,200, its unit beside it")
    if money and number < 0:
        raise InvalidValue(f"{_shown(text)} is not an amount of money: it is below zero")
    return f"{number:f}"


def _with_its_unit(text: str, unit: str) -> Decimal | None:
    """The number of `text` where it is one number with the parameter's own unit; None for "5 天" and unit 號."""
    found = numerals.find(text)
    if len(found) != 1 or (found[0].start, found[0].end) != (0, len(text)) or _EXPONENT.search(text):
        return None
    quantity = found[0]
    is_own = bool(unit and quantity.unit) and numerals.same_unit(quantity.unit, unit)
    return quantity.value if is_own and quantity.upto is None and len(text) <= _SHOWN else None


def _date(text: str) -> str:
    digits = _HAN_NUMBER.sub(_in_digits, re.sub(r"\s", "", text))
    found = _DATE.fullmatch(digits)
    if found is None:
        raise InvalidValue(f"{_shown(text)} is not a date; write one such as 2026-03-05 or 民國115年3月5日")
    if found["compact"]:
        year, month, day = int(digits[:4]), int(digits[4:6]), int(digits[6:])
    else:
        year, month, day = (int(found[part]) for part in ("year", "month", "day"))
        year += _ROC_YEAR_ONE if found["roc"] or len(found["year"]) == _ROC_DIGITS else 0
    if not _FIRST_YEAR <= year <= _LAST_YEAR:
        raise InvalidValue(f"{_shown(text)} is not a date of this age; write its year with four digits")
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        raise InvalidValue(f"{_shown(text)} is not a day of the calendar") from None


def _in_digits(found: re.Match[str]) -> str:
    value = numerals.parse(found[0])
    return found[0] if value is None else f"{value:f}"


def _phone(text: str) -> str:
    if not is_phone(text):
        raise InvalidValue(f"{_shown(text)} is not a phone number; write it with its area code, such as 02-2345-6789")
    return text


def _bool(text: str) -> str:
    if text.lower() in TRUE:
        return "true"
    if text.lower() in FALSE:
        return "false"
    raise InvalidValue(f"{_shown(text)} is neither yes nor no; write true or false, 是 or 否")


def _shown(text: str) -> str:
    """`text` as an error message may show it."""
    cut = text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"
    return f'"{cut}"'
