"""Which value a question asks for by its name, and which it only seems to."""

from __future__ import annotations

import pytest

from knowledge.overrides import asked_for
from knowledge.parameters import Parameter, ParameterType

N, M = ParameterType.NUMBER, ParameterType.MONEY
PARAMETERS = {
    one.key: one
    for one in (
        Parameter("home", "100", M, "元", "宅配運費"),
        Parameter("island", "250", M, "元", "離島運費"),
        Parameter("back", "80", M, "元", "退貨運費"),
        Parameter("refund_days", "7", N, "天", "退款天數"),
        Parameter("cod", "30", M, "元", "貨到付款手續費"),
        Parameter("free", "1500", M, "元", "免運門檻"),
        Parameter("ways", "LINE Pay、轉帳", display_name="付款方式"),
        Parameter("phone", "02-2345-6789", display_name="客服電話"),
        Parameter("morning", "09:00-12:00", display_name="上午門診時間"),
        Parameter("monthly", "1200", M, "元", "月費"),
        Parameter("coaching", "1500", M, "元", "一對一教練課"),
        Parameter("seats", "12", N, "人", "團課人數上限"),
        Parameter("cut", "500", M, "元", "剪髮價格"),
        Parameter("wash", "250", M, "元", "洗髮價格"),
        Parameter("deposit", "2", N, "個月", "押金月數"),
        Parameter("booking", "500", M, "元", "預約訂金"),
    )
}


@pytest.mark.parametrize(
    ("question", "key"),
    [
        ("宅配運費多少錢", "home"),
        ("離島運費多少", "island"),
        ("多少免運", "free"),
        ("怎麼付款", "ways"),
        ("客服電話", "phone"),
        ("上午門診時間", "morning"),
        ("月費多少", "monthly"),
        ("團課最多幾人", "seats"),
        ("剪髮多少", "cut"),
        ("押金是三個月嗎", "deposit"),
        ("訂金多少", "booking"),
    ],
)
def test_a_question_gets_the_value_it_names(question: str, key: str) -> None:
    found = asked_for(question, PARAMETERS)
    assert found is not None
    assert found.key == key


@pytest.mark.parametrize(
    "question",
    ["運費多少", "7天鑑賞期", "退款手續費多少", "轉帳手續費多少", "離島免運嗎", "付款期限", "下午門診時間",
     "假日門診時間", "國定假日有看診嗎", "學生月費", "雙人月費", "兩人教練課多少", "團課費用", "客服時間",
     "小朋友剪髮多少", "長髮洗髮多少錢", "學生押金多少"],
)  # fmt: skip
def test_a_question_for_a_case_or_a_sort_of_value_that_no_name_covers_gets_none(question: str) -> None:
    assert asked_for(question, PARAMETERS) is None


def test_a_question_word_says_more_than_the_noun_after_it() -> None:
    rent = {
        "day": Parameter("day", "5", N, "號", "繳費日期"),
        "rent": Parameter("rent", "12000", M, "元", "月租"),
    }
    found = asked_for("什麼時候繳房租", rent)
    assert found is not None
    assert found.key == "day"


def test_two_values_for_one_word_are_neither_asked_for() -> None:
    both = PARAMETERS | {"hall": Parameter("hall", "3000", M, "元", "包場訂金")}
    assert asked_for("訂金多少", both) is None


def test_the_plain_name_wins_over_a_special_one() -> None:
    both = PARAMETERS | {"fee": Parameter("fee", "60", M, "元", "運費")}
    found = asked_for("運費多少", both)
    assert found is not None
    assert found.key == "fee"
