"""Whether every figure of an answer has a source: numbers, dates, times, phones, URLs and e-mails. Pure.

Both sides are reduced to the same canonical facts, so that "５號", "五號" and "5 號" are one, and so
are "NT$12,000" and "一萬二千元". An answer is grounded when its facts are a subset of the sources'.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from decimal import Decimal

from knowledge import numerals
from knowledge.legible import legible

_URL = re.compile(r"(?:https?://|www\.)[\w\-.~:/?#@!$&'*+=%]+", re.IGNORECASE | re.ASCII)
_EMAIL = re.compile(r"[\w.+\-]+@[\w\-]+(?:\.[\w\-]+)+", re.ASCII)
_DATE = re.compile(
    r"(?P<roc>民國)?[ ]?(?<!\d)(?P<year>\d{2,4})[ ]?[-/.年][ ]?(?P<month>\d{1,2})[ ]?[-/.月][ ]?(?P<day>\d{1,2})(?!\d)"
    r"[ ]?[日號]?"
)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_ENGLISH_DATE = re.compile(
    rf"\b(?P<month>{'|'.join(_MONTHS)})[a-z]*\.? (?P<day>\d{{1,2}})(?:st|nd|rd|th)?\b(?:,? (?P<year>\d{{4}})\b)?",
    re.IGNORECASE,
)
_DAY = re.compile(r"(?<![\d/])(\d{1,2})[ ]?(?:月[ ]?(\d{1,2})[ ]?[日號]|/(\d{1,2})(?![\d/]))")
_TIME = re.compile(
    r"(?P<half>上午|早上|凌晨|下午|晚上|中午)?[ ]?(?<!\d)(?:(?P<hour>\d{1,2})[:](?P<minute>\d{2})(?!\d)"
    r"|(?P<point>\d{1,2})[ ]?[點時](?![數間段])(?:[ ]?(?P<past>\d{1,2})[ ]?分|(?P<thirty>半)|整)?"
    r"|(?P<round>\d{1,2})(?=[ ]?[ap]\.?m\b))"
    r"[ ]?(?P<ampm>[ap]\.?m\b\.?)?",
    re.IGNORECASE,
)
# Taiwanese phone numbers however they are cut, and other digits that dashes hold together (accounts).
_PHONE = re.compile(
    r"(?<![\d.])(?:(?:\+886[- ]?\(?0?|\(?0)\d{1,3}\)?[- ]?\d{3,4}[- ]?\d{3,4}|\d{3,}(?:-\d{3,})+)(?!\d)"
)
_LIST_MARK = re.compile(
    r"^[ \t]*(?:\d{1,2}[.)、]|[（(]\d{1,2}[)）](?![ ]?\d)|[一二三四五六七八九十]{1,2}、)(?!\d)", re.MULTILINE
)
_HAN_NUMBER = re.compile(r"[零〇○一二兩三四五六七八九十廿卅]{1,5}(?=[ ]?(?:年|月|日|號|點|時(?!間)|分(?!之)))")
_ROC_YEARS, _ROC_YEAR_ONE = range(100, 200), 1911
# A digit that is part of a name (A2, 5G) says how many of nothing.
_LETTER = re.compile(r"[A-Za-z]")
_LABEL = "label"
_TRIFLES = frozenset({"個", "位", "次", "份", "名", "人"})
_LATER_HALF = frozenset({"下午", "晚上"})
NOON = 12
_HOW_MUCH = re.compile(
    r"多少(?!人有)|幾[ ]?(?:元|塊|錢|個|位|人|天|號|點|歲|月|年|次|分|小時)|怎麼收費|\bhow (?:much|many|long)\b",
    re.IGNORECASE,
)
_NO_FIGURE = re.compile(
    r"免費|免收|不收|不用錢|不需|無需|無須|不必|不另|不限|視.{0,8}而定|依.{0,12}(?:計|定|為準|收)|洽|報價|現場|隨時|當天|當日|月底|月初"
    r"|\bfree\b|depends|no charge",
    re.IGNORECASE,
)


def facts_in(text: str) -> frozenset[str]:
    """The canonical facts that `text` states, such as `number:5:號`, `phone:0223456789`, `time:18:00`."""
    rest = _LIST_MARK.sub(" ", legible(text))
    facts: set[str] = set()
    for pattern, name in ((_URL, "url"), (_EMAIL, "email")):
        facts.update(f"{name}:{found[0].rstrip('.,!?').lower()}" for found in pattern.finditer(rest))
        rest = pattern.sub(" ", rest)
    rest = _HAN_NUMBER.sub(_in_digits, rest)
    for pattern, read in (
        (_DATE, _date),
        (_ENGLISH_DATE, _english_date),
        (_PHONE, _phone),
        (_DAY, _day),
        (_TIME, _time),
    ):
        facts.update(read(found) for found in pattern.finditer(rest))
        rest = pattern.sub(" ", rest)
    for quantity in numerals.find(rest):
        facts.update(_numbers(quantity, rest))
    return frozenset(facts)


def ungrounded(answer: str, sources: Iterable[str]) -> tuple[str, ...]:
    """The facts of `answer` that none of `sources` states, sorted; empty when it is grounded.

    A number must have been stated of the same thing: 5 天 doesn't ground 5 號, nor does 2 樓 ground 2 個月.
    """
    known: frozenset[str] = frozenset().union(*(facts_in(source) for source in sources))
    return tuple(sorted(fact for fact in facts_in(answer) - known if not _is_stated(fact, known)))


def _is_stated(fact: str, known: frozenset[str]) -> bool:
    """Whether the sources state `fact` in other words: 半年 for 6 個月, a day whose year they name too."""
    kind, _, rest = fact.partition(":")
    if kind == "day":
        return any(other.startswith("date:") and other.endswith(f"-{rest}") for other in known)
    if kind != "number":
        return False
    value, unit = _figure(rest)
    figures = [_figure(other.partition(":")[2]) for other in known if other.startswith("number:")]
    if not unit:
        return any(value == other and other_unit != _LABEL for other, other_unit in figures)
    return any(
        value == other if not other_unit else numerals.same_amount(value, unit, other=other, other_unit=other_unit)
        for other, other_unit in figures
    )


def _figure(text: str) -> tuple[Decimal, str]:
    value, _, unit = text.partition(":")
    return Decimal(value), unit


def _in_digits(found: re.Match[str]) -> str:
    value = numerals.parse(found[0])
    return found[0] if value is None else str(value)


def _date(found: re.Match[str]) -> str:
    year = int(found["year"])
    if found["roc"] or year in _ROC_YEARS:
        year += _ROC_YEAR_ONE
    return f"date:{year}-{int(found['month'])}-{int(found['day'])}"


def _english_date(found: re.Match[str]) -> str:
    day = f"{_MONTHS.index(found['month'].lower()) + 1}-{int(found['day'])}"
    return f"date:{found['year']}-{day}" if found["year"] else f"day:{day}"


def _day(found: re.Match[str]) -> str:
    return f"day:{int(found[1])}-{int(found[2] or found[3])}"


def _phone(found: re.Match[str]) -> str:
    digits = re.sub(r"\D", "", found[0])
    return "phone:" + ("0" + digits.removeprefix("886").lstrip("0") if found[0].startswith("+") else digits)


def _time(found: re.Match[str]) -> str:
    hour = int(found["hour"] or found["point"] or found["round"])
    minute = 30 if found["thirty"] else int(found["minute"] or found["past"] or 0)
    later = found["half"] in _LATER_HALF or (found["ampm"] or "").lower().startswith("p")
    return f"time:{hour + NOON if later and hour < NOON else hour}:{minute:02}"


def _numbers(quantity: numerals.Quantity, text: str) -> Iterator[str]:
    """The facts that a quantity is. A lone Chinese digit (一下, 一起) and 一個 say nothing countable."""
    if quantity.bare or (quantity.value == 1 and quantity.unit in _TRIFLES):
        return
    unit = quantity.unit
    if not unit and _LETTER.fullmatch(text[max(0, quantity.start - 1) : quantity.start]):
        unit = _LABEL
    for value in (quantity.value, quantity.upto):
        if value is not None:
            yield f"number:{value.normalize() if value else Decimal(0):f}:{unit}"


def asks_how_much(question: str) -> bool:
    """Whether `question` asks for an amount, a number, a day or a time."""
    return bool(_HOW_MUCH.search(question))


def says_how_much(text: str) -> bool:
    """Whether `text` states a figure, or that there is nothing to pay, or that it depends."""
    return bool(facts_in(text)) or bool(_NO_FIGURE.search(text))
