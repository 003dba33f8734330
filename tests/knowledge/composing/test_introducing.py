from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.composing.introducing import asks_for, is_bare


@pytest.mark.parametrize(
    "text", ["可以，請牽繩。", "有，請在備註註明。", "不行。", "沒有喔！", "Yes, on a leash.", "可以"]
)
def test_a_yes_or_no_that_leaves_out_to_what_is_bare(text: str) -> None:
    assert is_bare(text)


@pytest.mark.parametrize(
    "text", ["可以帶狗，請牽繩。", "有機咖啡每天供應。", "我們每天晚上 9 點打烊。", "Yesterday's cake is half price."]
)
def test_an_answer_that_says_what_it_is_about_is_not(text: str) -> None:
    assert not is_bare(text)


@pytest.mark.parametrize(
    ("question", "entry", "same"),
    [
        ("請問可以帶寵物嗎？", "可以帶寵物嗎？", True),
        ("寵物可以帶嗎", "可以帶寵物嗎？", True),
        ("可以帶狗嗎", "可以帶寵物嗎？", False),
        ("可以外帶嗎", "可以帶寵物嗎？", False),
        ("有 wifi 嗎", "有素食嗎？", False),
        ("有插座嗎", "有 Wi-Fi 和插座嗎？", True),
        ("Do you have wifi?", "Do you have wifi?", True),
    ],
)
def test_a_question_names_what_an_entry_is_about_or_not(question: str, entry: str, *, same: bool) -> None:
    assert asks_for(question, entry) is same


@given(st.text())
def test_every_question_asks_for_itself(text: str) -> None:
    assert asks_for(text, text)
