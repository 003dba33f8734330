"""Follow-up questions: which readings they have, and which of them the engine takes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.answers import Outcome, Turn
from knowledge.following import readings
from tests.knowledge.conftest import Ask


def after(*said: str) -> tuple[Turn, ...]:
    return tuple(Turn(text, from_customer=True) for text in said)


def texts(message: str, *before: str) -> list[str]:
    return [reading.text for reading in readings(message, after(*before))]


def test_a_message_without_a_history_means_what_it_says() -> None:
    assert texts("那押金呢？") == ["那押金呢？"]


def test_a_question_without_a_topic_leans_on_the_one_before() -> None:
    assert texts("為什麼？", "可以養狗嗎")[0] == "可以養狗嗎 為什麼？"


def test_a_new_topic_takes_over_what_was_asked() -> None:
    assert "清潔費多少錢" in texts("那清潔費呢？", "押金多少錢")
    assert "週日幾點開門" in texts("那週日呢", "你們週六幾點開門")


def test_the_literal_reading_comes_first_where_there_is_a_topic() -> None:
    first = readings("那押金呢？", after("房租幾號要交"))[0]
    assert (first.text, first.leans) == ("那押金呢？", False)


def test_small_talk_between_two_questions_is_passed_over() -> None:
    assert texts("為什麼", "可以養狗嗎", "謝謝")[0] == "可以養狗嗎 為什麼"


def test_a_long_question_stands_by_itself() -> None:
    long = "請問我如果在租約到期前兩個月想要搬走需要付違約金給你們公司嗎"
    assert texts(long, "押金多少") == [long]


@given(st.text(max_size=80), st.lists(st.text(max_size=40), max_size=3))
def test_every_message_has_a_reading(message: str, before: list[str]) -> None:
    found = readings(message, after(*before))
    assert found
    assert any(reading.text == message and not reading.leans for reading in found)


CONVERSATIONS = [
    ("ANJU", ["押金多少錢"], "那清潔費呢？", "2,500 元"),
    ("HAOSHI", ["房租幾號要交"], "那押金呢？", "1 個月"),
    ("ANJU", ["可以養貓嗎"], "那狗呢", "小型寵物"),
    ("ANJU", ["退租要提前多久說"], "押金呢", "2 個月"),
    ("HAOSHI", ["遲繳會罰多少"], "那幾號之前要繳？", "10 號"),
    ("ANJU", ["冷氣壞了怎麼辦"], "多久會修好？", "24 小時"),
    ("ANJU", ["每月繳費日期是什麼時候？"], "晚繳租金會怎麼樣？", "200 元"),
    ("HAOSHI", ["每月繳費日期是什麼時候？"], "晚繳租金會怎麼樣？", "500 元"),
]


@pytest.mark.parametrize(("vendor", "before", "message", "expected"), CONVERSATIONS)
async def test_a_follow_up_is_answered(ask: Ask, vendor: str, before: list[str], message: str, expected: str) -> None:
    answer = await ask(vendor, message, history=after(*before))
    assert expected in answer.text


async def test_a_new_topic_that_nothing_is_known_about_does_not_repeat_the_answer_before(ask: Ask) -> None:
    answer = await ask("ANJU", "那股票呢？", history=after("押金多少錢"))
    assert answer.outcome is not Outcome.ANSWERED
