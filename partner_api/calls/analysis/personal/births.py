"""Dates of birth: dates, as they are written or said, that the words before or behind them call so. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from partner_api.calls.analysis.personal.spoken import words

# How far before a date its name may stand, and how far from its beginning a turn that answers may have it.
_NAMED_BEFORE, _OPENING = 24, 16
_ENDED = re.compile(r"[!！。]")


def births_in(text: str, before: str) -> Iterator[tuple[int, int]]:
    """The places of the dates of birth in `text`. `before` is what was said just before it."""
    date, named, behind = _patterns()
    for found in date.finditer(text):
        start, end = found.span()
        here = _ENDED.split(text[max(0, start - _NAMED_BEFORE) : start])[-1]
        said = f"{before[-_NAMED_BEFORE:]}\n{here}" if start <= _OPENING else here
        if named.search(said) or behind.match(text, end):
            yield start, end


@cache
def _patterns() -> tuple[re.Pattern[str], re.Pattern[str], re.Pattern[str]]:
    births = words()["births"]
    dates = [*births["dates"], *words()["dates"]["patterns"][:-1]]
    joined = "|".join(f"(?:{pattern})" for pattern in dates)
    for name in ("month", "ordinal", "year"):
        joined = joined.replace(f"<{name}>", births[name])
    one = re.compile(joined, re.IGNORECASE)
    return one, re.compile("|".join(births["named"]), re.IGNORECASE), re.compile(births["behind"], re.IGNORECASE)
