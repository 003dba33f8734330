from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.parameters import Parameter, ParameterType, fill, written

N, M, T = ParameterType.NUMBER, ParameterType.MONEY, ParameterType.TEXT


@pytest.mark.parametrize(
    ("parameter", "expected"),
    [
        (Parameter("a", "1", N, "號"), "1 號"),
        (Parameter("a", "200", N, "元"), "200 元"),
        (Parameter("a", "12000", M), "12,000 元"),
        (Parameter("a", "3.50", N, "%"), "3.50%"),
        (Parameter("a", "0223456789"), "02-2345-6789"),
        (Parameter("a", "0912345678", ParameterType.PHONE), "0912-345-678"),
        (Parameter("a", "0800123456", ParameterType.PHONE), "0800-123-456"),
        (Parameter("a", "049-222-3333", ParameterType.PHONE), "049-222-3333"),
        (Parameter("a", "2026-03-05", ParameterType.DATE), "2026 年 3 月 5 日"),
        (Parameter("a", "true", ParameterType.BOOL), "是"),
        (Parameter("a", "不是數字", N, "天"), "不是數字 天"),
        (Parameter("a", "15", T, "號"), "15 號"),
        (Parameter("a", "nan", N, "天"), "nan 天"),
    ],
)
def test_values_are_written_as_people_write_them(parameter: Parameter, expected: str) -> None:
    assert written(parameter) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("每月 {{day}}前", "每月 5 號前"),
        ("每月 {{day}} 號前", "每月 5 號前"),
        ("NT${{ fee }}。", "NT$1,200。"),
        ("先繳。{{missing}} 元。再說。", "先繳。再說。"),
        ("{{missing}}", ""),
        ("{{ day", "{{ day"),
    ],
)
def test_placeholders_become_values(text: str, expected: str) -> None:
    parameters = {"day": Parameter("day", "5", N, "號"), "fee": Parameter("fee", "1200", N, "元")}
    assert fill(text, parameters).text == expected


@given(st.text(alphabet="{}a b%。\n"), st.text(alphabet="{}a b%。\n"))
def test_values_are_put_in_once_and_never_looked_at_again(before: str, value: str) -> None:
    parameters = {"key": Parameter("key", value), "a": Parameter("a", "LEAK")}
    filled = fill("x{{key}}y", parameters)
    assert filled.text == f"x{value.strip()}y"
    assert fill(before, {}).used == frozenset()
