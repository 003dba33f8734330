"""What a parameter is, and what its value really is whatever it was stored as. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from knowledge import numerals

SIGNS_OF_MONEY = frozenset({"NT$", "NTD", "TWD", "$", "NT"})
MONEY_UNITS = frozenset({"元", "塊", "圓", *SIGNS_OF_MONEY})
MAX_DIGITS = 18
_EXTENSION = re.compile(r"\s*(?:#|分機|轉|ext\.?|x)\s*\d{1,6}$", re.IGNORECASE)
_DIALLED = re.compile(r"\+?[\d\-() .]+", re.ASCII)
# Mobile, landline with its area code, 0800 and the like, +886 and abroad, nationwide 412 numbers, and
# the short codes of the authorities and carriers.
_NUMBERS = re.compile(
    r"09\d{8}|0[2-8]\d{7,8}|08[0-9]{2}\d{5,6}|0[0-9]0[0-9]\d{6}|\+8860?(?:9\d{8}|[2-8]\d{7,8}|80\d{7})"
    r"|\+(?!886)[1-9]\d{6,14}|4[14][129]\d{4}|1\d{2,3}"
)
_SHORTEST_SURE_PHONE = 7
_PLAIN = re.compile(r"[+\-]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?", re.ASCII)


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
        is_long = len(self.value.strip()) >= _SHORTEST_SURE_PHONE
        if self.type is ParameterType.TEXT and not self.unit and is_long and is_phone(self.value):
            return ParameterType.PHONE
        if self._is_counted:
            return ParameterType.MONEY if is_money(self.unit) else ParameterType.NUMBER
        return self.type

    @property
    def _is_counted(self) -> bool:
        """Whether this is a number: said to be, or a text that is one and has a unit."""
        counts = self.type is ParameterType.TEXT and bool(self.unit) and number_in(self.value) is not None
        return self.type is ParameterType.NUMBER or counts

    @property
    def number(self) -> Decimal | None:
        """The value as an exact number; None where it isn't one."""
        return number_in(self.value) if self.kind in (ParameterType.NUMBER, ParameterType.MONEY) else None


Parameters = Mapping[str, Parameter]


def is_money(unit: str | None) -> bool:
    """Whether `unit` counts money: 元, NT$, also by something (元/月)."""
    return bool(unit) and (unit or "").partition("/")[0].strip() in MONEY_UNITS


def is_phone(text: str) -> bool:
    """Whether `text` is a number that can be dialled from Taiwan, perhaps with an extension."""
    dialled = _EXTENSION.sub("", text.strip()).rstrip(" ,")
    return bool(_DIALLED.fullmatch(dialled) and _NUMBERS.fullmatch(re.sub(r"[\-() .]", "", dialled)))


def number_in(value: str) -> Decimal | None:
    """The number that a stored value is, in digits or Chinese numerals; None for `1-5`, `NaN`, `1e9` and words."""
    text = value.strip()
    if sum(character.isdigit() for character in text) > MAX_DIGITS:
        return None
    if _PLAIN.fullmatch(text):
        return Decimal(text.replace(",", ""))
    return None if re.search(r"[0-9A-Za-z０-９]", text) else numerals.parse(text)
