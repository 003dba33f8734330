from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from knowledge.retrieval.bm25 import IMAGINED, K1, B, Bm25
from knowledge.retrieval.postings import postings_of, traits_of
from knowledge.retrieval.tokens import Terms, topic_terms_of

TEXTS = st.lists(st.text("押金房租貓 abc", max_size=12), min_size=1, max_size=6)


def terms(text: str) -> Terms:
    return postings_of([text]).terms


def by_the_formula(texts: list[str], query: str) -> list[float]:
    documents = [terms(text).tolist() for text in texts]
    filled = [len(document) for document in documents if document]
    average = max(sum(filled) / max(len(filled), 1), 1)
    scores = [0.0] * len(texts)
    for term in set(terms(query).tolist()):
        weights, expected = traits_of(np.array([term], dtype=np.uint64))
        seen = sum(term in document for document in documents) + IMAGINED * float(expected[0])
        idf = float(weights[0]) * np.log1p((len(filled) + IMAGINED - seen + 0.5) / (seen + 0.5))
        for at, document in enumerate(documents):
            count = document.count(term)
            scores[at] += idf * count * (K1 + 1) / (count + K1 * (1 - B + B * len(document) / average))
    return scores


@given(TEXTS, st.text("押金房租貓 abc", min_size=1, max_size=8))
def test_scores_are_those_of_the_formula(texts: list[str], query: str) -> None:
    scores = Bm25(postings_of(texts)).scores(terms(query))
    np.testing.assert_allclose(scores, by_the_formula(texts, query), rtol=2e-3, atol=1e-4)


def test_a_shorter_text_about_the_same_scores_higher() -> None:
    scores = Bm25(postings_of(["押金兩個月", "押金兩個月，退租點交沒有問題後無息退還", "可以養貓"])).scores(
        terms("押金")
    )
    assert scores[0] > scores[1] > scores[2] == 0


def test_a_rare_term_tells_more_than_a_common_one() -> None:
    field = Bm25(postings_of(["房租日期", "房租方式", "押金方式"]))
    scores = field.scores(terms("押金房租"))
    assert scores[2] > scores[0]


def test_a_term_that_nobody_holds_raises_the_ceiling_alone() -> None:
    field = Bm25(postings_of(["房租", "押金"]))
    assert field.ceiling(terms("押金蛋糕")) > field.ceiling(terms("押金"))
    assert (field.scores(terms("押金蛋糕")) == field.scores(terms("押金"))).all()


def test_coverage_is_the_share_of_the_topic_that_is_spoken_of() -> None:
    coverage = Bm25(postings_of(["押金兩個月", "房租五號"])).coverage(topic_terms_of("押金"))
    assert coverage.tolist() == [1, 0]


def test_a_field_without_texts_scores_nothing() -> None:
    empty = Bm25(postings_of([]))
    assert empty.scores(terms("押金")).size == 0
    assert Bm25(postings_of(["", ""])).scores(terms("押金")).tolist() == [0, 0]
