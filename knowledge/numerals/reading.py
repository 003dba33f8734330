"""A text that is one number, to its exact value. Pure."""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal

DIGITS = {
    **dict(zip("零一二三四五六七八九", range(10), strict=True)),
    **dict(zip("〇壹貳參肆伍陸柒捌玖", range(10), strict=True)),
    "○": 0, "洞": 0, "幺": 1, "两": 2, "兩": 2, "倆": 2, "仨": 3, "贰": 2, "叁": 3, "叄": 3, "参": 3, "陆": 6, "拐": 7,
}  # fmt: skip
SMALL_UNITS = {"十": 10, "拾": 10, "百": 100, "佰": 100, "千": 1000, "仟": 1000}
BIG_UNITS = {"萬": 10**4, "万": 10**4, "億": 10**8, "亿": 10**8, "兆": 10**12}
TENS = {"廿": "二十", "卅": "三十", "卌": "四十"}
SUFFIXES = {"k": 10**3, "K": 10**3, "M": 10**6, "w": 10**4, "W": 10**4}
MAX_LENGTH = 60

HAN_DIGITS = "".join(DIGITS)
UNITS = "".join((*SMALL_UNITS, *BIG_UNITS))
_LITERAL = r"(?>(?:\d{1,3}(?:[,，]\d{3})+|\d+)(?:\.\d+)?|\.\d+)(?:[eE]-?\d{1,2}(?![0-9A-Za-z]))?"
_NUMERAL = rf"(?:{_LITERAL}|[{HAN_DIGITS}{UNITS}{''.join(TENS)}])"
# A gap of spaces is part of a number only between digits and units ("20 億"), a point or a vague
# word only inside it.
_GAP = rf"(?:[ \t]?(?=[{HAN_DIGITS}{UNITS}])|[ \t](?=\d+[ \t]?[{UNITS}])|)"
_INNER = rf"(?:[點点](?=[{HAN_DIGITS}])|[幾多餘来來个個](?=[{UNITS}])|)"
_SIGN = r"(?P<sign>[負负]|(?<![\w)）\-])[-－−][ ]?)?[ ]?"
# Possessive, since the parts of a run can be cut in exponentially many ways.
NUMBER = re.compile(rf"{_SIGN}(?P<run>(?:{_NUMERAL}{_GAP}{_INNER})++)(?P<suffix>[kKMwW](?![A-Za-z]))?")
_TOKEN = re.compile(rf"{_LITERAL}|.")
_FRACTION = re.compile(r"(?:(?P<whole>[^又]+)又)?(?P<bottom>[^分又]+)分[ ]*之[ ]*(?P<top>.+)")
_HALF = re.compile(r"(?:一?(?=半$)|(?P<whole>.+)[個个])半")
_HALF_A_UNIT = re.compile(rf"半([{UNITS}])")


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
    if found := _HALF_A_UNIT.fullmatch(folded):
        unit = parse(f"一{found[1]}")
        return None if unit is None else sign * unit / 2
    matched = NUMBER.fullmatch(folded)
    value = value_of(matched["run"], matched["suffix"]) if matched else None
    return None if value is None else sign * value


def value_of(run: str, suffix: str | None) -> Decimal | None:
    """The value of what `NUMBER` matched, sign aside; None where the parts make no number."""
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
