"""The quantities of running text: numbers with their units, ranges, and halves. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal

from knowledge.numerals.reading import DIGITS, HAN_DIGITS, MAX_LENGTH, NUMBER, parse, value_of
from knowledge.numerals.units import same_unit

_UNIT = re.compile(
    r"[ ]?(?P<unit>%|％|趴|個?(?:工作|日曆)[天日]|營業日|個?月(?!份)|個?(?:小時|鐘頭)|個?(?:星期|禮拜)|分鐘|"
    r"個人|人次|週年|天|日|號|号|月份|年份|年|歲|坪|折|倍|成(?![人年為功本立員長交果都分績品])|度|次|人|位|名|"
    r"份|杯|個|間|期|公里|公尺|公分|公克|公斤|公升|毫升|吋|件|張|樓|週|周(?!邊|年|圍)|季|秒|晚(?!上|餐|間)|桌|堂|支|隻|"
    r"輛|台|戶|房|頁|字|組|套|盒|包|箱|瓶|罐|碗|片|顆|GB|MB|℃|°C)"
)
_CURRENCY_BEFORE = re.compile(
    r"(?:NT\$|NTD|NT|TWD|新臺幣|新台幣|臺幣|台幣|\$|(?P<foreign>港幣|人民幣|日幣|美金|US\$|USD|HK\$|¥|€|£|₩))[ ]?$",
    re.IGNORECASE,
)
_CURRENCY_AFTER = re.compile(
    r"[ ]?(?P<foreign>(?:美|日|港|歐|韓|澳)(?:元|圓|幣)|美金|歐元|人民幣|英鎊|泰銖|(?:印度)?盧布|奈拉|比特幣)|"
    r"[ ]?(?:元|圓)整?(?P<named>人民幣)?|[ ]?(?:塊錢|塊|臺幣|台幣|新台幣|新臺幣)|[ ]?(?:NTD|TWD|NT(?!\$)|dollars?)\b",
    re.IGNORECASE,
)
_PARTS_OF_MONEY = re.compile(rf"(?:又)?([\d{HAN_DIGITS}]{{1,2}})(角|毛|美?分(?!鐘|之))錢?")
_DENOMINATOR = re.compile(r"(?:(百)|千|萬)分之[ ]?$")
_SMALL = rf"\d{{1,3}}|[{HAN_DIGITS}十廿卅]{{1,3}}"
_HALVES = re.compile(
    rf"(?:(?<![\d{HAN_DIGITS}十百前後上下大])(?:(?P<whole>{_SMALL})[ ]?個[ ]?)?半[ ]?"
    r"(?P<unit>個?小時|個?鐘頭|個?月|個?(?:星期|禮拜)|年|天|日)(?!份))"
    rf"|(?:(?P<number>{_SMALL})[ ]?(?P<of>個?小時|個?鐘頭|個月|個?(?:星期|禮拜)|年|天)半(?![夜數年天價]))"
)
# English figures have Chinese units too, so that an English answer is held against Chinese sources.
_ENGLISH_NUMBERS = {
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10,
    "eleven": 11, "twelve": 12, "fourteen": 14, "fifteen": 15, "eighteen": 18, "twenty": 20, "twenty-four": 24,
    "thirty": 30, "forty-five": 45, "forty-eight": 48, "sixty": 60, "ninety": 90,
}  # fmt: skip
_ENGLISH_UNITS = {
    "day": "天", "week": "週", "month": "個月", "year": "年", "hour": "小時", "hr": "小時", "minute": "分鐘",
    "min": "分鐘", "people": "人", "person": "人", "guest": "人", "pax": "人", "percent": "%", "ping": "坪",
}  # fmt: skip
_ENGLISH = re.compile(
    r"(?<![A-Za-z\d.])(?P<number>\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?|"
    rf"{'|'.join(sorted(_ENGLISH_NUMBERS, key=len, reverse=True))}|an?(?= (?:day|week|month|year|hour)))"
    r"(?:(?P<ordinal>st|nd|rd|th)\b(?!\s*(?:floor|time|visit|person|avenue|street))|"
    rf"(?:[ -]|(?<=\d))(?:(?:business|working|calendar) )?(?P<unit>{'|'.join(_ENGLISH_UNITS)})s?(?![A-Za-z\d]))",
    re.IGNORECASE,
)
_BETWEEN = re.compile(r"[ ]?(?:[-–—]{1,2}|[~〜至到]|或|to|or|and)[ ]?", re.IGNORECASE)
_OF_A_MONTH = re.compile(r"(?:[每次當下本隔]個?月|月份?)的?[ ]?$")
_ADDRESS = re.compile(rf"(?:[路街巷弄段道鄰村里])[ ]?[\d{HAN_DIGITS}十百 \-之]*$")
_NUMBERED = re.compile(r"出口|桌|房|線|店|館|倉|車|機|碼|門|床|櫃|球")
_INSIDE = re.compile(r"[ ]?(?:之|以)?內|[ ]?之?間")
# 一成五 is fifteen per cent.
_TENTH = re.compile(r"[1-9一二三四五六七八九](?![\d十百])")
_MAGNITUDE = re.compile(rf"[\d{HAN_DIGITS}十][ ]?([百佰千仟萬万億亿兆]+)(?![\d{HAN_DIGITS}])")
# How far before a number its sign or context is looked for.
_NEARBY = 12
_YEARS_FROM = 1000
_TWO_DIGITS = re.compile(rf"([{HAN_DIGITS}])([{HAN_DIGITS}])")
_ABOUT_FOUR = (Decimal(3), Decimal(5))


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number in a text: where (`start:end`, unit and currency sign included), its value and its unit.

    `unit` is as written ("號", "元", "個月"); `元` where a currency sign stood before it, the Chinese
    unit where an English one was written, "" without one. A 日 that is surely one or the other reads
    "號" or "天"; what only looks like a day or a duration has a unit of its own (門牌, 第天, 年份).
    `upto` is the other end of a range ("3-5 天", 兩三天). `bare` is true for a lone Chinese digit without
    unit, which is rarely meant as a number.
    """

    start: int
    end: int
    value: Decimal
    unit: str
    bare: bool = False
    upto: Decimal | None = None


