"""Digits however they are said: figures, Chinese numerals, words. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from partner_api.calls.analysis.lexicon import lists

_LONGEST_GAP = 16


@dataclass(frozen=True, slots=True)
class Digits:
    """What stands together in a text (`start:end`): one figure or more; said ones come one at a time."""

    start: int
    end: int
    value: str
    is_said: bool


@cache
def words() -> dict[str, Any]:
    return lists(__package__, "words")


def streams_in(text: str) -> Iterator[list[Digits]]:
    """The digits of `text` in stretches: what only spaces, dashes, commas and the like hold apart."""
    stream: list[Digits] = []
    for group in _groups(text):
        if stream and not _holds_together(text, stream[-1].end, group.start):
            yield stream
            stream = []
        stream.append(group)
    if stream:
        yield stream


def _groups(text: str) -> Iterator[Digits]:
    said, repeated = words()["digits"], words()["repeated"]
    for found in _digit().finditer(text):
        if found["written"]:
            yield Digits(*found.span(), unicodedata.normalize("NFKC", found["written"]), is_said=False)
        else:
            times = repeated[found["times"].lower()] if found["times"] else 1
            yield Digits(*found.span(), said[(found["word"] or found["sign"]).lower()] * times, is_said=True)


def _holds_together(text: str, end: int, start: int) -> bool:
    return start - end <= _LONGEST_GAP and _gap().fullmatch(text, end, start) is not None


@cache
def _digit() -> re.Pattern[str]:
    said = sorted(words()["digits"], key=len, reverse=True)
    signs = "".join(word for word in said if len(word) == 1)
    spelled = "|".join(word for word in said if len(word) > 1)
    times = "|".join(words()["repeated"])
    return re.compile(
        rf"(?P<written>[0-9\uff10-\uff19]+)|(?P<sign>[{signs}])"
        rf"|(?<!\w)(?:(?P<times>{times})[ -]?)?(?P<word>{spelled})(?!\w)",
        re.IGNORECASE,
    )


@cache
def _gap() -> re.Pattern[str]:
    between = "|".join(map(re.escape, words()["between"]["words"]))
    return re.compile(rf"(?:[\s\-\u2010-\u2015.,，、()（）~]|(?:{between})){{0,5}}", re.IGNORECASE)
