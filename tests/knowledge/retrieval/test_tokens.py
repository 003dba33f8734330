from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.retrieval.postings import postings_of, traits_of
from knowledge.retrieval.tokens import bare, fold, terms_of, topic_terms_of, without_courtesies

ANY_TEXT = st.text(st.characters(), max_size=80)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Ｗｉ－Ｆｉ", "wi-fi"),
        ("繳費", "缴费"),
        ("星期一公休", "週一公休"),
        ("禮拜天", "星期日"),
        ("deposits", "deposit"),
    ],
)
def test_two_ways_of_writing_have_the_same_terms(one: str, other: str) -> None:
    assert sorted(terms_of(one)) == sorted(terms_of(other))


def test_what_carries_a_sentence_is_no_topic() -> None:
    assert topic_terms_of("可以嗎").size == 0
    assert topic_terms_of("how do you do").size == 0
    assert topic_terms_of("押金是多少").tolist() == sorted(map(ord, "押金"))


def test_a_question_of_courtesies_alone_stays_itself() -> None:
    assert without_courtesies("請問押金多少，謝謝") == "押金多少"
    assert without_courtesies("你好") == "你好"


def test_two_texts_are_bare_alike_that_differ_in_dress_alone() -> None:
    assert bare("押金要付幾個月？！") == bare(" 押金,要付几个月")


def test_half_a_character_is_left_out() -> None:
    assert fold("押\ud800金") == "押金"


@given(st.lists(ANY_TEXT, max_size=5))
def test_texts_read_together_have_the_postings_that_each_has_alone(texts: list[str]) -> None:
    together = postings_of(texts)
    for at, text in enumerate(texts):
        alone = postings_of([text])
        assert sorted(together.terms[together.owners == at]) == sorted(alone.terms)
    assert together.size == len(texts)


@given(ANY_TEXT)
def test_every_term_of_a_text_is_among_its_postings(text: str) -> None:
    assert set(terms_of(text).tolist()) <= set(postings_of([text]).terms.tolist())


def test_a_misspelt_word_meets_its_relatives() -> None:
    right, wrong = postings_of(["reservation"]).terms, postings_of(["resevation"]).terms
    assert len(np.intersect1d(right, wrong)) >= 7


@given(ANY_TEXT)
def test_every_term_counts_something_and_at_most_one(text: str) -> None:
    weights, expected = traits_of(postings_of([text]).terms)
    assert ((weights > 0) & (weights <= 1)).all()
    assert ((expected > 0) & (expected < 1)).all()


def test_a_topic_counts_more_than_what_carries_it() -> None:
    weights, _ = traits_of(np.array([ord("押"), ord("吗")], dtype=np.uint64))
    assert weights[0] > weights[1]
