"""What asks, and what answers."""

from __future__ import annotations

import pytest

from partner_api.calls.analysis.text.questions import is_question, questions_in
from partner_api.calls.analysis.text.sentences import sentences_of
from partner_api.calls.analysis.turns import Speaker, Turn


def asks(text: str) -> bool:
    return is_question(sentences_of([Turn(Speaker.AGENT, None, None, None, text)])[0])


@pytest.mark.parametrize(
    "text",
    [
        "請問您現在方便嗎",
        "这个多少钱",
        "你們幾點開門",
        "how much is it",
        "so can you send it",
        "כמה זה עולה",
        "האם זה כולל משלוח",
        "真的嗎?",
        "那綁約要綁多久啊",
        "what happens if it rains",
        "מה שלומך",
        "רוצה שאני אשלח לך",
    ],
)
def test_questions_are_told_without_their_mark(text: str) -> None:
    assert asks(text)


@pytest.mark.parametrize(
    "text",
    [
        "我不知道有沒有",
        "沒什麼特別的",
        "when I called yesterday nobody answered",
        "I don't know what it is",
        "אני לא יודע כמה זה עולה",
        "多少會有一點",
        "מיכל אברהמי",
        "so what we do is we call you",
    ],
)
def test_statements_with_question_words_are_none(text: str) -> None:
    assert not asks(text)


def answered(*lines: str) -> list[bool | None]:
    who = {"A": Speaker.AGENT, "C": Speaker.CUSTOMER, "U": Speaker.UNKNOWN}
    turns = [Turn(who[line[0]], None, None, None, line[3:]) for line in lines]
    return [question["answered"] for question in questions_in(sentences_of(turns))]


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (["C: 要多久?", "A: 三個工作天。"], True),
        (["C: 要多久?", "A: 我了解您的意思。"], False),
        (["C: 要多久?", "A: 我查一下。", "C: 好。", "A: 大約五天。"], True),
        (["C: What is it?", "A: Okay."], False),
        (["C: Is it new?", "A: Yes."], True),
        (["C: How much is delivery?", "A: It's free."], True),
        (["C: למה זה קרה?", "A: אני לא יודע."], False),
        (["C: 可以退嗎?"], False),
    ],
)
def test_an_answer_states_something(lines: list[str], expected: bool) -> None:
    assert answered(*lines)[0] is expected


def test_nobody_knows_whether_an_unknown_speaker_was_answered() -> None:
    assert answered("U: 可以退嗎?", "U: 可以。") == [None]
