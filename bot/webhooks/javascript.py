"""JSON exactly as JavaScript prints it: what comes out is what `JSON.stringify(JSON.parse(text))` gives back.

Receivers check a signature over the body that they parsed and printed again, so a body must be a fixed point
of that. Sources: ECMA-262, `JSON.stringify`, `Number::toString` (6.1.6.1.20) and `OrdinaryOwnPropertyKeys`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from json.encoder import encode_basestring
from typing import Any

# From here on a number is printed with an exponent, and below the other one as well.
EXPONENT_FROM = 21
EXPONENT_BELOW = -6
LAST_INDEX = 2**32 - 2
SAFE_INTEGER = 2**53

Write = Callable[[str], None]


def stringify(value: Mapping[str, Any] | Sequence[Any]) -> bytes:
    """`value` as JSON in UTF-8 without a space, as JavaScript would print it after reading it.

    Numbers become 64-bit floating point, what they can't hold becomes null, half of a surrogate pair becomes
    U+FFFD, and names that are array indices come first, in their order. Raises TypeError for what JSON doesn't
    know, and for a name that is no string.
    """
    parts: list[str] = []
    _write(value, parts.append)
    return "".join(parts).encode()


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
    sign, digits, point = _decimal(exact)
    return sign + _positional(digits, point)


def _decimal(value: float) -> tuple[str, str, int]:
    """Sign, shortest digits, and the place of the point before which they stand: 0.5 is ("", "5", 0)."""
    mantissa, _, exponent = repr(value).partition("e")
    sign = "-" if mantissa.startswith("-") else ""
    whole, _, fraction = mantissa.lstrip("-").partition(".")
    point = len(whole) + int(exponent or 0)
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
    return encode_basestring(_whole(value))


def _whole(value: str) -> str:
    """`value` with surrogates joined where they are a pair, and replaced where they are half of one."""
    try:
        value.encode()
    except UnicodeEncodeError:
        return value.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return value


def _write(value: Any, write: Write) -> None:
    if value is None or value is True or value is False:
        write("null" if value is None else "true" if value else "false")
    elif isinstance(value, str):
        write(text(value))
    elif isinstance(value, int | float):
        write(number(value))
    elif isinstance(value, Mapping):
        _write_object(value, write)
    elif isinstance(value, Sequence) and not isinstance(value, bytes | bytearray | memoryview):
        _write_array(value, write)
    else:
        raise TypeError(f"{type(value).__name__} is nothing that JSON knows")


def _write_array(value: Sequence[Any], write: Write) -> None:
    separator = "["
    for item in value:
        write(separator)
        _write(item, write)
        separator = ","
    write("]" if value else "[]")


def _write_object(value: Mapping[str, Any], write: Write) -> None:
    separator = "{"
    for name, item in _in_order(value):
        write(f"{separator}{text(name)}:")
        _write(item, write)
        separator = ","
    write("}" if value else "{}")


def _in_order(value: Mapping[str, Any]) -> list[tuple[str, Any]]:
    """The members in the order in which JavaScript keeps them, each name once with its last value."""
    if not all(isinstance(name, str) for name in value):
        raise TypeError("a name in JSON is a string")
    members = {_whole(name): item for name, item in value.items()}
    indices = sorted((name for name in members if _is_index(name)), key=int)
    if not indices:
        return list(members.items())
    first = dict.fromkeys(indices)
    return [(name, members[name]) for name in (*indices, *(name for name in members if name not in first))]


def _is_index(name: str) -> bool:
    """Whether `name` is the usual spelling of an array index (ECMA-262, 6.1.7)."""
    if not (name.isascii() and name.isdigit()) or (name[0] == "0" and name != "0") or len(name) > len(str(LAST_INDEX)):
        return False
    return int(name) <= LAST_INDEX
