"""Figures of an answer that could be written as parameters."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.parameters import Parameter, ParameterType, fill
from knowledge.suggesting import suggest

N, M, T = ParameterType.NUMBER, ParameterType.MONEY, ParameterType.TEXT
PARAMETERS = {
    one.key: one
    for one in (
        Parameter("payment_day", "5", N, "號", "繳費日期"),
        Parameter("late_fee", "200", M, "元", "逾期手續費"),
        Parameter("deposit", "2", N, "個月", "押金月數"),
        Parameter("hotline", "0223456789", ParameterType.PHONE, None, "客服專線"),
        Parameter("hours", "10:00-19:00", T, None, "營業時間"),
    )
}


@pytest.mark.parametrize(
    ("answer", "key", "changed"),
    [
        ("房租請於每月5號前繳納。", "payment_day", "房租請於每月{{payment_day}}前繳納。"),
        ("租金於每月五日以前匯款。", "payment_day", "租金於每月{{payment_day}}以前匯款。"),
        ("逾期加收滯納金 NT$200。", "late_fee", "逾期加收滯納金 {{late_fee}}。"),
        ("逾期手續費兩百元。", "late_fee", "逾期手續費{{late_fee}}。"),
        ("押金為兩個月租金。", "deposit", "押金為{{deposit}}租金。"),
        ("客服專線 (02)2345-6789。", "hotline", "客服專線 {{hotline}}。"),
        ("營業時間 10:00~19:00。", "hours", "營業時間 {{hours}}。"),
    ],
)
def test_a_written_value_becomes_its_parameter(answer: str, key: str, changed: str) -> None:
    [found] = suggest(answer, PARAMETERS)
    assert (found.key, found.answer, answer[found.start : found.end]) == (key, changed, found.written)
    assert found.confidence >= 0.6


@pytest.mark.parametrize(
    "answer",
    [
        "每月6號前繳納租金。",
        "影印一張 200 元。",
        "大樓 5 號出口直走 200 公尺。",
        "退租請於 2 個月前通知。",
        "繳費日期是每月{{payment_day}}。",
        "水電費每月 5 號抄表。",
        "營業到 19:00。",
        "",
    ],
)
def test_other_figures_are_left_alone(answer: str) -> None:
    assert suggest(answer, PARAMETERS) == ()


@pytest.mark.parametrize(
    ("answer", "topic", "row"),
    [
        ("轉讓手續費1,000元。", "入會後可以轉讓嗎", ("join_fee", "1000", "入會費")),
        ("毛巾月租150元。", "置物櫃月租多少", ("locker_fee", "150", "置物櫃月租")),
    ],
)
def test_a_charge_for_another_thing_is_no_value_however_equal(answer: str, topic: str, row: tuple[str, ...]) -> None:
    key, value, name = row
    assert suggest(answer, {key: Parameter(key, value, M, "元", name)}, topic=topic) == ()


def test_each_figure_of_an_answer_has_its_own_suggestion() -> None:
    found = suggest("每月5號前繳納，逾期加收手續費 200 元。押金為 2 個月租金。", PARAMETERS)
    assert [one.key for one in found] == ["payment_day", "late_fee", "deposit"]


def test_the_question_helps_where_the_answer_is_short() -> None:
    assert [one.key for one in suggest("兩個月。", PARAMETERS, topic="押金要付幾個月")] == ["deposit"]


@given(st.sampled_from(["每月 {} 號前繳納房租。", "每月{}號前繳納房租。", "請在每月{}日前繳費。"]), st.integers(1, 28))
def test_what_was_suggested_says_the_same_when_it_is_filled(template: str, day: int) -> None:
    parameters = {"day": Parameter("day", str(day), N, "號", "繳費日期")}
    [found] = suggest(template.format(day), parameters)
    filled = fill(found.answer, parameters).text
    assert filled.replace(" ", "").replace("號", "日") == template.format(day).replace(" ", "").replace("號", "日")
