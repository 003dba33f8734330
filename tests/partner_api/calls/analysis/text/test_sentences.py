"""Where sentences end, in punctuated and in recognised speech."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partner_api.calls.analysis.text.sentences import sentences_of, split
from partner_api.calls.analysis.turns import Speaker, Turn


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("您好。請問是王先生嗎?對!", ["您好。", "請問是王先生嗎?", "對!"]),
        ("真的嗎??太好了!!", ["真的嗎??", "太好了!!"]),
        (
            "It costs $4.50 a month. Dr. Lin called at 3 p.m. today.",
            ["It costs $4.50 a month.", "Dr. Lin called at 3 p.m. today."],
        ),
        ("שלום. מה שלומך? טוב.", ["שלום.", "מה שלומך?", "טוב."]),
        ("太貴了 別家只要六百", ["太貴了", "別家只要六百"]),
        ("", []),
    ],
)
def test_sentences_end_where_people_end_them(text: str, sentences: list[str]) -> None:
    assert split(text) == sentences


def test_long_speech_without_full_stops_is_cut_at_its_pauses() -> None:
    clause = "然後我就打電話去問他們到底什麼時候會來,"
    assert len(split(clause * 6)) > 1
    assert all(len(sentence) <= 80 for sentence in split(clause * 6))


@given(st.text(max_size=200))
def test_no_letter_is_lost(text: str) -> None:
    assert "".join("".join(split(text)).split()) == "".join(text.split())


def test_a_sentence_knows_its_turn() -> None:
    turns = [Turn(Speaker.AGENT, 0, 1.5, 4.0, "您好。請說。"), Turn(Speaker.CUSTOMER, 1, 4.5, 6.0, "好。")]
    assert [(one.turn, one.speaker, one.start) for one in sentences_of(turns)] == [
        (0, "agent", 1.5),
        (0, "agent", 1.5),
        (1, "customer", 4.5),
    ]
