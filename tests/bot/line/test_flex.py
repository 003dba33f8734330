"""Flex bubbles and carousels, held against the rules of the simulated LINE platform."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.line.actions import Action, PostbackAction, QuickAction
from bot.line.flex import MAX_BUBBLE_BYTES, MAX_CAROUSEL_BYTES, Json, bubble, byte_size, carousel, list_bubble, words_of
from bot.line.messages import FlexMessage
from bot.line.simulator.rules.messages import problem_with

PIECES = [
    "繳費日",
    "🍎",
    "👨‍👩‍👧‍👦",
    "**重點** ",
    "| a | b |\n",
    "\n\n",
    "\u200b",
    " ",
    "<b>",
    "\ud800",
    "\x00",
    "x" * 500,
]
WORDS = st.lists(st.one_of(st.sampled_from(PIECES), st.text(st.characters(codec=None), max_size=20))).map("".join)
LONG = st.builds(lambda words, times: words * times, WORDS, st.sampled_from([1, 1, 1, 40, 400]))
ROWS = st.lists(st.one_of(LONG, st.tuples(WORDS, LONG)), max_size=60)
BUTTONS: list[Action] = [PostbackAction("回答", "answer=1", "我來回答"), PostbackAction("忽略", "ignore=1")]


def refused(contents: Json) -> Json | None:
    return problem_with({"messages": [FlexMessage("通知", contents).to_json()]})


@given(LONG, LONG, ROWS, LONG)
def test_whatever_words_go_in_line_takes_the_bubble(title: str, body: str, rows: list[str], note: str) -> None:
    made = bubble(title, body=body, rows=rows, buttons=BUTTONS, note=note)
    assert refused(made) is None
    assert byte_size(made) <= MAX_BUBBLE_BYTES


@settings(max_examples=20)
@given(st.lists(st.builds(list_bubble, st.just("清單"), ROWS), min_size=1, max_size=15))
def test_whatever_bubbles_go_in_line_takes_the_carousel(bubbles: list[Json]) -> None:
    made = carousel(bubbles)
    assert refused(made) is None
    assert made["contents"] == bubbles[: len(made["contents"])]
    assert byte_size(made) <= MAX_CAROUSEL_BYTES


def test_rows_that_do_not_fit_end_in_an_ellipsis_and_the_buttons_stay() -> None:
    made = list_bubble("未回答的問題", ["字" * 400] * 60, buttons=BUTTONS)
    assert words_of(made).endswith("\n…")
    assert [button["action"]["label"] for button in made["footer"]["contents"]] == ["回答", "忽略"]


def test_even_the_largest_buttons_fit() -> None:
    button = PostbackAction("字" * 20, "字" * 300, "字" * 300)
    assert refused(bubble("標題", body="字" * 3000, rows=["列"] * 40, buttons=[button] * 20)) is None


def test_the_words_of_a_card_are_its_lines_without_buttons() -> None:
    made = bubble("今日摘要", body="**早安**", rows=[("訊息", "12 則"), "一切正常"], buttons=BUTTONS, note="每天九點")
    assert words_of(made) == "今日摘要\n早安\n訊息：12 則\n一切正常\n每天九點"
    assert words_of(carousel([made, made])).count("今日摘要") == 2


def test_the_first_button_stands_out() -> None:
    footer = bubble("問題", buttons=BUTTONS)["footer"]["contents"]
    assert [button["style"] for button in footer] == ["primary", "secondary"]


@pytest.mark.parametrize("rows", [[], [("", "")], [" ", ("label", "\u200b")]])
def test_a_bubble_with_nothing_to_show_is_refused(rows: list[str]) -> None:
    with pytest.raises(ValueError, match="nothing to show"):
        bubble(" ", rows=rows)


def test_a_card_has_no_camera_and_a_carousel_needs_a_bubble() -> None:
    with pytest.raises(ValueError, match="quick replies"):
        bubble("拍照", buttons=[QuickAction("拍照", "camera")])
    with pytest.raises(ValueError, match="bubble"):
        carousel([])
