from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.sentences import split


@given(st.text(alphabet="。！？.!?;； \n{}a1」)，字"))
def test_splitting_loses_nothing(text: str) -> None:
    assert "".join(split(text)) == text


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("您好。租金 3.5 萬。", ["您好。", "租金 3.5 萬。"]),
        ("「好。」是嗎？！", ["「好。」", "是嗎？！"]),
        ("請見 www.a.tw/x?y=1 謝謝", ["請見 www.a.tw/x?y=1 謝謝"]),
        ("See v1.2 now! OK", ["See v1.2 now! ", "OK"]),
        ("1. 甲\n2. 乙", ["1. 甲\n", "2. 乙"]),
        ("{{a.b}}元。", ["{{a.b}}元。"]),
        ("Open 9 a.m. to 5 p.m. – ask. We close at 9 P.M. Pets stay.",
         ["Open 9 a.m. to 5 p.m. – ask. ", "We close at 9 P.M. ", "Pets stay."]),
    ],
)  # fmt: skip
def test_sentences_end_where_people_end_them(text: str, sentences: list[str]) -> None:
    assert split(text) == sentences
