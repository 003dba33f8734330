"""What people read: one catalogue per language, Traditional Chinese first, English second.

A catalogue is a TOML file of sections; a text is named `section.name` and filled with
`str.format`-style `{placeholders}`.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from enum import StrEnum
from functools import cache
from importlib.resources import files

_HAN = re.compile(r"[\u2e80-\u2fdf\u3005-\u3007\u3100-\u312f\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
_LATIN_WORD = re.compile(r"[A-Za-z]{2,}")


class Language(StrEnum):
    ZH_TW = "zh-TW"
    EN = "en"


@cache
def catalogue(language: Language) -> Mapping[str, str]:
    """All texts of a language by `section.name`."""
    sections = tomllib.loads(files(__name__).joinpath(f"{language}.toml").read_text(encoding="utf-8"))
    return {f"{section}.{name}": text for section, texts in sections.items() for name, text in texts.items()}


def say(key: str, language: Language = Language.ZH_TW, **values: object) -> str:
    """The text `key` in `language` with its placeholders filled.

    Raises KeyError for an unknown key or a missing value: a test holds every catalogue to the same
    keys and placeholders.
    """
    return catalogue(language)[key].format(**values)


@cache
def words_of(key: str) -> frozenset[str]:
    """What people may say for `key`: the words of every language, which a catalogue joins with `|`."""
    return frozenset(word for language in Language for word in catalogue(language)[key].split("|") if word)


def language_of(text: str) -> Language:
    """The language to answer `text` in: English where it has Latin words and no Han character."""
    return Language.EN if _LATIN_WORD.search(text) and not _HAN.search(text) else Language.ZH_TW
