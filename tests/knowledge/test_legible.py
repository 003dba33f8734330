"""Figures as a reader sees them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.grounding import facts_in, ungrounded
from knowledge.legible import legible

# A model may put any of these between two figures that it may state.
NOTHING_VISIBLE = ["\u200b", "\u200c", "\u2060", "\ufeff", "\u00ad", "\ufe0f", "\u20e3", " ", "\u00a0", "\u2009"]


@pytest.mark.parametrize("nothing", NOTHING_VISIBLE)
def test_two_grounded_figures_make_no_third_one(nothing: str) -> None:
    source = "地下室有 36 個機車位，每月 300 元。"
    assert ungrounded(f"一共是 36{nothing}300 元。", [source]) == ("number:36300:元",)


@pytest.mark.parametrize(
    ("words", "figures"),
    [
        ("nine hundred eighty-seven dollars", "987 元"),
        ("nine hundred and eighty seven dollars", "987 元"),
        ("two thousand five hundred dollars", "2,500 元"),
        ("a hundred dollars", "100 元"),
        ("seven dollars", "7 元"),
        ("twenty-five days", "25 天"),
        ("at six p.m.", "18:00"),
        ("due on the fifth of each month", "每月 5 號"),
        ("before the twenty-first.", "21 號"),
        ("one million dollars", "一百萬元"),
    ],
)
def test_a_figure_in_english_words_is_that_figure(words: str, figures: str) -> None:
    assert facts_in(words)
    assert ungrounded(words, [figures]) == ()
    assert ungrounded(words, ["押金 3 個月"]) != ()


@pytest.mark.parametrize(
    "text",
    [
        "There are two ways to pay, and one of them is free.",
        "First come, first served: the first step is a call.",
        "You can pay at any one of them, or at both.",
        "Give me a second.",
    ],
)
def test_words_that_count_nothing_state_nothing(text: str) -> None:
    assert facts_in(text) == frozenset()


@pytest.mark.parametrize("text", ["10:00 18:00", "2026-01-01 12:00", "A2 3F", "1. 先打電話\n2. 再報修", "房租 5 號繳"])
def test_figures_that_stand_apart_stay_apart(text: str) -> None:
    assert legible(text) == text


@given(st.text())
def test_any_text_can_be_read_and_grounds_itself(text: str) -> None:
    assert legible(legible(text)) is not None
    assert ungrounded(text, [text]) == ()
