from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given as any_given
from hypothesis import strategies as st

from knowledge.intents.collecting import Collected, Said, collect, given
from knowledge.intents.endpoints import Wanted

TODAY = date(2026, 1, 7)  # A Wednesday.
ORDER = Wanted("order_no", "訂單編號", pattern=r"[A-Z]\d{5}")
PHONE = Wanted("phone", "聯絡電話")
NAME = Wanted("name", "訂位大名")


def of(*wanted: Wanted, message: str, only_certain: bool = False, **said: Any) -> Collected:
    return collect(wanted, Said(message, **said), today=TODAY, only_certain=only_certain)


@pytest.mark.parametrize(
    "text",
    [
        "A12345",
        "ａ１２３４５",
        "我的訂單a12345到哪了",
        "編號：A12345。",
        "A-12345",
        "A12345,謝謝",
        "單號 A12345 還沒到",
    ],
)
def test_a_value_is_found_by_its_pattern_however_it_is_written(text: str) -> None:
    if "-" not in text:
        assert given(ORDER, text, today=TODAY) == ["A12345"]
    else:
        assert given(Wanted("order_no", pattern=r"[A-Z]-?\d{5}"), text, today=TODAY) == ["A-12345"]


@pytest.mark.parametrize("text", ["A123456", "BA12345", "A1234", "12345", "沒有編號", ""])
def test_a_part_of_something_longer_is_no_value(text: str) -> None:
    assert given(ORDER, text, today=TODAY) == []


def test_words_are_found_by_their_pattern_within_a_sentence() -> None:
    assert given(Wanted("area", "區域", pattern="[北中南]區"), "我想預約北區的，謝謝", today=TODAY) == ["北區"]


@pytest.mark.parametrize(
    ("wanted", "text", "value"),
    [
        (PHONE, "電話是 0912-345-678，找王先生", "0912345678"),
        (PHONE, "０２－２３４５－６７８９", "0223456789"),
        (Wanted("mail", "電子信箱"), "寄到 Wang@Example.com 謝謝", "wang@example.com"),
        (Wanted("booking_date", ""), "3月5日晚上六點四位", "2026-03-05"),
        (Wanted("date", "訂位日期"), "1/5 可以嗎", "2027-01-05"),
        (Wanted("date", "訂位日期"), "民國115年3月5日", "2026-03-05"),
        (Wanted("date", "訂位日期"), "明天可以嗎", "2026-01-08"),
        (Wanted("date", "訂位日期"), "大後天", "2026-01-10"),
        (Wanted("date", "訂位日期"), "這週六晚上", "2026-01-10"),
        (Wanted("date", "訂位日期"), "下週六晚上", "2026-01-17"),
        (Wanted("time", "用餐時間"), "下週六晚上六點半", "18:30"),
        (Wanted("people", "用餐人數"), "下週六晚上六點四位", "4"),
        (Wanted("amount", "轉帳金額"), "我轉了一萬五千元", "15000"),
        (Wanted("quantity", "數量"), "我要三杯拿鐵", "3"),
        (Wanted("order_no", "訂單編號"), "2026/01/05 買的，12000元，電話0912345678，單號 88123", "88123"),
        (Wanted("order_no", "訂單編號"), "訂單 TW-20260105-01 到哪了", "TW-20260105-01"),
    ],
)
def test_well_known_kinds_need_no_pattern(wanted: Wanted, text: str, value: str) -> None:
    assert given(wanted, text, today=TODAY) == [value]


@pytest.mark.parametrize(
    ("wanted", "text", "value"),
    [
        (NAME, "王小明。", "王小明"),
        (Wanted("people", "用餐人數"), "4", "4"),
        (Wanted("order_no", "訂單編號"), "77", "77"),
        (Wanted("last5", "帳號末五碼"), "12345", "12345"),
    ],
)
def test_a_plain_answer_to_the_question_is_enough(wanted: Wanted, text: str, value: str) -> None:
    assert given(wanted, text, today=TODAY) == []
    assert given(wanted, text, today=TODAY, asked=True) == [value]


def test_the_message_counts_before_what_was_said_earlier() -> None:
    assert of(ORDER, message="A22222 呢", earlier=["A11111"]).values == {"order_no": "A22222"}
    assert of(ORDER, message="到哪了", earlier=["A33333", "A11111"]).values == {"order_no": "A33333"}


def test_what_is_required_and_missing_is_told_in_its_order() -> None:
    optional = Wanted("mail", "電子信箱", required=False)
    collected = of(ORDER, optional, PHONE, NAME, message="我叫王小明", replies={"phone": "0912345678"})
    assert (collected.values, collected.missing) == ({"phone": "0912345678"}, (ORDER, NAME))


def test_where_only_what_is_certain_counts_several_values_are_none() -> None:
    assert of(ORDER, message="A11111 跟 A22222 都取消", only_certain=True).missing == (ORDER,)
    assert of(ORDER, message="取消", earlier=["A22222", "A11111"], only_certain=True).missing == (ORDER,)
    assert of(ORDER, message="取消", earlier=["A11111", "A11111"], only_certain=True).missing == ()


@any_given(st.text(max_size=300), st.sampled_from([ORDER, PHONE, NAME, Wanted("date"), Wanted("people"), Wanted("id")]))
def test_no_text_breaks_the_reading(text: str, wanted: Wanted) -> None:
    values = given(wanted, text, today=TODAY, asked=True)
    assert all(values)
    assert len(values) == len(set(values))


@pytest.mark.parametrize("pattern", [r"\d+\d+\d+x", "[a-z]*[a-z]*[a-z]*!"])
@pytest.mark.timeout(5)
def test_no_message_makes_a_slow_pattern_slow(pattern: str) -> None:
    for text in ("1" * 5000, "a" * 5000, ("a" * 40 + " ") * 100, "1" * 40 + "，"):
        assert given(Wanted("x", pattern=pattern), text, today=TODAY) == []
