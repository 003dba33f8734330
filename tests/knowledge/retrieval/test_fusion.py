from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from knowledge.retrieval.fusion import Signals, confidence, fuse

SHARE = st.floats(0, 1, width=32)
ENTRIES = st.lists(st.tuples(SHARE, SHARE, SHARE), min_size=1, max_size=6)


def signals(words: list[float], likeness: list[float] | None = None, *, foreign: bool = False) -> Signals:
    """Entries whose words, coverage and question vector fit as given."""
    shares = np.array(words, dtype=np.float32)
    vectors = None if likeness is None else np.array(likeness, dtype=np.float32)
    zeros = np.zeros_like(shares)
    return Signals(zeros, shares, shares, vectors, None if vectors is None else zeros, zeros + 1, foreign)


def test_what_fits_in_words_and_meaning_wins_over_what_fits_in_one() -> None:
    score = fuse(signals([0.6, 0.6, 0.1], [0.8, 0.2, 0.8]))
    assert score[0] > max(score[1], score[2])


def test_words_alone_rank_where_there_are_no_vectors() -> None:
    assert fuse(signals([0.1, 0.9, 0.4])).argmax() == 1


@given(ENTRIES, st.booleans())
def test_confidence_is_a_probability_and_none_goes_to_what_is_no_candidate(
    entries: list[tuple[float, float, float]], foreign: bool
) -> None:
    given_signals = signals([one[0] for one in entries], [one[1] for one in entries], foreign=foreign)
    score = np.array([one[2] for one in entries], dtype=np.float32)
    sure = confidence(given_signals, score)
    assert ((sure >= 0) & (sure <= 1)).all()
    assert (sure[score == 0] == 0).all()


def test_an_entry_that_stands_out_is_surer_than_one_of_two() -> None:
    alone, one_of_two = signals([0.5, 0.0], [0.6, 0.1]), signals([0.5, 0.5], [0.6, 0.6])
    assert confidence(alone, fuse(alone)).max() > 0.5 > confidence(one_of_two, fuse(one_of_two)).max()


def test_being_the_least_bad_is_no_merit() -> None:
    weak = signals([0.02, 0.0], [0.15, 0.0])
    assert confidence(weak, fuse(weak)).max() < 0.1


def test_a_foreign_question_needs_no_words_but_a_near_meaning() -> None:
    near, far = signals([0, 0], [0.55, 0.1], foreign=True), signals([0, 0], [0.25, 0.1], foreign=True)
    assert confidence(near, fuse(near)).max() > 0.5 > confidence(far, fuse(far)).max()
