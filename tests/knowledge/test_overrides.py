"""Where a shared text states its own figure for something that the vendor has a value for."""

from __future__ import annotations

import pytest

from knowledge.overrides import asked_for, with_vendor_values
from knowledge.parameters import Parameter, ParameterType

N, M = ParameterType.NUMBER, ParameterType.MONEY
PARAMETERS = {
    one.key: one
    for one in (
        Parameter("payment_day", "1", N, "號", "繳費日期"),
        Parameter("late_fee", "200", N, "元", "逾期手續費"),
        Parameter("grace_days", "5", N, "天", "逾期寬限天數"),
        Parameter("hotline", "0223456789", display_name="客服專線"),
        Parameter("hours", "10:00-19:00", display_name="服務時間"),
        Parameter("deposit", "2", N, "個月", "押金月數"),
        Parameter("min_lease", "12", N, "個月", "最短租期"),
        Parameter("invoice_day", "月底", display_name="發票寄送日"),
    )
}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("您的租金繳費日為每月 5 號，請準時。", "您的租金繳費日為每月 1 號，請準時。"),
        ("房租請於每月五號前匯款。", "房租請於每月 1 號前匯款。"),
        ("逾期未繳將加收滯納金 500 元。", "逾期未繳將加收滯納金 200 元。"),
        ("客服專線 0800-000-123。", "客服專線 02-2345-6789。"),
        ("服務時間為 09:00-18:00。", "服務時間為 10:00-19:00。"),
        ("最短租期半年，也就是 6 個月。", "最短租期 12 個月。"),
        ("押金為一個月租金。", "押金為 2 個月租金。"),
    ],
)
def test_the_vendors_value_takes_the_figures_place(text: str, expected: str) -> None:
    assert with_vendor_values(text, PARAMETERS).text == expected


@pytest.mark.parametrize(
    "text",
    [
        "退租請提前 30 天通知。",
        "瓦斯公司電話 02-1234-5678。",
        "押金為兩個月租金。",
        "押金於七個工作天內退還。",
        "每月 1 號前繳費。",
        "逾期 30 天將終止租約。",
        "影印一張 2 元。",
        "24 小時都有保全。",
    ],
)
def test_figures_about_something_else_stay(text: str) -> None:
    assert with_vendor_values(text, PARAMETERS).text == text


@pytest.mark.parametrize(
    "text",
    [
        "每月 5 到 10 號繳費。",
        "每月 25 號結算水電費並一起繳交。",
        "發票寄送日是每月 5 號。",
        "超過繳費日 7 天，會有專員與您聯絡。",
    ],
)
def test_what_cannot_be_decided_is_left_out(text: str) -> None:
    assert with_vendor_values(f"您好。{text}謝謝。", PARAMETERS).text == "您好。謝謝。"


def test_the_value_that_is_asked_for_by_name_is_found() -> None:
    found = asked_for("你們客服電話是多少", PARAMETERS)
    assert found is not None
    assert found.key == "hotline"
    assert asked_for("怎麼去你們公司", PARAMETERS) is None
