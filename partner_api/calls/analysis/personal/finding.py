"""Where a text has a number that belongs to a person, and of which kind. Pure.

A number is one by its shape (a phone's prefix and length, a check digit) or, where its shape says nothing, by the
word before it that names it. Amounts, dates, times and counted things are left out before anything else is looked at.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from partner_api.calls.analysis.personal.births import births_in
from partner_api.calls.analysis.personal.checksums import is_card, is_iban, is_israeli_id, is_taiwanese_id
from partner_api.calls.analysis.personal.spoken import Digits, streams_in, words


class Kind(StrEnum):
    PHONE = "phone"
    CARD = "card"
    ID = "id"
    ACCOUNT = "account"
    EMAIL = "email"
    BIRTH = "birth date"


@dataclass(frozen=True, slots=True)
class Personal:
    """A personal number in a text, at `start:end`; `digits` is what it comes to, "" for an address or a date."""

    start: int
    end: int
    kind: Kind
    digits: str


_THOUSANDS = r"(?<![\d,])[1-9]\d{0,2}(?:[,，]\d{3})+(?:\.\d+)?(?![\d,])"
# Bounded, since what is searched may be one endless word.
_EMAIL = re.compile(r"(?<![\w.+\-])[\w.+\-]{1,64}@[\w\-]{1,63}(?:\.[\w\-]{1,63}){1,8}", re.ASCII)
_ENDS = "com|net|org|edu|gov|info|tw|il|io|co|ai|me"
_IBAN = re.compile(r"(?<![A-Za-z0-9])[A-Za-z]{2}\d{2}(?:[ ]?[A-Za-z0-9]{2,4}){3,8}(?![A-Za-z0-9])")
_NAMED_BEFORE, _OPENING = 30, 16
# How many digits a number has that only its name makes a personal one.
_NAMED = {Kind.PHONE: range(7, 16), Kind.ACCOUNT: range(6, 17), Kind.CARD: range(8, 20), Kind.ID: range(7, 11)}
_MOST_GROUPS = 8
_AMERICAN = re.compile(r"\(?[2-9]\d{2}\)?[-. ]?[2-9]\d{2}[-.]\d{4}")
_LETTERS_BEFORE = re.compile(r"(?<![A-Za-z])([A-Za-z]{1,2})[\s\-]?$")
_TAIWAN_LENGTHS = {1: 9, 2: 8}
# How many digits a phone number has: behind + or 00, with 886 or 972 before it, and as it is dialled at home.
_ABROAD, _WITH_COUNTRY, _AT_HOME = range(9, 16), (11, 12), (9, 10)
_FREE = ("0800", "0809", "1800")
_ORDER = "order"
_SHORTEST, _LONGEST, _LONGEST_COUNT = 6, 20, 6
_AMERICAN_LENGTH = 10
_PLUS_SIGNS = frozenset({"+", "\uff0b"})
_PLUS = re.compile(r"(?:[+\uff0b]|\bplus\s|פלוס\s)$", re.IGNORECASE)


def personal_in(text: str, *, before: str = "") -> list[Personal]:
    """The personal numbers of `text` in order, none within another. `before` is what was said just before it."""
    found = [
        Personal(*match.span(), Kind.EMAIL, "")
        for pattern in (_EMAIL, _spoken_email())
        for match in pattern.finditer(text)
    ]
    found += [
        Personal(*match.span(), Kind.ACCOUNT, re.sub(r"\D", "", match[0]))
        for match in _IBAN.finditer(text)
        if is_iban(match[0].replace(" ", ""))
    ]
    found += [Personal(*span, Kind.BIRTH, "") for span in births_in(text, before)]
    # What is left out keeps its length, so that places stay.
    rest = _blanked(text, [(one.start, one.end) for one in found])
    rest = _blanked(rest, [match.span() for pattern in _left_out() for match in pattern.finditer(rest)])
    for stream in streams_in(rest):
        found += _in_stream(rest, stream, before)
    return _apart(found)


def _in_stream(text: str, stream: Sequence[Digits], before: str) -> Iterator[Personal]:
    """The numbers of one stretch of digits: the longest that is one first, then what is left to its right."""
    # No word stands within a stretch, so what names its numbers stands before it.
    named = _named(text, stream[0].start, before)
    at = 0
    while at < len(stream):
        one = _longest(text, stream[at : at + _groups_at(stream[at])], named)
        if one is not None:
            yield one
        end = one.end if one is not None else stream[at].end
        while at < len(stream) and stream[at].end <= end:
            at += 1


def _groups_at(first: Digits) -> int:
    """How many groups may be one number: digits that are said come one by one."""
    return _LONGEST if first.is_said else _MOST_GROUPS


def _longest(text: str, groups: Sequence[Digits], named: Kind | str | None) -> Personal | None:
    """The longest number that `groups` begin with."""
    digits = "".join(group.value for group in groups)
    if len(digits) < _SHORTEST:
        return None
    start = groups[0].start
    ahead = text[max(0, start - 4) : start]
    letters = _LETTERS_BEFORE.search(ahead)
    for upto in range(len(groups), 0, -1):
        if upto < len(groups):
            digits = digits[: -len(groups[upto].value)]
        if len(digits) < _SHORTEST:
            return None
        end = groups[upto - 1].end
        if letters and _is_lettered(letters[1], digits):
            return Personal(start - len(letters[0]), end, Kind.ID, digits)
        is_plus = _PLUS.search(text, max(0, start - _NAMED_BEFORE), start) is not None
        kind = _shaped(digits, text[start - 1 : end] if start else text[:end], international=is_plus)
        if kind is Kind.PHONE and isinstance(named, Kind) and digits.startswith("00"):
            kind = named
        if kind is None and len(digits) <= _LONGEST:
            kind = _told(digits, groups[:upto], named)
        if kind is not None:
            opens = ahead[-1:] in _PLUS_SIGNS or (ahead[-1:] == "(" and ")" in text[start:end])
            return Personal(start - (kind is Kind.PHONE and opens), end, kind, digits)
    return None


def _is_lettered(letters: str, digits: str) -> bool:
    return len(digits) == _TAIWAN_LENGTHS[len(letters)] and is_taiwanese_id(letters + digits)


def _shaped(digits: str, written: str, *, international: bool) -> Kind | None:
    """The kind of a number by its shape alone. `written` is its text with the character before it."""
    if is_card(digits):
        return Kind.CARD
    if is_phone(digits, international=international):
        return Kind.PHONE
    is_american = len(digits) == _AMERICAN_LENGTH and _AMERICAN.fullmatch(written.lstrip("( \n")) is not None
    return Kind.PHONE if is_american else None


def _told(digits: str, groups: Sequence[Digits], named: Kind | str | None) -> Kind | None:
    """The kind of a number by the word that names it, or by a check digit that shows little by itself."""
    if is_israeli_id(digits) and named != _ORDER and (len(groups) == 1 or all(group.is_said for group in groups)):
        return Kind.ID
    if isinstance(named, Kind) and len(digits) in _NAMED[named] and not digits.startswith(_FREE):
        return named
    return None


def is_phone(digits: str, *, international: bool = False) -> bool:
    """Whether `digits` have the shape of a phone number of Taiwan or Israel, or of an international one.

    Numbers that nobody pays for (0800, 0809, 1-800) belong to companies and are no personal ones.
    """
    size = len(digits)
    if international:
        return size in _ABROAD
    if digits.startswith("00"):
        return size - 2 in _ABROAD and digits[2] != "0"
    if digits.startswith(("886", "972")):
        return size in _WITH_COUNTRY and digits[3] != "0"
    if digits.startswith(_FREE):
        return False
    return digits.startswith("0") and digits[1:2] in set("23456789") and size in _AT_HOME


def _named(text: str, start: int, before: str) -> Kind | str | None:
    """What the nearest word before a number says that it is."""
    here = text[max(0, start - _NAMED_BEFORE) : start]
    said = f"{before[-_NAMED_BEFORE:]}\n{here}" if start <= _OPENING else here
    nearest = max(_names().finditer(said), key=lambda match: match.start(), default=None)
    if nearest is None or nearest.lastgroup is None:
        return None
    return nearest.lastgroup if nearest.lastgroup == _ORDER else Kind(nearest.lastgroup)


@cache
def _names() -> re.Pattern[str]:
    named = words()["said"]
    return re.compile("|".join(f"(?P<{kind}>{'|'.join(patterns)})" for kind, patterns in named.items()), re.IGNORECASE)


@cache
def _left_out() -> tuple[re.Pattern[str], ...]:
    """What no personal number is made of: dates, times, amounts of money, counted things."""
    money = words()["money"]
    before, after, units = ("|".join(money[name]) for name in ("before", "after", "units"))
    number = r"(?:[1-9]\d*|0)(?:[,，]\d{3})*(?:\.\d+)?"
    patterns = (
        *words()["dates"]["patterns"],
        _THOUSANDS,
        rf"(?:{before})\s?{number}",
        rf"(?<!\d)(?<!\d[-.]){number}\s?(?:{after})(?![A-Za-z])",
        rf"(?<!\d)(?<!\d[-.])\d{{1,{_LONGEST_COUNT}}}(?:\.\d+)?\s?(?:{units})(?![A-Za-z])",
    )
    return tuple(re.compile(pattern, re.IGNORECASE) for pattern in patterns)


@cache
def _spoken_email() -> re.Pattern[str]:
    at, dot, joint = (f"(?:{'|'.join(words()['email'][name])})" for name in ("at", "dot", "joints"))
    # A name may be spelled out letter by letter.
    name = rf"(?:(?:[A-Za-z0-9][ -]){{2,24}}[A-Za-z0-9]|[A-Za-z0-9_+\-]{{1,64}}(?:{joint}[A-Za-z0-9]{{1,64}}){{0,3}})"
    local, domain = rf"(?<![A-Za-z0-9_+\-']){name}(?:{dot}{name}){{0,4}}", rf"{name}(?:{dot}{name}){{0,4}}"
    return re.compile(rf"{local}{at}{domain}{dot}(?:{_ENDS})\b", re.IGNORECASE | re.ASCII)


def _blanked(text: str, spans: Sequence[tuple[int, int]]) -> str:
    for start, end in spans:
        # A mark that holds no digits together.
        text = text[:start] + "|" * (end - start) + text[end:]
    return text


def _apart(found: Sequence[Personal]) -> list[Personal]:
    """`found` in order, without what overlaps an earlier one."""
    kept: list[Personal] = []
    for one in sorted(found, key=lambda each: (each.start, -each.end)):
        if not kept or one.start >= kept[-1].end:
            kept.append(one)
    return kept
