from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.intents.features import MAX_PARTS, Lexicon, Novelty, parts_of, words_of_name


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("我要退租", ("我要退租",)),
        ("我要退租，押金怎麼退？", ("我要退租，押金怎麼退？", "我要退租", "押金怎麼退")),
        ("Cancel it. And refund me", ("Cancel it. And refund me", "Cancel it", "refund me")),
        ("", ("",)),
    ],
)
def test_a_message_has_its_clauses_as_parts(text: str, parts: tuple[str, ...]) -> None:
    assert parts_of(text) == parts


@pytest.mark.parametrize("name", ["card_arrival", "cardArrival", "card/arrival", "card-arrival"])
def test_a_name_is_read_as_words(name: str) -> None:
    assert words_of_name(name).lower() == "card arrival"


def test_a_text_is_like_itself_and_unlike_strangers() -> None:
    lexicon = Lexicon(["冷氣壞了", "可以養狗嗎", "my card is lost"])
    np.testing.assert_allclose(lexicon.similarities("冷氣壞了"), [1, 0, 0], atol=1e-5)
    np.testing.assert_allclose(np.diag(lexicon.among_themselves()), 1, atol=1e-5)


def test_words_that_nobody_has_said_are_new() -> None:
    novelty = Novelty(["冷氣壞了", "可以養狗嗎"], [True, True])
    assert novelty.share("養狗") == 0
    assert novelty.share("機票") == 1
    assert novelty.without([1]) == [1]


def test_width_case_and_script_make_no_difference() -> None:
    lexicon = Lexicon(["我要繳費 ABC"])
    assert lexicon.similarities("我要缴费 ａｂｃ")[0] == pytest.approx(1)


@given(st.text())
def test_the_first_part_is_the_message(text: str) -> None:
    parts = parts_of(text)
    assert text.startswith(parts[0])
    assert len(parts) <= MAX_PARTS
