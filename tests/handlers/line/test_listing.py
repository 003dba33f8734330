"""Answers as cards, held against the rules of the simulated LINE platform."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.line.delivery.repository import plain_texts
from bot.line.markdown import plain_text
from bot.line.messages import MessageAction
from bot.line.simulator.rules.messages import problem_with
from bot.line.wording import is_blank, showable
from bot.texts import Language
from handlers.line.rendering import answer_messages

MENU = """本店熱門品項：
• 美式咖啡 60 元
• 拿鐵 80 元
• 抹茶拿鐵 90 元
內用外帶同價。"""
HOURS = """營業時間如下
週一至週五：10:00–21:00
週六：09:00–22:00
週日：公休"""
STEPS = """報修步驟：
1. 拍下故障的地方
   照片請清楚
2. 撥打 02-2345-6789
3. 或到 https://example.com/fix 填表"""
QUICK = (MessageAction(label="幾點打烊？", text="幾點打烊？"),)

PIECES = [
    "• ",
    "1. ",
    "（2）",
    "：",
    "租金",
    "02-2345-6789",
    "https://a.tw/我",
    "a@b.tw",
    "\n",
    "\n\n",
    "**",
    "| a | b |\n|--|--|",
    " ",
    "🍎",
    "\u200b",
    "wifi1234",
    "012-345-678-901",
]
LINES = st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=8)), max_size=30).map("".join)


def made(text: str) -> list[dict[str, Any]]:
    return [message.to_json() for message in answer_messages(text, Language.ZH_TW, QUICK)]


def essence(text: str) -> str:
    return re.sub(r"\s", "", text).replace("：", ":")


@pytest.mark.parametrize("text", [MENU, HOURS, STEPS])
def test_a_list_is_a_card_that_says_the_same(text: str) -> None:
    [card] = made(text)
    assert (card["type"], card["altText"]) == ("flex", text)
    assert card["quickReply"]["items"][0]["action"]["text"] == "幾點打烊？"
    assert essence("".join(one["text"] for one in plain_texts([card]))) == essence(text)


def test_labels_stand_beside_their_values() -> None:
    [card] = made(HOURS)
    title, *rows = card["contents"]["body"]["contents"]
    assert title["text"] == "營業時間如下"
    assert [cell["text"] for cell in rows[1]["contents"]] == ["週六", "09:00–22:00"]


def test_what_can_be_called_or_opened_has_a_button() -> None:
    [card] = made(STEPS)
    actions = [button["action"] for button in card["contents"]["footer"]["contents"]]
    assert [action["uri"] for action in actions] == ["tel:0223456789", "https://example.com/fix"]
    assert actions[0]["label"] == "撥打 02-2345-6789"


@pytest.mark.parametrize(
    "text",
    [
        "我們每天晚上 9 點打烊。",
        "第一行\n第二行\n第三行\n第四行",
        "• 只有一項\n• 和兩項",
        MENU + "\n匯款帳號 012-345-678-901",
        HOURS + "\nWi-Fi 密碼：cafe2026",
        HOURS + "\n信箱：shop@example.com",
        "\n".join(f"{number}. {'很長的說明' * 20}" for number in range(1, 8)),
        "",
    ],
)
def test_what_a_text_says_better_stays_a_text(text: str) -> None:
    assert all(message["type"] == "text" for message in made(text))


@given(LINES)
def test_line_takes_whatever_an_answer_holds_and_nothing_gets_lost(text: str) -> None:
    messages = made(text)
    words = plain_text(showable(text))
    assert bool(messages) != is_blank(words)
    if messages:
        assert problem_with({"messages": messages}) is None
        assert essence("".join(one["text"] for one in plain_texts(messages))) == essence(words)


@given(st.lists(st.text(st.characters(categories=["L", "P", "S"]), min_size=1, max_size=12), min_size=3, max_size=12))
def test_numbered_lines_of_any_words_keep_all_of_them(items: list[str]) -> None:
    text = "\n".join(f"{number}. {item}" for number, item in enumerate(items, 1))
    messages = made(text)
    assert problem_with({"messages": messages}) is None
    assert essence("".join(one["text"] for one in plain_texts(messages))) == essence(plain_text(text))
