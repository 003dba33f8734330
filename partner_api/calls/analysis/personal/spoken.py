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
    said, repeated, tens = words()["digits"], words()["repeated"], words()["tens"]
    for found in _digit().finditer(text):
        if found["written"]:
            value = unicodedata.normalize("NFKC", found["written"])
            yield Digits(*found.span(), value, is_said=len(value) == 1)
        elif found["teen"]:
            yield Digits(*found.span(), words()["teens"][found["teen"].lower()], is_said=True)
        elif found["ten"]:
            unit = said[found["unit"].lower()] if found["unit"] else "0"
            yield Digits(*found.span(), tens[found["ten"].lower()] + unit, is_said=True)
        else:
            named = found["times"] or found["signs"]
            times = repeated[named.lower()] if named else 1
            yield Digits(*found.span(), said[(found["word"] or found["sign"]).lower()] * times, is_said=True)


def _holds_together(text: str, end: int, start: int) -> bool:
    return start - end <= _LONGEST_GAP and _gap().fullmatch(text, end, start) is not None


@cache
def _digit() -> re.Pattern[str]:
    said = sorted(words()["digits"], key=len, reverse=True)
    signs = "".join(word for word in said if len(word) == 1)
    spelled = "|".join(word for word in said if len(word) > 1)
    times = "|".join(words()["repeated"])
    teens = "|".join(sorted(words()["teens"], key=len, reverse=True))
    # "Fifty five" and "fifty and five" in Hebrew are one number of two digits; English says no "and" in one.
    ten = rf"(?P<ten>{'|'.join(words()['tens'])})(?:(?:[ -]|\s+ו)(?P<unit>(?!zero|oh|אפס)(?:{spelled}))(?!\w))?"
    return re.compile(
        rf"(?P<written>[0-9\uff10-\uff19]+)|(?:(?P<signs>{times}))?(?P<sign>[{signs}])"
        rf"|(?<!\w)ו?(?P<teen>{teens})(?!\w)|(?<!\w)ו?{ten}(?!\w)"
        rf"|(?<!\w)ו?(?:(?P<times>{times})[ -]?)?(?P<word>{spelled})(?!\w)",
        re.IGNORECASE,
    )


@cache
def _gap() -> re.Pattern[str]:
    between = "|".join(map(re.escape, words()["between"]["words"]))
    return re.compile(rf"(?:[\s\-\u2010-\u2015.,，、()（）~]|(?:{between})){{0,5}}", re.IGNORECASE)
