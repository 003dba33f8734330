"""Traditional Chinese that was recognised with a Simplified character among it. Pure."""

from __future__ import annotations

import re
from functools import cache

import opencc

_HAN = re.compile(r"[\u3400-\u9fff]")


def is_simplified(character: str) -> bool:
    """Whether a character is written in Simplified Chinese alone: mainland's set has it, Taiwan's hasn't."""
    return not _is_in(character, "big5") and _is_in(character, "gb2312")


def is_traditional(character: str) -> bool:
    return _is_in(character, "big5") and not _is_in(character, "gb2312")


def as_written(text: str) -> str:
    """`text` with its few Simplified characters made Traditional, where most of it is Traditional.

    A recogniser takes a blurred character for the simpler one. What is Simplified on the whole stays so.
    """
    han = _HAN.findall(text)
    simplified = sum(map(is_simplified, han))
    if not simplified or simplified >= sum(map(is_traditional, han)):
        return text
    return "".join(_converter().convert(one) if is_simplified(one) else one for one in text)


def _is_in(character: str, encoding: str) -> bool:
    try:
        return len(character.encode(encoding)) > 1
    except UnicodeEncodeError:
        return False


@cache
def _converter() -> opencc.OpenCC:
    return opencc.OpenCC("s2tw")
