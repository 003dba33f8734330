"""A text's figures as a reader sees them: nothing invisible, no number torn apart, English words in digits. Pure."""

from __future__ import annotations

import re
import unicodedata

_INVISIBLE = frozenset({"Cf", "Me", "Mn"})
# Digits that only spaces part are read as one number, unless they belong to a time, a date or a range.
_TORN = re.compile(r"(?<![\dA-Za-z:/.\-])\d+(?: \d+)+(?![\dA-Za-z:/.\-])")

_ONES = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
_TEENS = ("thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen")
_TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_VALUES = {
    **{word: value for value, word in enumerate((*_ONES, *_TEENS))},
    **{word: 10 * value for value, word in enumerate(_TENS, 2)},
    "a": 1, "an": 1,
}  # fmt: skip
_MULTIPLES = {"dozen": 12, "hundred": 100, "thousand": 1_000, "million": 1_000_000}
_DAYS = (
    *("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth", "eleventh"),
    *("twelfth", "thirteenth", "fourteenth", "fifteenth", "sixteenth", "seventeenth", "eighteenth", "nineteenth"),
    *("twentieth", "twenty-first", "twenty-second", "twenty-third", "twenty-fourth", "twenty-fifth"),
    *("twenty-sixth", "twenty-seventh", "twenty-eighth", "twenty-ninth", "thirtieth", "thirty-first"),
)
_CARDINAL = "|".join((*_VALUES, *_MULTIPLES))
# A number word by itself mostly counts nothing that matters (two ways, one of them), unless it is paid or timed.
_WORDS = re.compile(
    rf"\b(?:{_CARDINAL})(?:(?:[ -]|, | and )(?:{_CARDINAL}))+\b"
    rf"|\b(?:{_CARDINAL})(?=[ -](?:dollars?|bucks|nt\b|ntd|percent|o'clock|[ap]\.?m\b))",
    re.IGNORECASE,
)
_DAY = re.compile(rf"(?<=\bthe )(?:{'|'.join(sorted(_DAYS, key=len, reverse=True))})\b(?= of\b|[.,;]|$)", re.IGNORECASE)


def legible(text: str) -> str:
    """`text` in one width, with each number that a reader sees written as one run of digits where it was
    hidden: by invisible characters, by spaces, or in English words."""
    folded = unicodedata.normalize("NFKC", text)
    if not folded.isascii():
        folded = "".join(c for c in folded if unicodedata.category(c) not in _INVISIBLE)
    whole = _TORN.sub(lambda found: found[0].replace(" ", ""), folded)
    return _DAY.sub(_day, _WORDS.sub(_cardinal, whole))


def _day(found: re.Match[str]) -> str:
    return f"{_DAYS.index(found[0].lower()) + 1}th"


def _cardinal(found: re.Match[str]) -> str:
    total = part = 0
    for word in re.findall(r"[a-z]+", found[0].lower()):
        if word in _VALUES:
            part += _VALUES[word]
        elif word in _MULTIPLES and _MULTIPLES[word] < _MULTIPLES["thousand"]:
            part = (part or 1) * _MULTIPLES[word]
        elif word in _MULTIPLES:
            total, part = total + (part or 1) * _MULTIPLES[word], 0
    return str(total + part)
