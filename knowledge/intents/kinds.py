"""Values of well-known kinds in what customers write: phones, e-mails, dates, times, amounts, counts, numbers
of orders. Pure.

Which kind a parameter is tell its name and description. Values come out in one form however they were
written: phone numbers as digits, dates as 2026-03-05, times as 18:30, amounts and counts as plain numbers.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from enum import StrEnum

from knowledge import numerals
from knowledge.grounding import facts_in
from knowledge.intents.endpoints import Wanted
from knowledge.parameters.model import is_phone


class Kind(StrEnum):
    """What a value is; the first whose words a parameter's name or description holds."""

    EMAIL = "email"
    CODE_END = "code_end"
    PHONE = "phone"
    AMOUNT = "amount"
    PEOPLE = "people"
    COUNT = "count"
    DATE = "date"
    TIME = "time"
    CODE = "code"


_WORDS = {
    Kind.EMAIL: r"e-?mail|電子郵件|電子信箱|信箱|郵箱",
    Kind.CODE_END: r"[末後][一二三四五六七八\d]碼|last.?\d|last (?:three|four|five) digits",
    Kind.PHONE: r"phone|mobile|\btel\b|電話|手機",
    Kind.AMOUNT: r"amount|price|budget|金額|價格|預算",
    Kind.PEOPLE: r"people|guests|party.?size|head.?count|人數|幾位|幾個人",
    Kind.COUNT: r"quantity|\bqty\b|\bcount\b|數量|份數|件數|幾[份件個杯盒]",
    Kind.DATE: r"\bdate\b|_date|date_|日期|哪一?天|\bday\b",
    Kind.TIME: r"\btime\b|_time|time_|時間|幾點|時段",
    Kind.CODE: r"order|number|code|\bno\b|_no\b|\bid\b|_id\b|serial|編號|單號|號碼|代號|代碼|序號|訂單",
}
_KINDS = {kind: re.compile(words, re.IGNORECASE) for kind, words in _WORDS.items()}
# A day and an hour in one value are no kind of their own: the customer's own words are taken.
_BOTH = frozenset({Kind.DATE, Kind.TIME})

_TOKEN = re.compile(r"(?<![A-Za-z0-9@._+/-])[A-Za-z0-9]+(?:-[A-Za-z0-9]+)*(?![A-Za-z0-9@/])")
_UNIT_AFTER = re.compile(r"\s*(?:元|塊|號(?!碼)|日|天|月|年|點|時|分|人|位|個|份|杯|件|%|樓|坪)")
_CALENDAR = re.compile(r"\d{2,4}-\d{1,2}-\d{1,2}")
_SHORTEST_CODE = 4
_SHORTEST_LETTERED = 3
_LONGEST_CODE = 40
# "六點四位" is six o'clock and four people, and no number with a decimal.
_HOUR = re.compile(r"[\d零一二兩三四五六七八九十]{1,3}[ ]?[點時](?:半|整|[ ]?[\d零一二三四五六七八九十]{1,3}分)?")
_DIGITS_ASKED = re.compile(r"(?<!\d)\d{3,8}(?!\d)")
_NEAR_DAYS = {"大後天": 3, "後天": 2, "明天": 1, "明日": 1, "明晚": 1, "今天": 0, "今日": 0, "今晚": 0}
_NEAR = re.compile(r"大後天|(?<!大)後天|明天|明日|明晚|今天|今日|今晚|\b(?:today|tomorrow|tonight)\b", re.IGNORECASE)
_ENGLISH_DAYS = {"today": 0, "tonight": 0, "tomorrow": 1}
_WEEKDAY = re.compile(r"(?P<week>下下|下|這|本)?個?(?:星期|禮拜|週|周)(?P<day>[一二三四五六日天])")
_WEEKDAYS = "一二三四五六日"
_WEEK = 7
_COUNTED = frozenset({"個", "份", "件", "杯", "盒", "包", "箱", "瓶", "組", "套", "張", "支", "間", "台", "片"})


def kind_of(wanted: Wanted) -> Kind | None:
    """The kind of value that a parameter is for; None where only the customer's own words will do."""
    words = f"{wanted.name} {wanted.called}"
    found = [kind for kind, pattern in _KINDS.items() if pattern.search(words)]
    if set(found) >= _BOTH:
        return None
    return found[0] if found else None


