from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from knowledge.composing.extractive import best_sentences

LONG = "本店成立多年。" * 40 + "押金為兩個月租金。" + "歡迎來電。" * 60


def test_a_short_text_is_said_whole() -> None:
    assert best_sentences("押金", "押金兩個月。歡迎來電。") == "押金兩個月。歡迎來電。"


def test_of_a_long_text_what_bears_on_the_question_is_said() -> None:
    said = best_sentences("押金要幾個月", LONG)
    assert "押金為兩個月租金。" in said
    assert len(said) <= 400


@given(st.text(alphabet="押金租。，a ", max_size=2000))
def test_only_whole_sentences_of_the_text_are_said(text: str) -> None:
    assert set(best_sentences("押金", text)) <= set(text)
    assert len(best_sentences("押金", text)) <= max(400, max((len(part) for part in text.split("。")), default=0) + 1)
