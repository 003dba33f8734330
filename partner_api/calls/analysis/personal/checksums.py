"""The check digits of numbers that have one. Pure.

Sources: ISO/IEC 7812-1 (Luhn), the numbering rules of Taiwan's national identification card and Uniform ID Number
(letters count 10 to 35 in a table of their own), Israel's identity number (digits weighted 1 and 2), ISO 13616 (IBAN).
"""

from __future__ import annotations

import re
import string

_LETTERS = dict(zip("ABCDEFGHJKLMNPQRSTUVXYWZIO", range(10, 36), strict=True))
_TAIWAN = re.compile(r"[A-Z](?:[1289]|[A-D])\d{8}")
_IBAN = re.compile(r"[A-Z]{2}\d{2}[A-Z0-9]{11,30}")
_CARD_LENGTHS = range(13, 20)
_ISRAELI_LENGTH = 9
_ALPHABET = {letter: str(value) for value, letter in enumerate(string.ascii_uppercase, 10)}


def is_card(digits: str) -> bool:
    """Whether `digits` can be a payment card's: 13 to 19 of them, of a payment network, and Luhn holds."""
    return len(digits) in _CARD_LENGTHS and digits[0] in "23456" and len(set(digits)) > 1 and _luhn(digits) == 0


def is_taiwanese_id(text: str) -> bool:
    """Whether `text` (a letter and nine digits, or two letters and eight) is a national or resident id."""
    text = text.upper()
    if not _TAIWAN.fullmatch(text):
        return False
    first = _LETTERS[text[0]]
    # A second letter counts with its last figure, as the residents' numbers of before 2021 have it.
    second = int(text[1]) if text[1].isdigit() else _LETTERS[text[1]] % 10
    digits = [first // 10, first % 10, second, *map(int, text[2:])]
    return (
        sum(digit * weight for digit, weight in zip(digits, (1, 9, 8, 7, 6, 5, 4, 3, 2, 1, 1), strict=True)) % 10 == 0
    )


def is_israeli_id(digits: str) -> bool:
    """Whether nine digits are an Israeli identity number."""
    return len(digits) == _ISRAELI_LENGTH and digits.strip("0") != "" and _luhn(digits) == 0


def is_iban(text: str) -> bool:
    """Whether `text`, without spaces, is an International Bank Account Number."""
    text = text.upper()
    if not _IBAN.fullmatch(text):
        return False
    return int("".join(_ALPHABET.get(character, character) for character in text[4:] + text[:4])) % 97 == 1


def _luhn(digits: str) -> int:
    """The Luhn sum modulo 10; Israel's ids are weighted the same from the right, their length being odd."""
    doubled = (int(digit) * (1 + at % 2) for at, digit in enumerate(reversed(digits)))
    return sum(value // 10 + value % 10 for value in doubled) % 10
