from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.numerals import find, parse, same_amount

HAN = "零一二三四五六七八九"
AMOUNTS = Path("../shared/data/03_numbers/amounts_zh.dev.jsonl")


def in_han(number: int) -> str:
    """The usual way to write 0 <= number < 10^12 in Chinese; the tests' own, to hold the parser against."""
    if number == 0:
        return "零"
    text, zero = "", False
    for unit, name in ((10**8, "億"), (10**4, "萬"), (1, "")):
        section, number = divmod(number, unit)
        if section == 0:
            zero = bool(text)
            continue
        if text and (zero or section < 1000):
            text += "零"
        text, zero = text + section_in_han(section) + name, False
    return text


def section_in_han(number: int) -> str:
    text, zero = "", False
    for unit, name in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit, number = divmod(number, unit)
        if digit == 0:
            zero = bool(text)
            continue
        text, zero = text + ("零" if zero else "") + HAN[digit] + name, False
    return text


@given(st.integers(0, 10**12 - 1))
def test_every_whole_number_is_read_back(number: int) -> None:
    assert parse(in_han(number)) == number
    assert parse(f"{number:,}") == number


@given(st.decimals(0, 10**6, places=2))
def test_every_amount_is_found_in_a_sentence(amount: Decimal) -> None:
    [quantity] = [one for one in find(f"請付{amount:,}元，謝謝") if one.unit == "元"]
    assert quantity.value == amount


@given(st.text(alphabet="零一二兩三十百千萬億點半負-0123456789,. 元號個月分之a", max_size=80))
def test_no_text_breaks_the_reader(text: str) -> None:
    parse(text)
    ends = 0
    for quantity in find(text):
        assert ends <= quantity.start < quantity.end <= len(text)
        ends = quantity.end


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("每月五號前", 5, "號"),
        ("兩百元", 200, "元"),
        ("三萬五", 35000, ""),
        ("NT$12,000", 12000, "元"),
        ("押金兩個月", 2, "個月"),
        ("１２，０００元整", 12000, "元"),
        ("百分之五", 5, "%"),
        ("二十五元三毛", Decimal("25.3"), "元"),
        ("一百二十萬三", 1203000, ""),
        ("半年", Decimal("0.5"), "年"),
        ("一個半月", Decimal("1.5"), "個月"),
        ("兩年半", Decimal("2.5"), "年"),
        ("廿五號", 25, "號"),
        ("十五%", 15, "%"),
        ("八五折", 85, "折"),
        ("200 NTD", 200, "元"),
        ("100 美元", 100, "美元"),
        ("每月5日", 5, "號"),
        ("5 日內", 5, "天"),
        ("第三天", 3, "第天"),
        ("九十天內", 90, "天"),
        ("中山路 5 號", 5, "門牌"),
        ("2026 年", 2026, "年份"),
        ("within five days", 5, "天"),
        ("the 5th of each month", 5, "號"),
        ("2 months' rent", 2, "個月"),
    ],
)
def test_numbers_are_read_as_people_write_them(text: str, value: Decimal, unit: str) -> None:
    assert [(one.value, one.unit) for one in find(text)] == [(value, unit)]


@pytest.mark.parametrize("text", ["3-5 天", "3 - 5 天", "三到五天", "3 天至 5 天", "三五天", "3～5天", "3 to 5 days"])
def test_a_range_is_one_quantity_with_two_ends(text: str) -> None:
    assert [(one.value, one.upto, one.unit) for one in find(text)] == [(Decimal(3), Decimal(5), "天")]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("半年", "6 個月"),
        ("兩週", "14 天"),
        ("85折", "8.5 折"),
        ("一成", "10%"),
        ("5 號", "5 日"),
        ("1.5 小時", "90 分鐘"),
    ],
)
def test_one_amount_in_two_units_is_the_same(one: str, other: str) -> None:
    [first], [second] = find(one), find(other)
    assert same_amount(first.value, first.unit, other=second.value, other_unit=second.unit)


@pytest.mark.parametrize(("one", "other"), [("5 號", "5 天"), ("2 樓", "2 個月"), ("3 月", "3 個月"), ("1 天", "2 日")])
def test_amounts_of_two_things_are_not_the_same(one: str, other: str) -> None:
    [first], [second] = find(one), find(other)
    assert not same_amount(first.value, first.unit, other=second.value, other_unit=second.unit)


def test_a_word_that_holds_a_digit_is_marked_as_bare() -> None:
    assert all(one.bare for one in find("請一起等一下"))


@pytest.mark.skipif(not AMOUNTS.exists(), reason="../shared/data is not here")
def test_public_amounts_are_read_right() -> None:
    rows = [json.loads(line) for line in AMOUNTS.read_text(encoding="utf-8").splitlines()]
    right = sum(_is_right(row["text"], row["value"]) for row in rows)
    assert right / len(rows) >= 0.95


def _is_right(text: str, value: float) -> bool:
    read = parse(text)
    if read is None and (found := find(text)):
        read = next((one.value for one in found if one.unit == "元"), found[-1].value)
    return read is not None and float(read) == pytest.approx(value, rel=1e-9)