def find(text: str) -> list[Quantity]:
    """Every quantity in `text`, from left to right. `text` may hold full-width digits."""
    plain = narrow(text)
    special = [*_halves(plain), *_english(plain)]
    taken = [(quantity.start, quantity.end) for quantity in special]
    others = (one for one in _plain(plain) if not any(one.start < end and start < one.end for start, end in taken))
    return list(_joined(plain, sorted([*special, *others], key=lambda one: one.start)))


def narrow(text: str) -> str:
    """`text` with full-width ASCII made narrow, character by character so that positions stay."""
    return "".join(chr(ord(c) - 0xFEE0) if "\uff01" <= c <= "\uff5e" else " " if c == "\u3000" else c for c in text)


def _plain(text: str) -> Iterator[Quantity]:
    end = 0
    for match in NUMBER.finditer(text):
        if len(match["run"]) > MAX_LENGTH or (value := value_of(match["run"].rstrip(), match["suffix"])) is None:
            continue
        if text.startswith("分之", match.end()):
            continue
        quantity = _with_unit(text, match, -value if match["sign"] else value)
        if quantity.start >= end:
            yield quantity
            end = quantity.end


def _with_unit(text: str, match: re.Match[str], value: Decimal) -> Quantity:
    start, end = match.start(), match.end()
    start += len(match[0]) - len(match[0].lstrip())
    if percent := _DENOMINATOR.search(text, max(0, start - _NEARBY), start):
        return Quantity(percent.start(), end, value, "%" if percent[1] else percent[0])
    bare = len(match["run"].strip()) == 1 and not match["run"].strip().isdigit()
    money = _CURRENCY_AFTER.match(text, end)
    before = _CURRENCY_BEFORE.search(text, max(0, start - _NEARBY), start)
    if money or before:
        return _money(text, start, end=end, value=value, signs=(before, money))
    unit = _UNIT.match(text, end)
    if unit is None:
        return Quantity(start, end, value, "第" if _is_ordinal(text, start) else "", bare=bare)
    if unit["unit"] == "成" and (tenth := _TENTH.match(text, unit.end())):
        return Quantity(start, tenth.end(), value + (parse(tenth[0]) or Decimal(0)) / 10, "成")
    quantity = Quantity(start, unit.end(), value, _meant(text, start, unit=unit, value=value))
    return _as_about(quantity, match["run"].strip())


