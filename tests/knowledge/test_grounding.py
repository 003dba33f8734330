from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.grounding import facts_in, ungrounded


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("每月 5 號", "每月五號"),
        ("５號", "5號"),
        ("NT$12,000", "一萬二千元"),
        ("02-2345-6789", "(02) 2345-6789"),
        ("0912345678", "+886 912-345-678"),
        ("下午六點半", "18:30"),
        ("2026/3/5", "2026 年 3 月 5 日"),
        ("三月五號", "3/5"),
        ("5%", "百分之五"),
        ("https://a.tw/x", "https://A.tw/x"),
        ("30 日內", "30 天"),
        ("200 塊", "200 元"),
        ("NT$200", "兩百元"),
        ("5號", "每月5日"),
        ("半年", "六個月"),
        ("兩週", "14 天"),
        ("一個半月", "1.5 個月"),
        ("一成", "10%"),
        ("85 折", "八五折"),
        ("3-5 天", "三到五天"),
        ("民國115年3月5日", "2026-03-05"),
        ("二〇二六年三月五日", "March 5, 2026"),
        ("6 pm", "18:00"),
        ("within 5 days", "5 天內"),
        ("the 5th of each month", "每月五號"),
    ],
)
def test_two_ways_to_write_a_fact_are_one(one: str, other: str) -> None:
    assert facts_in(one)
    assert ungrounded(one, [other]) == ungrounded(other, [one]) == ()


def test_a_number_of_something_else_grounds_nothing() -> None:
    assert ungrounded("每月 5 號", ["寬限 5 天，共 5 次"]) == ("number:5:號",)


@pytest.mark.parametrize(
    ("answer", "source"),
    [
        ("押金 2 個月", "辦公室在 2 樓，2 月搬家，A2 出口"),
        ("每月 5 號", "中山路 12 巷 5 號"),
        ("5 天內", "第 5 天開始"),
        ("3 個月", "3 月開始"),
        ("200 元", "200 美元"),
        ("5 號", "5 日內"),
    ],
)
def test_what_only_looks_alike_grounds_nothing(answer: str, source: str) -> None:
    assert ungrounded(answer, [source])


def test_a_day_is_grounded_in_a_date_with_its_year() -> None:
    assert ungrounded("3 月 5 日前", ["2026/3/5"]) == ()
    assert ungrounded("2026/3/5", ["3 月 5 日前"])


@pytest.mark.parametrize(
    "answer",
    ["每月 6 號", "三百元", "0987-654-321", "http://evil.example", "x@evil.example", "下午三點", "2027/1/1", "兩個月"],
)
def test_a_foreign_figure_is_found(answer: str) -> None:
    sources = ["每月 5 號，200 元，02-2345-6789，https://a.tw，a@b.tw，09:00-18:00，2026/1/1，押金 1 個月"]
    assert ungrounded(answer, sources)


@pytest.mark.parametrize(
    "text", ["請您等一下", "我們一起想辦法", "1. 甲\n2. 乙", "一、先登記\n二、再付款", "請留下一個電話"]
)
def test_words_and_list_marks_are_no_figures(text: str) -> None:
    assert facts_in(text) == frozenset()


@given(st.text(), st.text())
def test_an_answer_is_grounded_in_itself_and_any_more(answer: str, more: str) -> None:
    assert ungrounded(answer, [more, answer]) == ()


@given(st.integers(2, 10**9), st.integers(2, 10**9))
def test_another_number_is_never_grounded(said: int, known: int) -> None:
    assert bool(ungrounded(f"共 {said:,} 元", [f"共 {known} 元"])) == (said != known)
