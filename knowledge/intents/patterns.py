"""Which regular expressions a vendor may give for the values that an intent collects. Pure.

They are matched against what customers write, in our own process, so that one which takes exponential
time would let anybody stop it. Values of at most MAX_VALUE characters are matched; the steps that
backtracking could take over them are bounded from the pattern alone, before it is ever used.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

MAX_PATTERN = 200
MAX_VALUE = 100
MAX_STEPS = 1_000_000
_REPEAT = re.compile(r"\{(?P<low>\d{0,4})(?P<comma>,?)(?P<high>\d{0,4})\}")
_CLASS = re.compile(r"\[\^?\]?(?:\\.|[^\]\\])*\]")


class UnsafePattern(ValueError):
    """The pattern is no regular expression, or not one that may be used; the message says why."""


@dataclass(slots=True)
class _Scan:
    """How far a pattern was read, and in how many ways what was read can match a text at most."""

    pattern: str
    at: int = 0
    steps: int = 1

    def widen(self, ways: int) -> None:
        self.steps *= ways
        if self.steps > MAX_STEPS:
            raise UnsafePattern("must be simpler: fewer +, *, ? and | after each other")


def check_pattern(pattern: str) -> str:
    """`pattern` itself, which is to match a whole value. Raises UnsafePattern."""
    if len(pattern) > MAX_PATTERN:
        raise UnsafePattern(f"must have at most {MAX_PATTERN} characters")
    try:
        re.compile(pattern)
    except (re.error, OverflowError, RecursionError):
        raise UnsafePattern("must be a regular expression") from None
    scan = _Scan(pattern)
    while scan.at < len(pattern):
        _read_one(scan)
    return pattern


def _read_one(scan: _Scan) -> None:
    """Read one atom, bracket or bar, with the repetition that follows it."""
    rest = scan.pattern[scan.at :]
    if rest[0] == "|":
        scan.widen(2)
        scan.at += 1
        return
    if rest.startswith("("):
        if rest.startswith("(?") and not rest.startswith("(?:"):
            raise UnsafePattern("must not look around, name groups or set flags")
        scan.at += 3 if rest.startswith("(?:") else 1
        return
    if rest[0] == "\\" and rest[1:2].isdigit():
        raise UnsafePattern("must not refer back to a group")
    found = _CLASS.match(rest)
    scan.at += found.end() if found else 2 if rest[0] == "\\" else 1
    _read_repetition(scan, of_group=rest[0] == ")")


def _read_repetition(scan: _Scan, *, of_group: bool) -> None:
    rest = scan.pattern[scan.at :]
    repeat = _REPEAT.match(rest)
    if rest[:1] in ("*", "+", "?"):
        ways, length = (2 if rest[0] == "?" else MAX_VALUE), 1
    elif repeat:
        low, high = int(repeat["low"] or 0), int(repeat["high"] or MAX_VALUE)
        ways, length = (max(high - low, 0) + 1 if repeat["comma"] else 1), repeat.end()
    else:
        return
    if of_group and rest[0] != "?":
        raise UnsafePattern("must not repeat a group")
    scan.widen(ways)
    scan.at += length
    if scan.pattern[scan.at : scan.at + 1] in ("?", "+"):
        scan.at += 1
