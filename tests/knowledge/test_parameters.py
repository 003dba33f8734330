from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.parameters import InvalidValue, Parameter, ParameterType, check, fill, type_named, written

N, M, T = ParameterType.NUMBER, ParameterType.MONEY, ParameterType.TEXT
D, P, B = ParameterType.DATE, ParameterType.PHONE, ParameterType.BOOL


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
        (Parameter("a", "300", M, "NT$"), "NT$300"),
        (Parameter("a", "12000", N, "元/月"), "12,000 元/月"),
        (Parameter("a", "2.5", N, "個月"), "2.5 個月"),
        (Parameter("a", "30", N, "%"), "30%"),
        (Parameter("a", "3-5", T, "天"), "3-5 天"),
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
        ("{{day}}日前", "5日前"),
        ("NT${{fee}}元", "NT$1,200元"),
        ("{{fee}}塊錢", "1,200塊錢"),
        ("每月{{text}}號", "每月5號"),
        ("先繳。罰{{empty}}。再說。", "先繳。再說。"),
    ],
)
def test_placeholders_become_values(text: str, expected: str) -> None:
    values = (Parameter("day", "5", N, "號"), Parameter("fee", "1200", N, "元"), Parameter("empty", " "))
    parameters = {one.key: one for one in (*values, Parameter("text", "每月5號"))}
    assert fill(text, parameters).text == expected


@given(st.text(alphabet="{}a b%。\n"), st.text(alphabet="{}a b%。\n").filter(str.strip))
def test_values_are_put_in_once_and_never_looked_at_again(before: str, value: str) -> None:
    parameters = {"key": Parameter("key", value), "a": Parameter("a", "LEAK")}
    filled = fill("x{{key}}y", parameters)
    assert filled.text == f"x{value.strip()}y"
    assert fill(before, {}).used == frozenset()


@pytest.mark.parametrize(
    ("value", "type_", "unit", "stored"),
    [
        (" 1 ", N, None, "1"),
        ("1.5", N, "天", "1.5"),
        ("1,200", N, None, "1200"),
        ("１２", N, None, "12"),
        ("五", N, "號", "5"),
        ("5 號", N, "號", "5"),
        ("30%", N, "%", "30"),
        ("百分之五", N, "%", "5"),
        ("-5", N, "°C", "-5"),
        ("三萬五", M, None, "35000"),
        ("NT$12,000 元整", M, "元", "12000"),
        ("兩百塊", M, "元", "200"),
        ("2026/3/5", D, None, "2026-03-05"),
        ("民國115年3月5日", D, None, "2026-03-05"),
        ("115/03/05", D, None, "2026-03-05"),
        ("二〇二六年三月五日", D, None, "2026-03-05"),
        ("（02）2345-6789 分機 12", P, None, "(02)2345-6789 分機 12"),
        ("0912345678", P, None, "0912345678"),
        ("+886 2 2345 6789", P, None, "+886 2 2345 6789"),
        ("1999", P, None, "1999"),
        ("是", B, None, "true"),
        ("No", B, None, "false"),
        (" 銀行轉帳、LINE Pay ", T, None, "銀行轉帳、LINE Pay"),
        ("", T, None, ""),
    ],
)
def test_a_value_is_stored_in_one_form(value: str, type_: ParameterType, unit: str | None, stored: str) -> None:
    assert check(value, type_, unit) == stored
    assert check(stored, type_, unit) == stored


@pytest.mark.parametrize(
    ("value", "type_", "unit"),
    [
        *((value, N, None) for value in ("", "1-5", "NaN", "inf", "1e9", "五六天", "0x10", "9" * 40, "1,20", "一起")),
        ("5 天", N, "號"),
        ("3-5 天", N, "天"),
        ("-200", M, "元"),
        ("100 美元", M, "元"),
        *((value, D, None) for value in ("3/5", "2026-02-30", "每月5號", "15/3/5", "")),
        *((value, P, None) for value in ("12345", "2345-6789", "0912-345", "請洽櫃台", "09123456789")),
        ("maybe", B, None),
        ("a\0b", T, None),
        ("字" * 2001, T, None),
    ],
)
def test_what_is_not_of_its_type_is_refused_in_a_sentence(value: str, type_: ParameterType, unit: str | None) -> None:
    with pytest.raises(InvalidValue) as caught:
        check(value, type_, unit)
    assert 20 < len(str(caught.value)) < 200


@given(st.text(max_size=40), st.sampled_from(ParameterType), st.sampled_from([None, "元", "號", "%"]))
def test_no_value_breaks_the_check_and_what_is_stored_stays(value: str, type_: ParameterType, unit: str | None) -> None:
    try:
        stored = check(value, type_, unit)
    except InvalidValue:
        return
    assert check(stored, type_, unit) == stored
    written(Parameter("a", stored, type_, unit))


@pytest.mark.parametrize(
    ("name", "type_"), [("text", T), ("String", T), ("integer", N), ("float", N), ("boolean", B), ("money", M)]
)
def test_the_usual_names_of_types_are_understood(name: str, type_: ParameterType) -> None:
    assert type_named(name) is type_


def test_an_unknown_type_is_refused() -> None:
    with pytest.raises(InvalidValue, match="json"):
        type_named("json")
