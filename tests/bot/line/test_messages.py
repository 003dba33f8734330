"""Outgoing messages and their limits."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from linebot.v3.messaging import ReplyMessageRequest

from bot.line.flex import bubble, carousel
from bot.line.messages import (
    Action,
    DatetimePickerAction,
    FlexMessage,
    Message,
    MessageAction,
    PostbackAction,
    QuickAction,
    TextMessage,
    UriAction,
    text_messages,
)
from bot.line.simulator.rules.messages import problem_with

ACTIONS: list[Action] = [
    MessageAction("看房", "我想看房"),
    PostbackAction("看答案", "answer=1", display_text="看答案"),
    UriAction("官網", "https://example.com"),
]

PICKER = DatetimePickerAction("看房", "visit", "date", initial="2026-08-05", latest="2026-09-01")


def through_the_sdk(*messages: Message) -> list[dict[str, Any]]:
    """The messages as the official models write them."""
    request = ReplyMessageRequest.from_dict({"replyToken": "t", "messages": [item.to_json() for item in messages]})
    written: list[dict[str, Any]] = json.loads(json.dumps(request.to_dict()))["messages"]
    return written


def test_the_official_models_write_a_message_as_we_do() -> None:
    message = TextMessage("你好", tuple(ACTIONS))
    assert through_the_sdk(message) == [message.to_json()]


def test_a_text_without_buttons_has_no_quick_reply() -> None:
    assert TextMessage("hi").to_json() == {"type": "text", "text": "hi"}


def test_only_thirteen_buttons_are_kept() -> None:
    message = TextMessage("hi", tuple(MessageAction(str(number)) for number in range(20)))
    assert [action.to_json()["label"] for action in message.quick_replies] == [str(number) for number in range(13)]


@pytest.mark.parametrize("text", ["", " \n", "字" * 5001, "🍎" * 2501])
def test_a_text_that_line_does_not_take_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="text"):
        TextMessage(text)


@pytest.mark.parametrize(
    "made", [TextMessage("hi", sender="阿明店長"), FlexMessage("", bubble("hi"), sender="阿明店長")]
)
def test_a_message_may_come_from_another_name(made: Message) -> None:
    assert made.to_json()["sender"] == {"name": "阿明店長"}
    assert "sender" not in TextMessage("hi", sender=" ").to_json()


def test_a_sender_is_clipped_to_twenty() -> None:
    assert TextMessage("hi", sender="字" * 21).to_json()["sender"] == {"name": "字" * 19 + "…"}


@pytest.mark.parametrize(
    ("given", "shown"), [("有人問問題", "有人問問題"), (" ", "標題\n內容"), ("字" * 401, "字" * 399 + "…")]
)
def test_a_card_always_has_words_for_notifications(given: str, shown: str) -> None:
    assert FlexMessage(given, bubble("標題", body="內容")).alt_text == shown


def test_the_official_models_write_a_card_as_we_do() -> None:
    card = bubble("今日摘要", rows=[("訊息", "12"), "好"], buttons=[*ACTIONS, PICKER], note="每天")
    message = FlexMessage(
        "摘要", carousel([card, card]), (*ACTIONS, PICKER, QuickAction("拍照", "camera")), sender="店長"
    )
    assert through_the_sdk(message) == [message.to_json()]


def test_a_long_markdown_text_becomes_plain_messages_with_buttons_on_the_last() -> None:
    messages = text_messages("**重點**：" + "房租每月五號前繳。" * 700, ACTIONS)
    assert messages[0].text.startswith("重點：房租")
    assert [len(message.quick_replies) for message in messages] == [0, 3]
    assert all(message.text.endswith("。") for message in messages)


@pytest.mark.parametrize("text", ["", "  ", "<br>", "---"])
def test_a_text_with_nothing_to_say_is_no_message(text: str) -> None:
    assert text_messages(text, ACTIONS) == []


@given(st.text(st.characters(codec=None), max_size=300), st.integers(1, 200))
def test_any_text_becomes_messages_that_line_takes(text: str, times: int) -> None:
    messages = [message.to_json() for message in text_messages(text * times, ACTIONS)]
    assert not messages or problem_with({"messages": messages}) is None


def test_half_a_character_and_a_zero_byte_are_not_sent() -> None:
    assert TextMessage("a\ud800\x00b").text == "a\ufffdb"
