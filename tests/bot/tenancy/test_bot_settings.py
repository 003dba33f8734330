from __future__ import annotations

import pytest

from bot.tenancy.bot_settings import trigger_word


@pytest.mark.parametrize(
    ("typed", "kept"),
    [("小幫手", "小幫手"), (" ＠小幫手 ", "小幫手"), ("ＡＢ", "AB"), ("a" * 20, "a" * 20), ("two words", "two words")],
)
def test_a_word_is_kept_as_people_mean_it(typed: str, kept: str) -> None:
    assert trigger_word(typed) == kept


@pytest.mark.parametrize("typed", ["", "@", "a", "a" * 21, "a\nb", "a\u202eb", "\u200b\u200b"])
def test_what_nobody_could_call_by_is_no_word(typed: str) -> None:
    assert trigger_word(typed) is None
