"""Feelings by the words that show them."""

from __future__ import annotations

from typing import Any

import pytest

from partner_api.calls.analysis.sentiment import feel, feeling_of
from partner_api.calls.analysis.text.sentences import sentences_of
from partner_api.calls.analysis.turns import Speaker, Turn


def value(text: str) -> float:
    return sum(
        feeling_of(sentence).value for sentence in sentences_of([Turn(Speaker.CUSTOMER, None, None, None, text)])
    )


@pytest.mark.parametrize(
    "text",
    [
        "服務很好,我很滿意",
        "质量不错",
        "一點都不麻煩,很方便",
        "this is great",
        "it wasn't bad",
        "אני מאוד מרוצה",
        "השירות היה מעולה",
    ],
)
def test_good_words(text: str) -> None:
    assert value(text) > 0.15


@pytest.mark.parametrize(
    "text",
    [
        "我非常失望",
        "服務不是很好",
        "我不太滿意",
        "this isn't good",
        "I'm not very happy",
        "terrible service",
        "אני לא מרוצה",
        "שירות גרוע",
    ],
)
def test_bad_words_and_good_ones_under_a_negation(text: str) -> None:
    assert value(text) < -0.15


@pytest.mark.parametrize(
    "text",
    [
        "不好意思,麻煩您了,謝謝",
        "差不多",
        "請問貴姓",
        "沒問題",
        "您滿意嗎?",
        "如果不滿意可以退",
        "很高興為您服務",
        "good morning, thank you",
        "no problem",
        "is it expensive?",
        "if you're not happy, call us",
        "בוקר טוב, תודה",
        "אין בעיה",
        "123",
        "我的冷氣壞掉了,想約人來修",
        "下午三點很好",
        "Monday's perfect.",
        "That would be great.",
        "Good, thanks, and you?",
        "My dishwasher is broken.",
        "I'm afraid not.",
        "בבקשה תחזרו אליי",
        "תסביר לי איך זה עובד",
        "יום שני מצוין",
    ],
)
def test_courtesies_questions_and_conditions_show_nothing(text: str) -> None:
    assert value(text) == 0


def test_an_intensifier_counts_half_again_and_a_diminisher_less() -> None:
    assert value("真的不錯") > value("不錯") > 0
    assert value("非常慢") < value("慢") < value("有點慢") < 0
    assert value("really slow") < value("slow") < value("a bit slow") < 0


def test_a_negation_ends_with_its_clause() -> None:
    assert value("I don't know, it's great") > 0
    assert value("不知道,但是很好") > 0


def felt(*lines: tuple[str, str], language: str | None = "en") -> dict[str, Any]:
    return feel([Turn(who, None, float(at), None, text) for at, (who, text) in enumerate(lines)], language)


CALL = [
    (Speaker.CUSTOMER, "This is terrible."),
    (Speaker.AGENT, "I am looking at it."),
    (Speaker.CUSTOMER, "It is broken again."),
    (Speaker.AGENT, "We send a new one."),
    (Speaker.CUSTOMER, "On Monday please."),
    (Speaker.AGENT, "Monday it is."),
    (Speaker.CUSTOMER, "That is great."),
    (Speaker.AGENT, "Any other question?"),
    (Speaker.CUSTOMER, "No, you were very helpful."),
]


def test_the_balance_of_each_speaker_and_the_course() -> None:
    found = felt(*CALL)
    assert found["overall"]["source"] == "transcript"
    assert -1 <= found["overall"]["value"] <= 1
    assert found["by_speaker"]["agent"]["value"] == 0
    assert found["course"]["first_third"]["value"] < 0 < found["course"]["last_third"]["value"]
    assert found["course"]["change"]["value"] > 0
    assert found["counts"] == {"sentences": 9, "positive": 2, "negative": 2}


def test_the_sentences_that_show_it() -> None:
    evidence = felt(*CALL)["evidence"]
    assert [(one["turn"], one["polarity"], one["words"]) for one in evidence] == [
        (0, "negative", ["terrible"]),
        (2, "negative", ["broken"]),
        (6, "positive", ["great"]),
        (8, "positive", ["helpful"]),
    ]
    assert evidence[0]["sentence"] == "This is terrible."
    assert (evidence[0]["speaker"], evidence[0]["start"]) == ("customer", 0.0)


@pytest.mark.parametrize(
    ("lines", "language"),
    [
        ([], "en"),
        ([(Speaker.CUSTOMER, "Great.")], "en"),
        ([(Speaker.CUSTOMER, "C'est très bien, merci beaucoup.")] * 9, "fr"),
        ([(Speaker.CUSTOMER, "C'est très bien, merci beaucoup.")] * 9, None),
        ([(Speaker.CUSTOMER, "とても良いです。")] * 9, None),
    ],
)
def test_what_is_too_little_or_unknown_is_null_and_says_why(lines: list[tuple[str, str]], language: str | None) -> None:
    overall = felt(*lines, language=language)["overall"]
    assert (overall["value"], overall["source"]) == (None, None)
    assert overall["reason"]


def test_the_language_is_told_by_the_words_where_nobody_named_it() -> None:
    assert felt(*CALL, language=None) == felt(*CALL)


@pytest.mark.parametrize(
    ("speaker", "text"),
    [
        (Speaker.CUSTOMER, "שלוש מאות שקל"),
        (Speaker.CUSTOMER, "הוא ביקר בסניף"),
        (Speaker.CUSTOMER, "the outstanding balance is on the bill"),
        (Speaker.CUSTOMER, "okay great so where do I send it"),
        (Speaker.AGENT, "Perfect, I have you down for Monday."),
        (Speaker.AGENT, "太好了,那我幫您登記"),
        (Speaker.AGENT, "מעולה אז אני רושמת"),
        (Speaker.AGENT, "The strip is damaged again, that is slow."),
        (Speaker.AGENT, "I'm sorry, that must be really frustrating."),
        (Speaker.AGENT, "真的很不好意思,讓您這麼生氣"),
        (Speaker.AGENT, "אני מבינה, זה באמת מתסכל"),
    ],
)
def test_what_only_looks_or_nods_like_a_feeling_is_none(speaker: Speaker, text: str) -> None:
    assert {feeling_of(one).value for one in sentences_of([Turn(speaker, None, None, None, text)])} == {0.0}


@pytest.mark.parametrize("text", ["又壞掉了", "This is the third time it's broken.", "זה שוב התקלקל"])
def test_what_does_not_work_counts_where_it_is_said_with_weight(text: str) -> None:
    assert value(text) < -0.15


@pytest.mark.parametrize(
    "text", ["right so I have to do this all over again lovely", "נו יופי, כל הכבוד לכם.", "你們還真厲害"]
)
def test_praise_behind_a_complaint_means_the_opposite(text: str) -> None:
    assert value(text) < -0.15


def test_an_agent_has_feelings_of_their_own() -> None:
    [own] = [feeling_of(one) for one in sentences_of([Turn(Speaker.AGENT, None, None, None, "I'm really happy.")])]
    assert own.value > 0
