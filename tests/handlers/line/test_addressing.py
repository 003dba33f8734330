from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.line.events import Mention, TextContent
from handlers.line.addressing import addressed_text

SHOP = "巷口咖啡"


def mention(index: int | None, length: int | None, *, is_self: bool = True) -> Mention:
    return Mention(type="user", index=index, length=length, user_id="U1", is_self=is_self)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("巷口咖啡 幾點打烊", "幾點打烊"),
        ("@巷口咖啡，幾點打烊", "幾點打烊"),
        ("＠巷口咖啡：幾點打烊", "幾點打烊"),
        ("  巷口咖啡幾點打烊", "幾點打烊"),
        ("巷口咖啡", ""),
        ("今天去巷口咖啡嗎", None),
        ("幾點打烊", None),
        ("@巷口", None),
        ("請問 @巷口咖啡 幾點打烊？", "請問 幾點打烊？"),
        ("請問＠巷口咖啡幾點打烊？", "請問 幾點打烊？"),
    ],
)
def test_a_group_calls_the_bot_by_its_name(text: str, said: str | None) -> None:
    assert addressed_text(TextContent(text=text), SHOP) == said


def test_a_name_is_heard_in_any_width_and_case() -> None:
    assert addressed_text(TextContent(text="ｃａｆｅ９ hi"), "Cafe9") == "hi"


@pytest.mark.parametrize(("text", "said"), [("hi ya", "ya"), ("HI，ya", "ya"), ("history", None), ("hi5", None)])
def test_a_name_in_letters_is_a_whole_word(text: str, said: str | None) -> None:
    assert addressed_text(TextContent(text=text), "hi") == said


def test_the_rest_stays_as_it_was_written() -> None:
    assert addressed_text(TextContent(text="＠ＣＡＦＥ ＡＢＣ？"), "cafe") == "ＡＢＣ？"


def test_the_longest_name_is_taken() -> None:
    assert addressed_text(TextContent(text="小幫手 你好"), "小幫", "小幫手") == "你好"


def test_without_a_name_only_a_mention_calls() -> None:
    assert addressed_text(TextContent(text="嗨"), "") is None
    assert addressed_text(TextContent(text="@Bot 嗨", mentions=(mention(0, 4),)), "") == "嗨"


@pytest.mark.parametrize(
    ("text", "index", "length", "said"),
    [("@Bot 嗨", 0, 4, "嗨"), ("👋👋 @Bot 嗨", 5, 4, "👋👋  嗨"), ("嗨 @Bot", 2, 4, "嗨"), ("嗨", 9, 9, "嗨")],
)
def test_a_mention_is_cut_out_by_its_utf_16_place(text: str, index: int, length: int, said: str) -> None:
    assert addressed_text(TextContent(text=text, mentions=(mention(index, length),)), SHOP) == said


def test_a_mention_of_somebody_else_calls_nobody() -> None:
    assert addressed_text(TextContent(text="@Amy 嗨", mentions=(mention(0, 4, is_self=False),)), SHOP) is None


@given(
    text=st.text(max_size=40),
    places=st.lists(st.tuples(st.none() | st.integers(-9, 99), st.none() | st.integers(-9, 99)), max_size=3),
)
def test_no_mention_breaks_a_text(text: str, places: list[tuple[int | None, int | None]]) -> None:
    said = addressed_text(TextContent(text=text, mentions=tuple(mention(*place) for place in places)), SHOP)
    assert said is None or len(said.encode("utf-16-le")) <= len(text.encode("utf-16-le"))
