"""Speech that was written without punctuation, cut into what is said."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partner_api.calls.analysis.text.clauses import clauses_of
from partner_api.calls.analysis.text.sentences import split


@pytest.mark.parametrize(
    ("run", "clauses"),
    [
        ("hello am i speaking with missus coleman", ["hello", "am i speaking with missus coleman"]),
        (
            "okay so the line is fine what would you like to do",
            ["okay so the line is fine", "what would you like to do"],
        ),
        ("您好請問是林先生嗎我這邊是遠華電信的專員", ["您好", "請問是林先生嗎", "我這邊是遠華電信的專員"]),
        ("מעולה היית אצלנו בשבוע שעבר איך היה לך", ["מעולה היית אצלנו בשבוע שעבר", "איך היה לך"]),
    ],
)
def test_a_run_of_words_is_cut_before_its_questions(run: str, clauses: list[str]) -> None:
    assert clauses_of(run) == clauses


@pytest.mark.parametrize(
    "run",
    [
        "i know what it is",
        "let me check what the price is",
        "that is what i do",
        "she can tell you how much it is",
        "אני לא יודע מתי",
        "想請問一下",
        "耶誕節快樂",
    ],
)
def test_a_question_within_a_statement_is_left_in_it(run: str) -> None:
    assert clauses_of(run) == [run]


def test_what_has_punctuation_is_not_cut_further() -> None:
    assert split("Well, I work from home and I need it so what can you do?") == [
        "Well, I work from home and I need it so what can you do?"
    ]


@given(st.text(alphabet="abdeiouwyhtsn 請問嗎那我然後喔מהתיאךל", max_size=120))
def test_no_letter_is_lost_or_added(text: str) -> None:
    assert "".join("".join(clauses_of(text)).split()) == "".join(text.split())
