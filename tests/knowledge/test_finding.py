from __future__ import annotations

import pytest

from knowledge.entries import Entry, Scope
from knowledge.finding import HARDLY_ANYTHING, SLIGHT, tempered
from knowledge.retrieval.index import Hit

PETS = Hit(Entry(1, Scope.VENDOR, "可以養寵物嗎？", "不能飼養寵物。", keywords="毛小孩"), score=1.0, confidence=0.97)


@pytest.mark.parametrize("text", ["xyz", "abc", "喔", "?", ""])
def test_what_says_hardly_anything_finds_nothing_surely(text: str) -> None:
    assert [hit.confidence for hit in tempered(text, [PETS])] == [HARDLY_ANYTHING]


@pytest.mark.parametrize("text", ["pets", "確定"])
def test_a_word_that_no_entry_holds_finds_what_is_probably_meant(text: str) -> None:
    assert [hit.confidence for hit in tempered(text, [PETS])] == [SLIGHT]


@pytest.mark.parametrize("text", ["寵物", "養貓", "毛小孩", "Can I keep a dog or a cat here?"])
def test_words_that_an_entry_holds_and_whole_questions_are_as_sure_as_before(text: str) -> None:
    assert tempered(text, [PETS]) == [PETS]
