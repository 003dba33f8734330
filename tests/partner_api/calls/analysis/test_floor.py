"""Who had the floor, by hand-made stretches of speech."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partner_api.calls.analysis import floor
from partner_api.calls.analysis.cutting import pieces_of
from partner_api.calls.analysis.intervals import gaps, joined, length, overlap
from partner_api.calls.analysis.wire import Interval

MOMENT = st.integers(min_value=0, max_value=4_000).map(lambda tenths: tenths / 10)
STRETCHES = st.lists(st.tuples(MOMENT, MOMENT).filter(lambda one: one[0] < one[1]), max_size=30).map(joined)


@pytest.mark.parametrize(
    ("of", "by", "count"),
    [
        ([(0, 5)], [(4, 8)], 1), ([(0, 5)], [(2, 2.5)], 0), ([(0, 5)], [(5.1, 8)], 0), ([(0, 5)], [(4.9, 8)], 0),
        ([(0, 5)], [(0.1, 8)], 0), ([(0, 5), (10, 15)], [(4, 6), (14, 16)], 2), ([], [(1, 2)], 0),
    ],
    ids=["cuts in", "assents", "waits", "is early by a breath", "begins together", "twice", "alone"],
)  # fmt: skip
def test_who_begins_while_the_other_speaks_and_goes_on_interrupts(
    of: list[Interval], by: list[Interval], count: int
) -> None:
    assert floor.interruptions(of, by) == count


def test_latency_is_the_median_wait_before_an_answer() -> None:
    asked, answered = [(0.0, 2.0), (5.0, 6.0), (9.0, 10.0)], [(2.5, 4.0), (7.5, 8.0), (10.25, 12.0)]
    assert floor.latency(answered, asked) == 0.5


def test_an_answer_that_comes_too_early_is_no_wait() -> None:
    assert floor.latency([(1.5, 3.0)], [(0.0, 2.0)]) is None


def test_a_word_of_assent_does_not_end_a_monologue() -> None:
    assert floor.longest_monologue([(0.0, 4.0), (6.0, 10.0)], [(4.5, 5.0)]) == 10.0
    assert floor.longest_monologue([(0.0, 4.0), (6.0, 10.0)], [(4.5, 5.6)]) == 4.0
    assert floor.longest_monologue([], [(4.5, 5.6)]) is None


@given(STRETCHES, STRETCHES)
def test_what_overlaps_is_in_both_and_what_is_left_is_in_neither(first: list[Interval], second: list[Interval]) -> None:
    both, silent = overlap(first, second), gaps(joined(first + second), within=(0.0, 500.0))
    spoken = length(first) + length(second) - length(both)
    assert spoken + length(silent) == pytest.approx(500.0)


@given(STRETCHES, STRETCHES)
def test_pieces_have_all_speech_and_are_not_longer_than_wanted(speech: list[Interval], other: list[Interval]) -> None:
    pieces = list(pieces_of(speech, other=other, seconds=400.0, longest=50.0))
    assert all(end - start <= 50.001 for start, end in pieces)
    assert length(overlap(pieces, speech)) == pytest.approx(length(speech), abs=0.05)


def test_a_piece_ends_in_a_pause() -> None:
    speech = [(0.0, 40.0), (41.0, 44.0), (44.2, 90.0)]
    assert list(pieces_of(speech, seconds=90.0, longest=50.0)) == [(0.0, 40.25), (40.75, 90.0)]


def test_a_piece_ends_where_the_other_takes_the_floor_and_not_where_they_assent() -> None:
    speech, other = [(0.0, 4.0), (6.0, 10.0), (12.0, 14.0)], [(4.5, 5.5), (10.8, 11.1)]
    assert list(pieces_of(speech, other=other, seconds=20.0)) == [(0.0, 4.25), (5.75, 14.25)]
