"""Numbers of a spreadsheet as its cells show them. Pure.

Source: ECMA-376 part 1, 18.8.31 (number formats); what is written here covers the digits, grouping,
decimals, percent, literals and currencies, and leaves colours, conditions and fractions aside.
"""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal, InvalidOperation

GENERAL = "General"
# Excel shows no more digits than these, so that 0.1 + 0.2 is 0.3.
_DIGITS = 15
_LARGEST_PLAIN = Decimal(10) ** 21
_TOKEN = re.compile(
    r'"(?P<quoted>[^"]*)"|\\(?P<escaped>.)|\[\$(?P<currency>[^\]-]*)[^\]]*\]|\[[^\]]*\]|_.|\*.|(?P<other>.)'
)
_PLACE = frozenset("0#?")


def written(value: object, number_format: str | None) -> str:
    """A cell's value as a person sees it: `5`, `12,000`, `8%`, `0912345678`, `2026-03-05`, `14:30`."""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, int | float | Decimal):
        return _number(value, number_format or GENERAL)
    if isinstance(value, dt.date | dt.time | dt.timedelta):
        return _moment(value)
    return "" if value is None else str(value)


def _moment(value: dt.date | dt.time | dt.timedelta) -> str:
    if isinstance(value, dt.timedelta):
        minutes, seconds = divmod(int(value.total_seconds()), 60)
        return f"{minutes // 60}:{minutes % 60:02}" + (f":{seconds:02}" if seconds else "")
    if isinstance(value, dt.time):
        return value.strftime("%H:%M:%S" if value.second else "%H:%M")
    has_time = isinstance(value, dt.datetime) and value.time() != dt.time()
    return value.strftime("%Y-%m-%d %H:%M" if has_time else "%Y-%m-%d")


def _number(value: int | float | Decimal, number_format: str) -> str:
    try:
        number = Decimal(str(value))
        rounded = number if number == number.to_integral_value() else Decimal(f"{number:.{_DIGITS}g}")
    except (InvalidOperation, ValueError):
        return str(value)
    if not number.is_finite():
        return str(value)
    sections = number_format.split(";")
    section = sections[1] if number < 0 and len(sections) > 1 and sections[1] else sections[0]
    tokens = _tokens(section)
    places = "".join(text for kind, text in tokens if kind == "place")
    exotic = any(kind == "other" and text in "Ee/@" for kind, text in tokens)
    if section.lower().startswith("general") or not any(mark in _PLACE for mark in places) or exotic:
        return _plain(rounded)
    sign = "-" if number < 0 and section is sections[0] else ""
    return sign + _formatted(abs(rounded), tokens, places)


def _plain(number: Decimal) -> str:
    if abs(number) >= _LARGEST_PLAIN:
        return f"{number:.6g}"
    return f"{number.normalize():f}"


def _tokens(section: str) -> list[tuple[str, str]]:
    """The parts of a format: (`place`, one of 0#?.,), (`literal`, text), (`other`, a character)."""
    tokens: list[tuple[str, str]] = []
    for found in _TOKEN.finditer(section):
        literal = found["quoted"] if found["quoted"] is not None else found["escaped"] or found["currency"]
        other = found["other"]
        if literal:
            tokens.append(("literal", literal))
        elif other in _PLACE or other in {".", ","}:
            tokens.append(("place", other))
        elif other is not None:
            tokens.append(("other" if other in "Ee/@" else "literal", other))
    return tokens


def _formatted(number: Decimal, tokens: list[tuple[str, str]], places: str) -> str:
    if ("literal", "%") in tokens:
        number *= 100
    digits = places.rstrip(",")
    # Each comma after the last digit means thousands that aren't shown.
    number /= 1000 ** (len(places) - len(digits))
    before, _, after = digits.partition(".")
    least = sum(mark == "0" for mark in after)
    text = f"{number:.{sum(mark in _PLACE for mark in after)}f}"
    whole, _, decimals = text.partition(".")
    while len(decimals) > least and decimals.endswith("0"):
        decimals = decimals[:-1]
    whole = whole.lstrip("0").rjust(sum(mark == "0" for mark in before), "0")
    if "," in before:
        whole = f"{int(whole or 0):,}"
    return _filled(tokens, whole, f".{decimals}" if decimals else "")


def _filled(tokens: list[tuple[str, str]], whole: str, decimals: str) -> str:
    """`whole` put into the places of a format from the right, its literals where they stand."""
    point = next((at for at, token in enumerate(tokens) if token == ("place", ".")), len(tokens))
    places = [at for at, (kind, text) in enumerate(tokens[:point]) if kind == "place" and text in _PLACE]
    grouped = "," in whole
    out: list[str] = []
    first = places[0] if places else point
    for at in range(len(tokens) - 1, -1, -1):
        kind, text = tokens[at]
        if kind != "place":
            out.append(text)
        elif at == point or (point == len(tokens) and places and at == places[-1]):
            out.append(decimals)
        if at == first and (grouped or whole):
            out.append(whole)
            whole = ""
        elif at in places and not grouped and whole:
            out.append(whole[-1])
            whole = whole[:-1]
    return "".join(reversed(out))
