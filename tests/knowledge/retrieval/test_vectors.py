from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from knowledge.retrieval.encoder import SentenceEncoder
from knowledge.retrieval.vectors import MAX_PASSAGES, PASSAGE_CHARACTERS, ByteRows, pack, texts_of, unpack


def test_vectors_survive_the_store(encoder: SentenceEncoder) -> None:
    texts = texts_of("押金多少", "押金是 {{deposit}}。")
    vectors = encoder.encode(texts.all)
    unpacked = unpack(encoder, texts, pack(encoder, texts, vectors))
    assert unpacked is not None
    assert (unpacked == vectors).all()


def test_vectors_of_another_text_or_a_broken_blob_count_as_missing(encoder: SentenceEncoder) -> None:
    texts = texts_of("押金多少", "兩個月。")
    blob = pack(encoder, texts, encoder.encode(texts.all))
    assert unpack(encoder, texts_of("租金多少", "兩個月。"), blob) is None
    assert unpack(encoder, texts, blob[:-4]) is None
    assert unpack(encoder, texts, None) is None


def test_like_wordings_are_near_and_unlike_ones_far(encoder: SentenceEncoder) -> None:
    asked, same, other = encoder.encode(["房租幾號要交", "每月繳費日期是什麼時候", "可以養貓嗎"])
    assert asked @ same > asked @ other + 0.1


@given(st.text(max_size=3000))
def test_passages_stay_within_their_size(answer: str) -> None:
    passages = texts_of("", answer).passages
    assert len(passages) <= MAX_PASSAGES
    assert all(0 < len(passage) <= PASSAGE_CHARACTERS for passage in passages)


def test_keywords_are_encoded_with_their_question() -> None:
    assert texts_of("有賣咖啡豆嗎", "有的。", "半磅 濾掛").question == "有賣咖啡豆嗎 半磅 濾掛"
    assert texts_of("", "有的。", "").question == ""


@given(st.integers(1, 1100), st.integers(0, 2**32 - 1))
def test_byte_rows_keep_cosines(rows: int, seed: int) -> None:
    chance = np.random.default_rng(seed)
    vectors = chance.standard_normal((rows, 64)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    vector = vectors[0].copy()
    np.testing.assert_allclose(ByteRows(vectors).dot(vector), vectors @ vector, atol=0.005)


def test_a_row_of_zeros_is_near_to_nothing() -> None:
    assert ByteRows(np.zeros((2, 4), dtype=np.float32)).dot(np.ones(4, dtype=np.float32)).tolist() == [0, 0]


def test_byte_rows_may_be_none() -> None:
    assert ByteRows(np.zeros((0, 4), dtype=np.float32)).dot(np.ones(4, dtype=np.float32)).size == 0