def values_of(kind: Kind, text: str, *, today: date, asked: bool = False) -> list[str]:
    """The distinct values of `kind` in `text`. `asked`: the text answers the question for one, so that a bare
    number counts. `today` is the customer's own day."""
    return list(dict.fromkeys(_READERS[kind](unicodedata.normalize("NFKC", text), today, asked)))


def _emails(text: str, _today: date, _asked: bool) -> list[str]:
    return _facts(text, "email")


def _phones(text: str, _today: date, _asked: bool) -> list[str]:
    return [digits for digits in _facts(text, "phone") if is_phone(digits)]


def _times(text: str, _today: date, _asked: bool) -> list[str]:
    return [time.zfill(len("00:00")) for time in _facts(text, "time")]


def _dates(text: str, today: date, _asked: bool) -> list[str]:
    full = [_day(*map(int, value.split("-"))) for value in _facts(text, "date")]
    found = [day for day in full if day is not None]
    for value in _facts(text, "day"):
        month, day_of_month = map(int, value.split("-"))
        this_year = _day(today.year, month, day_of_month)
        # Who names a day without its year means the one to come.
        if this_year is None or this_year < today:
            this_year = _day(today.year + 1, month, day_of_month)
        found += [this_year] if this_year else []
    for near in _NEAR.findall(text):
        found.append(today + timedelta(days=(_NEAR_DAYS | _ENGLISH_DAYS)[near.lower()]))
    found += [_weekday(match, today) for match in _WEEKDAY.finditer(text)]
    return [day.isoformat() for day in found]


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _weekday(match: re.Match[str], today: date) -> date:
    """The day that 週六 or 下週六 means: the next one, or the one in a week from Monday."""
    wanted = _WEEKDAYS.index(match["day"].replace("天", "日"))
    if match["week"] in ("下", "下下"):
        return today + timedelta(days=wanted - today.weekday() + _WEEK * len(match["week"]))
    return today + timedelta(days=(wanted - today.weekday()) % _WEEK)


def _amounts(text: str, _today: date, asked: bool) -> list[str]:
    return _counted(text, lambda unit: numerals.dimension_of(unit) is numerals.Dimension.MONEY, asked=asked)


def _people(text: str, _today: date, asked: bool) -> list[str]:
    return _counted(text, lambda unit: numerals.dimension_of(unit) is numerals.Dimension.PEOPLE, asked=asked)


def _counts(text: str, _today: date, asked: bool) -> list[str]:
    return _counted(text, _COUNTED.__contains__, asked=asked)


def _counted(text: str, fits: Callable[[str], bool], *, asked: bool) -> list[str]:
    quantities = numerals.find(_HOUR.sub(" ", text))
    found = [quantity for quantity in quantities if fits(quantity.unit)]
    if not found and asked and len(quantities) == 1 and not quantities[0].unit:
        found = quantities
    return [f"{quantity.value:f}" for quantity in found if quantity.upto is None]


def _ends_of_codes(text: str, _today: date, asked: bool) -> list[str]:
    return _DIGITS_ASKED.findall(text) if asked else []


def _codes(text: str, _today: date, asked: bool) -> list[str]:
    """Numbers of orders and the like: those with letters in them, where there are any, else the long numbers."""
    tokens = [
        match[0]
        for match in _TOKEN.finditer(text)
        if _is_code(match[0], asked=asked) and not _UNIT_AFTER.match(text, match.end())
    ]
    lettered = [token for token in tokens if re.search("[A-Za-z]", token)]
    return lettered or tokens


def _is_code(token: str, *, asked: bool) -> bool:
    digits = sum(character.isdigit() for character in token)
    shortest = _SHORTEST_LETTERED if digits < len(token.replace("-", "")) else _SHORTEST_CODE
    if not (1 if asked else shortest) <= digits <= len(token) <= _LONGEST_CODE:
        return False
    return not is_phone(token) and _CALENDAR.fullmatch(token) is None


def _facts(text: str, name: str) -> list[str]:
    """The canonical values of one kind of fact in `text`."""
    return sorted(fact.removeprefix(f"{name}:") for fact in facts_in(text) if fact.startswith(f"{name}:"))


_READERS: Mapping[Kind, Callable[[str, date, bool], list[str]]] = {
    Kind.EMAIL: _emails,
    Kind.CODE_END: _ends_of_codes,
    Kind.PHONE: _phones,
    Kind.AMOUNT: _amounts,
    Kind.PEOPLE: _people,
    Kind.COUNT: _counts,
    Kind.DATE: _dates,
    Kind.TIME: _times,
    Kind.CODE: _codes,
}