def _as_about(quantity: Quantity, run: str) -> Quantity:
    """兩三天 is two to three days, not twenty-three; 九十天 is ninety."""
    pair = _TWO_DIGITS.fullmatch(run)
    if pair is None or quantity.unit in ("折", "年份", "號", "樓"):
        return quantity
    low, high = Decimal(DIGITS[pair[1]]), Decimal(DIGITS[pair[2]])
    is_about = low and (high == low + 1 or (low, high) == _ABOUT_FOUR)
    return replace(quantity, value=low, upto=high) if is_about else quantity


def _money(
    text: str, start: int, *, end: int, value: Decimal, signs: tuple[re.Match[str] | None, re.Match[str] | None]
) -> Quantity:
    before, after = signs
    if after:
        end = after.end()
        while part := _PARTS_OF_MONEY.match(text, end):
            value += (parse(part[1]) or 0) / Decimal(100 if "分" in part[2] else 10)
            end = part.end()
    foreign = (after["foreign"] or after["named"]) if after else None
    foreign = foreign or (before["foreign"] if before else None)
    return Quantity(before.start() if before else start, end, value, foreign or "元")


def _meant(text: str, start: int, *, unit: re.Match[str], value: Decimal) -> str:
    """The unit that is meant where the written one could be several."""
    said = unit["unit"].replace("％", "%").replace("趴", "%").replace("号", "號").replace("周", "週")
    if _is_ordinal(text, start):
        return f"第{said}"
    if said == "號" and _ADDRESS.search(text, max(0, start - _NEARBY), start):
        return "門牌"
    if said == "號" and _NUMBERED.match(text, unit.end()):
        return "編號"
    if said == "日" and _OF_A_MONTH.search(text, max(0, start - _NEARBY), start):
        return "號"
    if said == "日" and _INSIDE.match(text, unit.end()):
        return "天"
    return "年份" if said == "年" and value >= _YEARS_FROM else said


def _is_ordinal(text: str, start: int) -> bool:
    return text[max(0, start - _NEARBY) : start].rstrip(" ").endswith("第")


def _halves(text: str) -> Iterator[Quantity]:
    for match in _HALVES.finditer(text):
        whole = parse(match["whole"] or match["number"] or "零")
        if whole is not None:
            unit = match["unit"] or match["of"]
            unit = "個月" if unit == "月" else unit.replace("日", "天")
            yield Quantity(match.start(), match.end(), whole + Decimal("0.5"), unit)


def _english(text: str) -> Iterator[Quantity]:
    for match in _ENGLISH.finditer(text):
        number = match["number"].lower()
        words = _ENGLISH_NUMBERS | {"a": 1, "an": 1}
        value = Decimal(words[number]) if number in words else Decimal(number.replace(",", ""))
        unit = "號" if match["ordinal"] else _ENGLISH_UNITS[match["unit"].lower()]
        yield Quantity(match.start(), match.end(), value, unit)


def _joined(text: str, found: list[Quantity]) -> Iterator[Quantity]:
    """The quantities with the two ends of each range ("3-5 天", 三到五天) made one."""
    at = 0
    while at < len(found):
        one = found[at]
        if at + 1 < len(found) and (both := _range(text, one, found[at + 1])):
            yield both
            at += 1
        else:
            yield one
        at += 1


def _range(text: str, one: Quantity, other: Quantity) -> Quantity | None:
    start = other.start
    value = other.value
    if value < 0 < one.value and text[one.end : start].strip() == "":
        value, start = -value, start + 1
    if not _BETWEEN.fullmatch(text[one.end : start].strip() or "?") or not other.unit or one.upto or other.upto:
        return None
    if one.unit and not same_unit(one.unit, other.unit):
        return None
    low = one.value if one.unit else one.value * _shared_magnitude(text[start : other.end], one.value, value)
    return Quantity(one.start, other.end, low, other.unit, upto=value)


def _shared_magnitude(high: str, low: Decimal, value: Decimal) -> Decimal:
    """What 兩到三千元 multiplies its 兩 by: as much of the other end's magnitude as keeps it the lower end."""
    found = _MAGNITUDE.search(high)
    shared = [value_of(f"1{found[1][at:]}", None) or Decimal(1) for at in range(len(found[1]))] if found else []
    return next((factor for factor in shared if low < value and low * factor <= value), Decimal(1))
