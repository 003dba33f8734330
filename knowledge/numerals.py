"""Numbers as people write them in Taiwan: digits, Chinese numerals, mixtures, with their units.

`parse` reads a text that is one number; `find` finds the quantities in running text. Values are exact
(`Decimal`). Pure.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal

DIGITS = {
    **dict(zip("零一二三四五六七八九", range(10), strict=True)),
    **dict(zip("〇壹貳參肆伍陸柒捌玖", range(10), strict=True)),
    "○": 0, "洞": 0, "幺": 1, "两": 2, "兩": 2, "贰": 2, "叁": 3, "叄": 3, "参": 3, "陆": 6, "拐": 7,
}  # fmt: skip
SMALL_UNITS = {"十": 10, "拾": 10, "百": 100, "佰": 100, "千": 1000, "仟": 1000}
BIG_UNITS = {"萬": 10**4, "万": 10**4, "億": 10**8, "亿": 10**8, "兆": 10**12}
TENS = {"廿": "二十", "卅": "三十", "卌": "四十"}
SUFFIXES = {"k": 10**3, "K": 10**3, "M": 10**6, "w": 10**4, "W": 10**4}
MAX_LENGTH = 60

_HAN_DIGITS = "".join(DIGITS)
_UNITS = "".join((*SMALL_UNITS, *BIG_UNITS))
_LITERAL = r"(?>(?:\d{1,3}(?:[,，]\d{3})+|\d+)(?:\.\d+)?|\.\d+)(?:[eE]-?\d{1,2}(?![0-9A-Za-z]))?"
_NUMERAL = rf"(?:{_LITERAL}|[{_HAN_DIGITS}{_UNITS}{''.join(TENS)}])"
# A gap of spaces is part of a number only between digits and units ("20 億"), a point or a vague
# word only inside it.
_GAP = rf"(?:[ \t]?(?=[{_HAN_DIGITS}{_UNITS}])|[ \t](?=\d+[ \t]?[{_UNITS}])|)"
_INNER = rf"(?:[點点](?=[{_HAN_DIGITS}])|[幾多餘来來个個](?=[{_UNITS}])|)"
_SIGN = r"(?P<sign>[負负]|(?<![\w)）\-])[-－−][ ]?)?[ ]?"
# Possessive, since the parts of a run can be cut in exponentially many ways.
_NUMBER = re.compile(rf"{_SIGN}(?P<run>(?:{_NUMERAL}{_GAP}{_INNER})++)(?P<suffix>[kKMwW](?![A-Za-z]))?")
_TOKEN = re.compile(rf"{_LITERAL}|.")
_UNIT = re.compile(
    r"[ ]?(?P<unit>%|％|個工作天|工作天|個月|個小時|小時|分鐘|個人|週年|天內|天|日|號|号|月份|月|年|歲|點|坪|折|倍|"
    r"度|次|人|位|名|份|杯|個|間|期|公里|公尺|公分|公克|公斤|公升|毫升|吋|件|張|樓|週|秒|GB|MB|℃|°C)"
)
_CURRENCY_BEFORE = re.compile(
    r"(?:NT\$|NTD|TWD|新臺幣|新台幣|臺幣|台幣|港幣|人民幣|US\$|USD|\$|¥|€)[ ]?$", re.IGNORECASE
)
_CURRENCY_AFTER = re.compile(
    r"[ ]?(?:美|日|港|歐|韓|澳)?(?:元|圓)整?|"
    r"[ ]?(?:塊錢|塊|人民幣|臺幣|台幣|新台幣|英鎊|泰銖|(?:印度)?盧布|奈拉|比特幣)"
)
_PARTS_OF_MONEY = re.compile(rf"(?:又)?([\d{_HAN_DIGITS}]{{1,2}})(角|毛|美?分(?!鐘|之))錢?")
_FRACTION = re.compile(r"(?:(?P<whole>[^又]+)又)?(?P<bottom>[^分又]+)分[ ]*之[ ]*(?P<top>.+)")
_HALF = re.compile(r"(?:一?(?=半$)|(?P<whole>.+)[個个])半")
_DENOMINATOR = re.compile(r"(?:(百)|千|萬)分之[ ]?$")
# Units that say the same. 日 is both a day of the month and a day that passes.
_SAME_UNIT = (
    frozenset({"號", "日"}), frozenset({"天", "日", "天內"}), frozenset({"個工作天", "工作天"}),
    frozenset({"元", "塊", "圓", "NT$", "TWD"}), frozenset({"月", "個月"}), frozenset({"小時", "個小時"}),
    frozenset({"人", "位", "名", "個人"}),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number in a text: where (`start:end`, unit and currency sign included), its value and its unit.

    `unit` is as written ("號", "元", "個月"), `元` where a currency sign stood before it, "" without
    one. `bare` is true for a lone Chinese digit without unit, which is rarely meant as a number.
    """

    start: int
    end: int
    value: Decimal
    unit: str
    bare: bool = False


def parse(text: str) -> Decimal | None:
    """The number that `text` is, wholly; None where it isn't one."""
    folded = re.sub(r"\s", "", unicodedata.normalize("NFKC", text))
    if not folded or len(folded) > MAX_LENGTH:
        return None
    sign = -1 if folded[0] in "負负-−" else 1
    folded = folded.lstrip("負负-−")
    if found := _FRACTION.fullmatch(folded):
        parts = [parse(part) if part else Decimal(0) for part in (found["whole"], found["bottom"], found["top"])]
        whole, bottom, top = parts
        return None if whole is None or top is None or not bottom else sign * (whole + top / bottom)
    if found := _HALF.fullmatch(folded):
        whole = parse(found["whole"]) if found["whole"] else Decimal(0)
        return None if whole is None else sign * (whole + Decimal("0.5"))
    matched = _NUMBER.fullmatch(folded)
    value = _value(matched["run"], matched["suffix"]) if matched else None
    return None if value is None else sign * value


