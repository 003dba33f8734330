"""What staff type to teach and to set values, taken apart. Pure; the words are in the catalogues of both languages."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from bot.texts import words_of
from knowledge.numerals.reading import BIG_UNITS, HAN_DIGITS, SMALL_UNITS

MOST_READ = 4000
_SEPARATORS = "：:，,、;；"
_MARKS = "?？"
_BLANKS = " \t\u3000"
_QUOTES = "「」『』“”‘’\"'《》【】"
_SPLIT_HERE = re.compile(rf"[{_BLANKS}]*(?:=>|->|→|＝|=|｜|\|)[{_BLANKS}]*")
_COLON, _END = r"\s*[:：]\s*", r"[\s。！!~～]*$"
_HAN_NUMBER = f"[{''.join((*HAN_DIGITS, *SMALL_UNITS, *BIG_UNITS))}]+"
_HAN = re.compile(r"[\u3400-\u9fff]")


@dataclass(frozen=True, slots=True)
class Taught:
    """A question and its answer as far as they were given."""

    question: str = ""
    answer: str = ""


@dataclass(frozen=True, slots=True)
class ValueChange:
    """A parameter as somebody calls it, and the value it is to have."""

    name: str
    value: str


def read_taught(text: str) -> Taught | None:
    """What a text teaches; None where it doesn't begin by saying so.

    A question ends with its mark, a line, a sign such as =, or the first space of a Chinese text.
    """
    given = text.strip()[:MOST_READ]
    begun = _teaching().match(given)
    if begun is None:
        return None
    rest = given[begun.end() :].strip(_BLANKS + "\n")
    return _named_parts(rest) or _in_two(rest)


def read_value_change(text: str) -> ValueChange | None:
    """The change of a value that a text asks for; None for any other text, and for questions about one."""
    given = " ".join(text.split())
    if (
        len(given) > MOST_READ
        or given.endswith(tuple(_MARKS))
        or _heard("values.heard_asking_last", _END).search(given)
    ):
        return None
    for pattern in _changes():
        found = pattern.fullmatch(given)
        if found is not None:
            asks = _heard("values.heard_asking").search(given, 0, found.start("value"))
            if asks or _heard("values.heard_asking_for").match(found["value"]):
                return None
            name = found["name"].strip(_BLANKS + _QUOTES + _SEPARATORS)
            value = found["value"].strip(_BLANKS).strip("。！!").strip(_BLANKS + _QUOTES)
            value = value.removesuffix(".") if found["value"].count(".") == 1 else value
            return ValueChange(name, value) if name and value else None
    return None


def _question_end(line: str) -> int | None:
    """Where a question that stands first in a line ends, after its marks; None where there is no mark."""
    mark = next((at for at, character in enumerate(line) if character in _MARKS), None)
    if not mark:
        return None
    end = mark + 1
    while end < len(line) and line[end] in _MARKS + "!！":
        end += 1
    return end


def _in_two(text: str) -> Taught:
    """Question and answer by whatever separates them."""
    first, _, rest = text.partition("\n")
    end = _question_end(first)
    # An answer that begins on the question's line may go on below it.
    if end is not None and (first[end:].strip() or not rest.strip()):
        return _taught(text[:end], text[end:])
    if rest.strip():
        return _taught(first, rest)
    sign = _SPLIT_HERE.search(text)
    if sign is not None and sign.start() > 0:
        return _taught(text[: sign.start()], text[sign.end() :])
    return _by_space(text)


def _by_space(text: str) -> Taught:
    """The first space behind a Chinese word ends the question; words of other scripts have spaces in them."""
    for found in re.finditer(rf"[{_BLANKS}]+", text):
        before, after = text[: found.start()], text[found.end() :]
        if after and _HAN.search(before[-1]):
            return _taught(before, after)
    return _taught(text, "")


def _named_parts(text: str) -> Taught | None:
    """Question and answer where both, or the question, are named as such."""
    asked = _heard("teach.heard_question", _COLON).match(text)
    if asked is None:
        return None
    rest = text[asked.end() :]
    answered = _heard("teach.heard_answer", _COLON).search(rest)
    if answered is None:
        return _in_two(rest)
    return _taught(rest[: answered.start()], rest[answered.end() :])


def _taught(question: str, answer: str) -> Taught:
    around = _BLANKS + "\n" + _SEPARATORS
    question = question.strip(around)
    answer = answer.strip(around)
    found = _heard("teach.heard_answer", _COLON).match(answer)
    return Taught(question, answer[found.end() :].strip(around) if found else answer)


def _words(key: str) -> str:
    """The words of both catalogues as alternatives, longest first; Latin ones as whole words."""
    return "|".join(_word(word) for word in sorted(words_of(key), key=lambda word: (-len(word), word)))


def _word(word: str) -> str:
    escaped = r"\s+".join(re.escape(part) for part in word.split())
    return rf"(?<![A-Za-z]){escaped}(?![A-Za-z])" if word.isascii() else escaped


@cache
def _heard(key: str, then: str = "") -> re.Pattern[str]:
    """One of the words of `key`, with the pattern `then` behind it."""
    return re.compile(rf"(?:{_words(key)}){then}", re.IGNORECASE)


@cache
def _teaching() -> re.Pattern[str]:
    named = rf"(?:{_words('teach.heard_question')})\s*[:：]"
    after = rf"\s*[{_SEPARATORS}]\s*|[{_BLANKS}\n]+|(?={named})"
    return _heard("teach.heard_teach", rf"(?:{after})")


@cache
def _changes() -> tuple[re.Pattern[str], ...]:
    """`繳費日改成 5 號`, `把客服電話換成 02-…`; `設定滯納金為 300`, `set the payment day to 5`; `繳費日改5號`."""
    lead = rf"(?:(?:{_words('values.heard_lead')})\s*)*"
    name, value = r"(?P<name>.{1,60}?)\s*", r"\s*[：:]?\s*(?P<value>.+)"
    becomes = rf"{lead}{name}(?:{_words('values.heard_becomes')}){value}"
    setting = rf"{lead}(?:{_words('values.heard_set')})\s*(?:(?:{_words('values.heard_the')})\s*)?{name}"
    # A sign or one short word is enough where a figure follows.
    figure = rf"(?P<value>(?:NT)?\$?[\d０-９].*|{_HAN_NUMBER}(?:{_words('values.heard_units')}))"
    short = rf"{lead}(?P<name>[^\d０-９]{{2,60}}?)\s*(?:[=＝]|{_words('values.heard_changes')})\s*{figure}"
    patterns = (becomes, rf"{setting}(?:{_words('values.heard_to')}){value}", short)
    return tuple(re.compile(pattern, re.IGNORECASE) for pattern in patterns)
