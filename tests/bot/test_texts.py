from __future__ import annotations

import string

import pytest

from bot.texts import Language, catalogue, language_of, say

FIRST = catalogue(Language.ZH_TW)
OTHERS = [language for language in Language if language is not Language.ZH_TW]
# Characters of the Simplified script that a Traditional text never holds.
SIMPLIFIED = set("们这为说对没时问请谢点开关谁号码错过话联发还让应该实际经给见认证继续")


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


@pytest.mark.parametrize("language", OTHERS)
def test_every_language_has_every_text(language: Language) -> None:
    assert set(catalogue(language)) == set(FIRST)


@pytest.mark.parametrize("language", OTHERS)
def test_every_text_is_filled_with_the_same_values(language: Language) -> None:
    different = {key for key in FIRST if placeholders(FIRST[key]) != placeholders(catalogue(language)[key])}
    assert different == set()


@pytest.mark.parametrize("language", Language)
def test_values_are_named_and_plain(language: Language) -> None:
    names = {name for text in catalogue(language).values() for name in placeholders(text)}
    assert [name for name in names if not name.isidentifier()] == []


@pytest.mark.parametrize("language", Language)
def test_no_text_is_empty(language: Language) -> None:
    assert [key for key, text in catalogue(language).items() if not text.strip()] == []


def test_what_is_said_in_traditional_characters_holds_no_simplified_ones() -> None:
    """What is heard may: it is what people's phones type."""
    said = {key: text for key, text in FIRST.items() if ".heard_" not in key}
    assert {key: found for key, text in said.items() if (found := SIMPLIFIED & set(text))} == {}


def test_an_unknown_text_is_an_error() -> None:
    with pytest.raises(KeyError):
        say("nowhere.nothing")


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("房租幾號要交？", Language.ZH_TW),
        ("When is the rent due?", Language.EN),
        ("我的 Wi-Fi 壞了", Language.ZH_TW),
        ("3", Language.ZH_TW),
        ("", Language.ZH_TW),
        ("ok", Language.EN),
        ("ㄏㄏ lol", Language.ZH_TW),
    ],
)
def test_people_are_answered_in_the_language_they_write(text: str, language: Language) -> None:
    assert language_of(text) is language
