"""Traditional Chinese out of what machines recognise, which mix in Simplified characters."""

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
    return "".join(_converter("s2tw").convert(one) if is_simplified(one) else one for one in text)


def in_traditional(text: str) -> str:
    """Simplified Chinese in the characters and words of Taiwan.

    For text that is Simplified: in Traditional text, what both scripts write alike would become
    something else.
    """
    return str(_converter("s2twp").convert(text))


def _is_in(character: str, encoding: str) -> bool:
    try:
        return len(character.encode(encoding)) > 1
    except UnicodeEncodeError:
        return False


@cache
def _converter(configuration: str) -> opencc.OpenCC:
    return opencc.OpenCC(configuration)