def find(text: str) -> list[Quantity]:
    """Every quantity in `text`, from left to right. `text` may hold full-width digits."""
    narrow = _narrow(text)
    found: list[Quantity] = []
    for match in _NUMBER.finditer(narrow):
        if len(match["run"]) > MAX_LENGTH or (value := _value(match["run"].rstrip(), match["suffix"])) is None:
            continue
        if narrow.startswith("分之", match.end()):
            continue
        quantity = _with_unit(narrow, match, -value if match["sign"] else value)
        if not found or quantity.start >= found[-1].end:
            found.append(quantity)
    return found


def same_unit(one: str, other: str) -> bool:
    """Whether two units, as written, say the same."""
    return one == other or any({one, other} <= family for family in _SAME_UNIT)


def _narrow(text: str) -> str:
    """`text` with full-width ASCII made narrow, character by character so that positions stay."""
    return "".join(chr(ord(c) - 0xFEE0) if "\uff01" <= c <= "\uff5e" else " " if c == "\u3000" else c for c in text)


def _with_unit(text: str, match: re.Match[str], value: Decimal) -> Quantity:
    start, end = match.start(), match.end()
    start += len(match[0]) - len(match[0].lstrip())
    if percent := _DENOMINATOR.search(text, 0, start):
        return Quantity(percent.start(), end, value, "%" if percent[1] else percent[0])
    bare = len(match["run"].strip()) == 1 and not match["run"].strip().isdigit()
    if money := _CURRENCY_AFTER.match(text, end):
        end = money.end()
        while part := _PARTS_OF_MONEY.match(text, end):
            value += (parse(part[1]) or 0) / Decimal(100 if "分" in part[2] else 10)
            end = part.end()
    before = _CURRENCY_BEFORE.search(text, 0, start)
    if money or before:
        return Quantity(before.start() if before else start, end, value, "元")
    unit = _UNIT.match(text, end)
    if unit and unit["unit"] not in ("分", "點"):
        return Quantity(start, unit.end(), value, unit["unit"].replace("％", "%").replace("号", "號"))
    return Quantity(start, end, value, "", bare=bare)


def _value(run: str, suffix: str | None) -> Decimal | None:
    for short, long in TENS.items():
        run = run.replace(short, long)
    run = re.sub(r"[\s幾多餘来來个個]", "", run)
    value = _big(run.replace("点", "點"))
    return value if value is None or not suffix else value * SUFFIXES[suffix]


def _big(run: str) -> Decimal | None:
    """A number with 萬, 億 and 兆: what stands before the greatest of them counts that many times."""
    units = [(BIG_UNITS[character], at) for at, character in enumerate(run) if character in BIG_UNITS]
    if not units:
        return _small(run)
    unit, at = max(units)
    left = _big(run[:at]) if run[:at] else Decimal(1)
    if left is None:
        return None
    rest = run[at + 1 :]
    if rest.startswith("點"):
        fraction = _small("零" + rest)
        return None if fraction is None else left * unit + fraction
    right = Decimal(0) if not rest else _big(rest)
    if right is None:
        return None
    return left * unit + (right * unit / 10 if _is_short(rest) else right)


def _is_short(rest: str) -> bool:
    """Whether `rest` is the lone digit of 三萬五, which counts tenths of the unit before it."""
    return len(rest) == 1 and (rest.isdigit() or (rest in DIGITS and DIGITS[rest] != 0))


def _small(run: str) -> Decimal | None:
    """A number below 萬: digits in a row, or digits with 十, 百 and 千, and perhaps decimals."""
    whole, point, decimals = run.partition("點")
    if point:
        digits = _in_a_row(decimals)
        base = _small(whole) if whole else Decimal(0)
        return None if digits is None or base is None else base + Decimal(f"0.{digits}")
    if not any(character in SMALL_UNITS for character in run):
        return _plain(run)
    return _with_small_units(run)


def _with_small_units(run: str) -> Decimal | None:
    total, pending, last_unit, after_zero = Decimal(0), None, 1, False
    for token in _TOKEN.findall(run):
        if token in SMALL_UNITS:
            total += (Decimal(1) if pending is None else pending) * SMALL_UNITS[token]
            pending, last_unit, after_zero = None, SMALL_UNITS[token], False
        elif token in DIGITS and DIGITS[token] == 0:
            after_zero = True
        elif pending is not None:
            return None
        else:
            pending = _plain(token)
            after_zero = after_zero or len(token) > 1
    if pending is None:
        return total
    return total + (pending if after_zero else pending * last_unit / 10)


def _plain(run: str) -> Decimal | None:
    digits = _in_a_row(run)
    if digits is not None:
        return Decimal(digits)
    plain = re.sub(r"[,，]", "", run)
    return Decimal(plain) if re.fullmatch(r"\d*\.?\d+(?:[eE]-?\d+)?", plain) else None


def _in_a_row(run: str) -> str | None:
    """The digits of 一七二零 or 零九 as ASCII; None where `run` holds anything else or nothing."""
    digits = [str(DIGITS[c]) if c in DIGITS else c if c in "0123456789" else "" for c in run]
    return "".join(digits) if digits and all(digits) else None
