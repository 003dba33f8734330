"""Outgoing messages and their limits."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from linebot.v3.messaging import ReplyMessageRequest

from bot.line.messages import Action, MessageAction, PostbackAction, TextMessage, UriAction, text_messages
from bot.line.splitting import utf16_length

ACTIONS: list[Action] = [
    MessageAction("看房", "我想看房"),
    PostbackAction("看答案", "answer=1", display_text="看答案"),
    UriAction("官網", "https://example.com"),
]


def through_the_sdk(*messages: TextMessage) -> list[dict[str, Any]]:
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


def test_a_button_sends_its_label_where_no_text_is_given() -> None:
    action = MessageAction("一個比二十個字還要長很多很多很多的按鈕標籤")
    assert action.text == "一個比二十個字還要長很多很多很多的按鈕標籤"
    assert action.label == "一個比二十個字還要長很多很多很多的按鈕…"


@given(st.text(min_size=1).filter(str.strip), st.text(min_size=1, max_size=400))
def test_what_people_read_is_clipped(label: str, text: str) -> None:
    shown = PostbackAction(label, "x", display_text=text).to_json()
    assert utf16_length(shown["label"]) <= 20
    assert utf16_length(shown["displayText"]) <= 300
    assert utf16_length(MessageAction(label, text).text) <= 300


@pytest.mark.parametrize("data", ["", " ", "x" * 301])
def test_data_that_cannot_be_sent_whole_is_refused(data: str) -> None:
    with pytest.raises(ValueError, match="Postback data"):
        PostbackAction("label", data)


@pytest.mark.parametrize("uri", ["", "javascript:alert(1)", "ftp://x", "https://x/" + "a" * 1000])
def test_a_uri_that_line_does_not_open_is_refused(uri: str) -> None:
    with pytest.raises(ValueError, match="URI"):
        UriAction("label", uri)


@pytest.mark.parametrize("text", ["", " \n", "字" * 5001, "🍎" * 2501])
def test_a_text_that_line_does_not_take_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="text"):
        TextMessage(text)


def test_a_blank_label_is_refused() -> None:
    for make in (MessageAction, lambda label: PostbackAction(label, "x"), lambda label: UriAction(label, "tel:1")):
        with pytest.raises(ValueError, match="label"):
            make(" ")


def test_a_long_markdown_text_becomes_plain_messages_with_buttons_on_the_last() -> None:
    messages = text_messages("**重點**：" + "房租每月五號前繳。" * 700, ACTIONS)
    assert messages[0].text.startswith("重點：房租")
    assert [len(message.quick_replies) for message in messages] == [0, 3]
    assert all(message.text.endswith("。") for message in messages)


@pytest.mark.parametrize("text", ["", "  ", "<br>", "---"])
def test_a_text_with_nothing_to_say_is_no_message(text: str) -> None:
    assert text_messages(text, ACTIONS) == []


@given(st.text(max_size=300), st.integers(1, 200))
def test_any_text_becomes_messages_that_line_takes(text: str, times: int) -> None:
    assert len(text_messages(text * times)) <= 5
