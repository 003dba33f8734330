from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bot.llm.data import fenced, unfenced


@given(st.text())
def test_no_text_can_end_the_fence(text: str) -> None:
    block = fenced({"question": text})
    assert block.count("</data>") == 1
    assert unfenced(block) == {"question": text}


def test_text_without_a_fence_has_no_data() -> None:
    assert unfenced("hello") is None
