"""Word lists in data files, and the patterns they make: per language, each matched against folded text. Pure."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterable
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Any

from knowledge.retrieval.tokens import fold as fold_chinese
from partner_api.calls.analysis.pace import language_of

_HAN = re.compile(r"[\u3400-\u9fff]+")
_MARKS = re.compile(r"[\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u200b-\u200f\u2060]")
_QUOTES = str.maketrans({"\u2019": "'", "\u2018": "'", "\u05f3": "'", "\u201c": '"', "\u201d": '"', "\u05f4": '"'})
_OTHERS = re.compile(r"[\u3040-\u30ff\uac00-\ud7af]")
_SPACES = re.compile(r"\s+")
_LETTERS = {
    "zh-TW": re.compile(r"[\u3400-\u9fff]"),
    "he": re.compile(r"[\u05d0-\u05ea]"),
    "en": re.compile(r"[a-z]", re.IGNORECASE),
}
# A Han character says about as much as three letters.
_WEIGHT = {"zh-TW": 3, "he": 1, "en": 1}
_CODES = frozenset({"zh", "cmn", "en", "he", "iw"})
# Hebrew writes "and", "that", "the", "to", "in", "from" and "as" onto the word. As few letters as will do are taken for
# such a prefix, so that a whole word ("shekel") is tried before what is left of it behind one ("that easy").
_BOUNDS = {
    "zh-TW": ("", ""),
    "en": (r"(?<![\w'])", r"(?![\w])"),
    "he": (r"(?<![\u05d0-\u05ea])[ושהלבמכ]{0,2}?", r"(?![\u05d0-\u05ea])"),
}


class Script(StrEnum):
    """The languages that there are word lists for."""

    CHINESE = "zh-TW"
    ENGLISH = "en"
    HEBREW = "he"


def script_of(text: str) -> Script | None:
    """The language of ours that `text` is written in by its letters; None where it has none, or kana or Hangul."""
    if _OTHERS.search(text):
        return None
    counts = {code: len(pattern.findall(text)) * _WEIGHT[code] for code, pattern in _LETTERS.items()}
    best = max(counts, key=lambda code: counts[code])
    return Script(best) if counts[best] else None


def letters_in(text: str) -> int:
    """How much a text says, in letters: a Han character counts as three."""
    return sum(character.isalpha() for character in text) + 2 * len(_LETTERS["zh-TW"].findall(text))


def lacking(language: str | None, texts: Iterable[str]) -> str | None:
    """Why a call can't be read with the word lists; None where it can.

    `language` is the call's, as a code; None where it is to be told from `texts`, its turns.
    """
    if language:
        is_known = language.lower().replace("_", "-").split("-")[0] in _CODES
        return None if is_known else f"no word list for the language {language}"
    return None if language_of("\n".join(texts)) else "the language of the call isn't known"


def fold(text: str) -> str:
    """`text` without differences of width, case, script (Simplified, Traditional), points and quotation marks."""
    plain = _MARKS.sub("", unicodedata.normalize("NFKC", text.translate(_QUOTES)))
    plain = fold_chinese(plain) if _HAN.search(plain) else plain.lower()
    return _SPACES.sub(" ", plain).strip()


def lists(package: str, name: str) -> dict[str, Any]:
    """The data file `name`.toml of `package`."""
    return tomllib.loads(files(package).joinpath(f"{name}.toml").read_text(encoding="utf-8"))


def one_of(patterns: Iterable[str], language: str) -> re.Pattern[str]:
    """A pattern for any of `patterns`, which are regular expressions, as whole words where the language has them."""
    before, after = _BOUNDS[language]
    joined = "|".join(folded_pattern(pattern) for pattern in patterns) or r"(?!)"
    return re.compile(f"{before}(?:{joined}){after}" if not language.startswith("zh") else f"(?:{joined})")


@cache
def folded_pattern(pattern: str) -> str:
    """`pattern` with its Chinese folded as text is; its escapes stay."""
    return _HAN.sub(lambda found: fold_chinese(found[0]), pattern)
