"""Transcripts that partners give, read into turns and written again."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partner_api.calls.analysis.turns import Turn, segments_of, speaker_of, turns_of, written

SAID = st.from_regex(r"[\w?!,.]+( [\w?!,.:]+){0,8}", fullmatch=True)
TURNS = st.lists(
    st.builds(Turn, st.sampled_from(["agent", "customer", "unknown"]), st.none(), st.none(), st.none(), SAID),
    min_size=1,
)


@given(TURNS)
def test_what_is_written_is_read_back(turns: list[Turn]) -> None:
    assert turns_of(written(turns)) == turns


@given(TURNS)
def test_segments_are_read_back(turns: list[Turn]) -> None:
    assert [turn.speaker for turn in turns_of(segments_of(turns))] == [turn.speaker for turn in turns]


@given(st.text())
def test_any_text_is_read_and_no_turn_is_empty_or_of_many_lines(text: str) -> None:
    assert all(turn.text.strip() and len(turn.text.splitlines()) == 1 for turn in turns_of(text))


@given(st.lists(st.recursive(st.none() | st.floats() | st.text() | st.booleans(), st.lists) | st.dictionaries(
    st.sampled_from(["speaker", "text", "start", "end", "channel"]), st.none() | st.floats() | st.text() | st.integers()
)))  # fmt: skip
def test_any_list_is_read(given_list: list[object]) -> None:
    assert all(turn.end is None or (turn.start or 0) <= turn.end for turn in turns_of(given_list))


@pytest.mark.parametrize(
    ("line", "speaker"),
    [
        ("Agent: hello", "agent"), ("CUSTOMER : hello", "customer"), ("客服：您好", "agent"), ("顧客: 好", "customer"),
        ("נציג: שלום", "agent"), ("לקוחה: שלום", "customer"), ("Agent (Dana): hello", "agent"),
        ("Customer 1: hello", "customer"), ("**Agent**: hello", "agent"), ("Speaker 2: hello", "unknown"),
        ("Note: hello", "unknown"), ("hello", "unknown"), ("[00:12] Agent: hello", "agent"),
    ],
)  # fmt: skip
def test_a_label_says_who_speaks(line: str, speaker: str) -> None:
    assert [turn.speaker for turn in turns_of(line)] == [speaker]


def test_a_line_without_a_speaker_goes_on_with_the_turn_before() -> None:
    assert [turn.text for turn in turns_of("Agent: one\ntwo: three\nCustomer: four")] == ["one two: three", "four"]


def test_where_nobody_is_named_each_line_is_a_turn_of_nobody_known() -> None:
    assert [(turn.speaker, turn.text) for turn in turns_of("one\n\ntwo")] == [("unknown", "one"), ("unknown", "two")]


@pytest.mark.parametrize(
    ("line", "start", "end"),
    [
        ("[01:05] Agent: hi", 65.0, None), ("(1:00:05.5 - 1:00:07) Agent: hi", 3605.5, 3607.0),
        ("00:10 --> 00:08 Agent: hi", 10.0, None), ("Agent: at 10:30", None, None),
    ],
)  # fmt: skip
def test_a_line_may_begin_with_its_time(line: str, start: float | None, end: float | None) -> None:
    assert [(turn.start, turn.end) for turn in turns_of(line)] == [(start, end)]


def test_objects_carry_times_and_channels_and_those_that_make_no_sense_are_left_out() -> None:
    item = {"speaker": "Rep", "text": " hi \n there ", "start": 1, "end": 2.5, "channel": 1}
    assert turns_of([item]) == [Turn("agent", 1, 1.0, 2.5, "hi there")]
    broken = {"speaker": "Rep", "text": "hi", "start": float("nan"), "end": -1, "channel": True}
    assert turns_of([broken]) == [Turn("agent", None, None, None, "hi")]


def test_objects_with_text_alone_are_lines() -> None:
    assert turns_of([{"text": "Agent: one", "speaker": None}, {"text": "two"}]) == [
        Turn("agent", None, None, None, "one two")
    ]


def test_what_is_no_known_name_names_nobody() -> None:
    assert speaker_of("Dana") is None
