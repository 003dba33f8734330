"""Words as they may stand in a message."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.line.splitting import utf16_length
from bot.line.wording import clipped_words, is_blank, one_line, showable

ANY_TEXT = st.text(st.characters(codec=None), max_size=60)


@pytest.mark.parametrize("text", ["", " \n\t", "\u200b\u2060", "\u3000", "\x00\x1b", "\u2800", "\ufeff"])
def test_a_text_without_anything_to_see_is_blank(text: str) -> None:
    assert is_blank(text)


@pytest.mark.parametrize("text", ["字", "🍎", ".", "\u200b字"])
def test_a_text_with_something_to_see_is_not(text: str) -> None:
    assert not is_blank(text)


@given(ANY_TEXT)
def test_a_showable_text_can_be_stored_and_sent(text: str) -> None:
    shown = showable(text)
    assert shown.encode().decode() == shown
    assert "\x00" not in shown


def test_lines_end_in_one_way() -> None:
    assert showable("a\r\nb\rc\td") == "a\nb\nc\td"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("營業時間", "營業時間"),
        ("Opening hours of the shop", "Opening hours of…"),
        ("Opening hours of it, always", "Opening hours of it…"),
        ("Donaudampfschifffahrtsgesellschaft", "Donaudampfschifffah…"),
        ("請問你們這個週末，還有沒有空房可以預約看屋", "請問你們這個週末，還有沒有空房可以預約…"),
        ("第一行\n第二行", "第一行 第二行"),
    ],
)
def test_a_label_is_cut_between_words_where_there_are_any(text: str, shown: str) -> None:
    assert clipped_words(text, limit=20) == shown


@given(ANY_TEXT, st.integers(2, 40))
def test_a_clipped_text_fits_and_begins_as_the_whole_one(text: str, limit: int) -> None:
    shown = clipped_words(text, limit=limit)
    assert utf16_length(shown) <= limit
    assert one_line(text).startswith(shown.removesuffix("…"))
