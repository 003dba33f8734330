"""JSON exactly as JavaScript prints it: what comes out is what `JSON.stringify(JSON.parse(text))` gives back.

Receivers check a signature over the body that they parsed and printed again, so a body must be a fixed point
of that. Sources: ECMA-262, `JSON.stringify`, `Number::toString` (6.1.6.1.20) and `OrdinaryOwnPropertyKeys`.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from json.encoder import encode_basestring
from typing import Any

# From here on a number is printed with an exponent, and below the other one as well.
EXPONENT_FROM = 21
EXPONENT_BELOW = -6
LAST_INDEX = 2**32 - 2
SAFE_INTEGER = 2**53


def stringify(value: Mapping[str, Any] | Sequence[Any]) -> bytes:
    """`value` as JSON in UTF-8 without a space, as JavaScript would print it after reading it.

    Numbers become 64-bit floating point, what they can't hold becomes null, half of a surrogate pair becomes
    U+FFFD, and names that are array indices come first, in their order. Raises TypeError for what JSON doesn't
    know, and for a name that is no string.
    """
    return _printed(value).encode()


def number(value: float) -> str:
    """A number as JavaScript prints it; "null" where 64-bit floating point can't hold it."""
    if isinstance(value, int) and -SAFE_INTEGER <= value <= SAFE_INTEGER:
        return str(int(value))
    try:
        exact = float(value)
    except OverflowError:
        return "null"
    if not math.isfinite(exact):
        return "null"
    if exact == 0:
        return "0"
    if "e" not in (plain := repr(exact)):
        return plain.removesuffix(".0")
    sign, digits, point = _decimal(plain)
    return sign + _positional(digits, point)


def _decimal(printed: str) -> tuple[str, str, int]:
    """Sign, shortest digits, and the place of the point before which they stand: 5e-01 is ("", "5", 0)."""
    mantissa, _, exponent = printed.partition("e")
    sign = "-" if mantissa.startswith("-") else ""
    whole, _, fraction = mantissa.lstrip("-").partition(".")
    point = len(whole) + int(exponent)
    digits = whole + fraction
    leading = len(digits) - len(digits.lstrip("0"))
    return sign, digits.strip("0"), point - leading


def _positional(digits: str, point: int) -> str:
    """Number::toString for positive numbers: `digits` with the decimal point before the place `point`."""
    if len(digits) <= point <= EXPONENT_FROM:
        return digits + "0" * (point - len(digits))
    if 0 < point <= EXPONENT_FROM:
        return f"{digits[:point]}.{digits[point:]}"
    if EXPONENT_BELOW < point <= 0:
        return f"0.{'0' * -point}{digits}"
    mantissa = digits if len(digits) == 1 else f"{digits[0]}.{digits[1:]}"
    return f"{mantissa}e{'+' if point > 0 else '-'}{abs(point - 1)}"


def text(value: str) -> str:
    """A string as JavaScript quotes it."""
    return encode_basestring(value if value.isascii() else _whole(value))


def _whole(value: str) -> str:
    """`value` with surrogates joined where they are a pair, and replaced where they are half of one."""
    try:
        value.encode()
    except UnicodeEncodeError:
        return value.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return value


def _printed(value: Any) -> str:
    if isinstance(value, str):
        return text(value)
    if value is None or value is True or value is False:
        return "null" if value is None else "true" if value else "false"
    if isinstance(value, int | float):
        return number(value)
    if isinstance(value, Mapping):
        return "{" + ",".join([f"{_name(name)}:{_printed(item)}" for name, item in _in_order(value)]) + "}"
    if isinstance(value, Sequence) and not isinstance(value, bytes | bytearray | memoryview):
        return "[" + ",".join([_printed(item) for item in value]) + "]"
    raise TypeError(f"{type(value).__name__} is nothing that JSON knows")


@lru_cache(maxsize=1024)
def _name(name: str) -> str:
    return text(name)


def _in_order(value: Mapping[str, Any]) -> Iterable[tuple[str, Any]]:
    """The members in the order in which JavaScript keeps them, each name once with its last value."""
    if not all(isinstance(name, str) for name in value):
        raise TypeError("a name in JSON is a string")
    if all(name.isascii() and not name[:1].isdigit() for name in value):
        return value.items()
    members = {_whole(name): item for name, item in value.items()}
    indices = dict.fromkeys(sorted((name for name in members if _is_index(name)), key=int))
    return [(name, members[name]) for name in (*indices, *(name for name in members if name not in indices))]


def _is_index(name: str) -> bool:
    """Whether `name` is the usual spelling of an array index (ECMA-262, 6.1.7)."""
    if not (name.isascii() and name.isdigit()) or (name[0] == "0" and name != "0") or len(name) > len(str(LAST_INDEX)):
        return False
    return int(name) <= LAST_INDEX
