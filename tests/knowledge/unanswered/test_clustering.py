from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.retrieval.encoder import SentenceEncoder, Vectors
from knowledge.unanswered import clustering
from knowledge.unanswered.clustering import Centre, begun, joined, nearest


def unit(*numbers: float) -> Vectors:
    vector = np.array(numbers, dtype=np.float32)
    return np.asarray(vector / np.linalg.norm(vector), dtype=np.float32)


@pytest.mark.parametrize(
    "text", ["", "?", "？？", "貓", "哈哈哈哈", "aaaa", "123", "0912-345-678", "謝謝", "Hello!", "👍", "\u3164"]
)
def test_noise_and_small_talk_ask_nothing(text: str) -> None:
    assert not clustering.worth_keeping(text)


@pytest.mark.parametrize("text", ["押金", "可以養貓嗎", "wifi?", "謝謝，可以養貓嗎", "קפה"])
def test_a_question_is_worth_keeping(text: str) -> None:
    assert clustering.worth_keeping(text)


@pytest.mark.parametrize("said", ["可以養貓嗎？", "可以養貓嗎", " 可以 養貓嗎!!", "可以养猫吗"])
def test_the_same_words_are_the_same_question_whatever_the_vectors_say(said: str) -> None:
    assert nearest(said, unit(0, 1), [begun("可以養貓嗎？", unit(1, 0))]) == 0


def test_without_vectors_most_words_must_agree() -> None:
    centres = [begun("可以養貓嗎", None), begun("停車位多少錢", None)]
    assert nearest("我可以養貓嗎", None, centres) == 0
    assert nearest("停車位在哪裡", None, centres) is None
    assert nearest("押金幾個月", None, centres) is None


def test_people_who_ask_the_same_in_other_words_meet(encoder: SentenceEncoder) -> None:
    said = ["請問可以養寵物嗎", "能不能養寵物", "押金要付幾個月", "押金是幾個月", "可以養寵物嗎？小型犬"]
    centres: list[Centre] = []
    for text, vector in zip(said, encoder.encode(said), strict=True):
        at = nearest(text, vector, centres)
        centres = [*centres, begun(text, vector)] if at is None else centres
        if at is not None:
            centres[at] = joined(centres[at], text, vector)
    assert [centre.asked for centre in centres] == [3, 2]


def test_a_cluster_is_told_by_the_question_nearest_the_mean() -> None:
    centre = begun("edge", unit(1, 0))
    for text, vector in (("middle", unit(1, 1)), ("other edge", unit(0, 1))):
        centre = joined(centre, text, vector)
    assert (centre.text, centre.asked) == ("middle", 3)


def test_a_cluster_survives_its_row() -> None:
    centre = joined(begun("a", unit(1, 0)), "b", unit(1, 1))
    kept = clustering.unpack(centre.text, clustering.pack(centre), asked=2)
    for now, before in ((kept.mean, centre.mean), (kept.telling, centre.telling)):
        assert now is not None
        assert before is not None
        assert np.allclose(now, before)
    assert clustering.pack(begun("a", None)) is None


@pytest.mark.parametrize("blob", [None, b"", b"x", b"1234", bytes(12)])
def test_a_blob_that_holds_no_vectors_leaves_the_words(blob: bytes | None) -> None:
    assert clustering.unpack("a", blob, asked=1) == Centre("a", None, None, 1)


@given(texts=st.lists(st.text(min_size=1, max_size=12), min_size=1, max_size=8))
def test_every_question_finds_itself_again(texts: list[str]) -> None:
    centres = [begun(text, None) for text in texts]
    for text in texts:
        at = nearest(text, None, centres)
        assert at is not None
        assert clustering.likeness(text, None, centres[at]) >= 1
