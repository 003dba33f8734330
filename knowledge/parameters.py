"""A vendor's values: typed, written as people in Taiwan write them, and put into texts. Pure.

`{{key}}` is substituted exactly once: a value that holds `{{other}}` or any other template syntax is
shown as it is, never looked at again.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from enum import StrEnum

from knowledge import sentences

PLACEHOLDER = re.compile(r"\{\{\s*([A-Za-z_][A-Za-z0-9_.\-]{0,63})\s*\}\}")
MONEY_UNITS = frozenset({"元", "塊", "圓", "NT$", "TWD"})
_PHONE = re.compile(r"\+?[\d\-() ]{7,20}(?:\s*(?:#|分機|轉)\s*\d{1,5})?")
_COUNT = re.compile(r"\d[\d,]*(?:\.\d+)?", re.ASCII)
_TRUE = frozenset({"true", "1", "yes", "是", "可", "有"})
_FALSE = frozenset({"false", "0", "no", "否", "不可", "無"})
_GROUPING_FROM = 10_000
MOBILE, FREEPHONE = "09", "080"
LANDLINE_AREAS = ("0826", "0836", "037", "049", "089", "082", "02", "03", "04", "05", "06", "07", "08")


class ParameterType(StrEnum):
    """What a value is; `data_type` of the store. `string` is the store's default."""

    TEXT = "string"
    NUMBER = "number"
    MONEY = "money"
    DATE = "date"
    PHONE = "phone"
    BOOL = "bool"


@dataclass(frozen=True, slots=True)
class Parameter:
    """One value of one vendor, as stored."""

    key: str
    value: str
    type: ParameterType = ParameterType.TEXT
    unit: str | None = None
    display_name: str | None = None
    description: str | None = None

    @property
    def kind(self) -> ParameterType:
        """What the value really is: a phone number kept as text is a phone, an amount in 元 is money."""
        if self.type is ParameterType.TEXT and _PHONE.fullmatch(self.value.strip()) and self.unit is None:
            return ParameterType.PHONE
        if self._is_counted:
            return ParameterType.MONEY if self.unit in MONEY_UNITS else ParameterType.NUMBER
        return self.type

    @property
    def _is_counted(self) -> bool:
        """Whether this is a number: said to be, or a text that is one and has a unit."""
        counts = self.type is ParameterType.TEXT and bool(self.unit) and _COUNT.fullmatch(self.value.strip())
        return self.type is ParameterType.NUMBER or bool(counts)

    @property
    def number(self) -> Decimal | None:
        """The value as an exact number; None where it isn't one."""
        if self.kind not in (ParameterType.NUMBER, ParameterType.MONEY):
            return None
        try:
            number = Decimal(self.value.strip().replace(",", ""))
        except InvalidOperation:
            return None
        return number if number.is_finite() else None


Parameters = Mapping[str, Parameter]


def written(parameter: Parameter, *, with_unit: bool = True) -> str:
    """The value as people write it: `1 號`, `12,000 元`, `02-2345-6789`, `2026 年 3 月 5 日`."""
    value, unit = parameter.value.strip(), parameter.unit or ""
    match parameter.kind:
        case ParameterType.MONEY:
            value, unit = _grouped(parameter, from_=1000), unit if unit in MONEY_UNITS else "元"
        case ParameterType.NUMBER:
            value = _grouped(parameter, from_=_GROUPING_FROM)
        case ParameterType.DATE:
            value = _date(value)
        case ParameterType.PHONE:
            value = _phone(value)
        case ParameterType.BOOL:
            value = "是" if value.lower() in _TRUE else "否" if value.lower() in _FALSE else value
        case ParameterType.TEXT:
            pass
    if not unit or not with_unit or value.endswith(unit):
        return value
    return f"{value}{unit}" if unit in ("%", "％", "°C", "℃") else f"{value} {unit}"


def _grouped(parameter: Parameter, *, from_: int) -> str:
    number = parameter.number
    if number is None:
        return parameter.value.strip()
    if number == number.to_integral_value():
        number = number.to_integral_value()
    return f"{number:,f}" if abs(number) >= from_ else f"{number:f}"


def _date(value: str) -> str:
    try:
        day = date.fromisoformat(value)
    except ValueError:
        return value
    return f"{day.year} 年 {day.month} 月 {day.day} 日"


def _phone(value: str) -> str:
    """A bare Taiwanese number with its usual dashes; any other stays as it was written."""
    if not value.isdigit() or not value.isascii():
        return value
    if len(value) == 10 and value.startswith((MOBILE, FREEPHONE)):  # noqa: PLR2004
        return f"{value[:4]}-{value[4:7]}-{value[7:]}"
    area = next((area for area in LANDLINE_AREAS if value.startswith(area)), None)
    local = value.removeprefix(area) if area else ""
    if area is None or len(local) not in (6, 7, 8):
        return value
    return f"{area}-{local[:-4]}-{local[-4:]}"


@dataclass(frozen=True, slots=True)
class Replacement:
    """`start:end` of a sentence becomes the value of the parameter `key`, written as `text`."""

    start: int
    end: int
    text: str
    key: str


@dataclass(frozen=True, slots=True)
class Filled:
    """A text with values in it: sentences whose values are unknown left out, and the keys that were used."""

    text: str
    used: frozenset[str]


# What else of a sentence the vendor's values replace; None leaves the sentence out.
Replacing = Callable[[str], Sequence[Replacement] | None]


def keys_in(text: str) -> frozenset[str]:
    return frozenset(PLACEHOLDER.findall(text))


def without_placeholders(text: str) -> str:
    return PLACEHOLDER.sub("", text)


def fill(text: str, parameters: Parameters, *, replacing: Replacing | None = None) -> Filled:
    """`text` with each `{{key}}` replaced once by its value; a sentence with an unknown key is left out.

    `replacing` names further replacements, sentence by sentence. All are made in one pass over the
    sentence as it was written, so that nothing that came in with a value is replaced in turn.
    """
    kept: list[str] = []
    used: set[str] = set()
    for sentence in sentences.split(text):
        more = replacing(sentence) if replacing else ()
        if more is None or not keys_in(sentence) <= parameters.keys():
            continue
        changes = sorted([*_placeholders(sentence, parameters), *more], key=lambda change: change.start)
        used.update(change.key for change in changes)
        kept.append(_changed(sentence, changes))
    return Filled("".join(kept).strip(), frozenset(used))


def _changed(sentence: str, changes: Sequence[Replacement]) -> str:
    parts: list[str] = []
    at = 0
    for change in changes:
        parts += [sentence[at : change.start], change.text]
        at = change.end
    return "".join([*parts, sentence[at:]])


def _placeholders(sentence: str, parameters: Parameters) -> list[Replacement]:
    return [
        Replacement(found.start(), found.end(), _replacement(found, parameters), found[1])
        for found in PLACEHOLDER.finditer(sentence)
    ]


def _replacement(found: re.Match[str], parameters: Parameters) -> str:
    """The value for one placeholder; without its unit where the text already writes the unit around it."""
    parameter = parameters[found[1]]
    bare, full = written(parameter, with_unit=False), written(parameter)
    unit = full.removeprefix(bare).strip()
    after, before = found.string[found.end() :].lstrip(" "), found.string[: found.start()].rstrip(" ")
    if unit and (after.startswith(unit) or (unit in MONEY_UNITS and before.endswith("$"))):
        return bare
    return full
