"""Sentences that only seem to state a parameter's value: replaced whole, or left out, never half."""

from __future__ import annotations

import pytest

from knowledge.overrides import with_vendor_values
from knowledge.parameters import Parameter, Parameters, ParameterType

B, N, M = ParameterType.BOOL, ParameterType.NUMBER, ParameterType.MONEY


def values(*rows: tuple[str, str, str | None]) -> Parameters:
    """Parameters from (name, value, unit) rows; money by its unit, yes or no by its value."""
    return {
        f"value_{at}": Parameter(f"value_{at}", value, _type(value, unit), unit, name)
        for at, (name, value, unit) in enumerate(rows)
    }


def _type(value: str, unit: str | None) -> ParameterType:
    if unit is None:
        return B if value in ("true", "false") else ParameterType.TEXT
    return M if unit == "元" else N


DIFFERENCES = values(("初診掛號費", "200", "元"), ("會員費", "500", "元"), ("月費", "1200", "元"))


@pytest.mark.parametrize(
    "text",
    ["初診另加50元。", "初診掛號費另加50元。", "會員費便宜100元。", "會員費折抵100元。", "月費優惠200元。",
     "月費加收 100 元。", "月費 100 元折扣。"],
)  # fmt: skip
def test_what_is_added_or_taken_off_is_no_whole_amount(text: str) -> None:
    assert with_vendor_values(f"您好。{text}", DIFFERENCES).text == "您好。"


@pytest.mark.parametrize(
    ("text", "name", "expected"),
    [
        ("逾期加收滯納金500元。", "逾期手續費", "逾期加收滯納金 200 元。"),
        ("逾期加收500元。", "逾期手續費", "逾期加收 200 元。"),
        ("假日加價100元。", "假日加價", "假日加價 200 元。"),
    ],
)
def test_a_parameter_that_is_named_for_a_surcharge_takes_its_place(text: str, name: str, expected: str) -> None:
    assert with_vendor_values(text, values((name, "200", "元"))).text == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("每週一公休。", "每週二公休。"),
        ("每週一、四公休。", "每週二公休。"),
        ("每週一與週四公休。", "每週二公休。"),
        ("每月第二個週一公休。", ""),
        ("每月最後一個週一公休。", ""),
        ("隔週一公休。", ""),
    ],
)
def test_days_of_the_week_are_replaced_together(text: str, expected: str) -> None:
    assert with_vendor_values(text, values(("公休日", "每週二", None))).text == expected


BOTH = values(("平日營業時間", "06:00-23:00", None), ("假日營業時間", "08:00-22:00", None))
ONE = values(("營業時間", "11:00-20:00", None))


@pytest.mark.parametrize(
    ("text", "parameters", "expected"),
    [
        ("平日7:00-23:00；假日9:00-22:00。", BOTH, "平日 06:00-23:00；假日 08:00-22:00。"),
        ("平日 7:00-23:00，假日 9:00-22:00。", BOTH, "平日 06:00-23:00，假日 08:00-22:00。"),
        ("每天上午十點到晚上九點營業。", BOTH, ""),
        ("每天上午十點到晚上九點營業。", ONE, "11:00-20:00 營業。"),
        ("平日上午十點到晚上九點營業。", ONE, ""),
        ("10:00～21:00（週一公休）。", ONE, "11:00-20:00（週一公休）。"),
        ("We are open from 10am to 9pm.", ONE, "We are open from 11:00-20:00."),
        ("We are open from 10 a.m. to 9 p.m.", ONE, "We are open from 11:00-20:00."),
        ("Open from 10 a.m. Monday to 9 p.m.", ONE, ""),
        ("Closes at 9pm.", ONE, "Closes at 20:00."),
    ],
)
def test_hours_keep_the_days_they_are_for(text: str, parameters: Parameters, expected: str) -> None:
    assert with_vendor_values(text, parameters, topic="營業時間").text == expected


@pytest.mark.parametrize("text", ["請撥02-1234-5678預約。", "請撥 02-1234-5678預約。", "請撥02-1234-5678 預約。"])
def test_a_value_has_a_space_on_both_sides(text: str) -> None:
    assert with_vendor_values(text, values(("預約電話", "0277715566", None))).text == "請撥 02-7771-5566 預約。"


def test_a_table_longer_than_anyone_reads_loses_its_figures_not_its_words() -> None:
    table = "".join(f"門市{at} 02-2345-{at:04d} 10:00-21:00\n" for at in range(300)) + "歡迎光臨。"
    assert with_vendor_values(table, ONE).text.endswith("歡迎光臨。")
    assert "02-2345-0299" not in with_vendor_values(table, ONE).text


@pytest.mark.parametrize(
    ("text", "row"),
    [
        ("滿18歲可加入。", ("最低年齡", "16", "歲")),
        ("十八歲以上即可入場。", ("最低年齡", "16", "歲")),
        ("未滿18歲不得入場。", ("最低年齡", "16", "歲")),
        ("滿千免運。", ("免運門檻", "1500", "元")),
        ("滿1000免運。", ("免運門檻", "1500", "元")),
        ("運費60。", ("運費", "100", "元")),
        ("押金是租金的2倍。", ("押金月數", "1", "個月")),
        ("會員可享5%折扣。", ("會員折扣", "9", "折")),
        ("瑜珈課限20名。", ("團課人數上限", "12", "人")),
        ("遲到10分鐘以上視同取消。", ("遲到保留時間", "20", "分鐘")),
        ("免收服務費。", ("服務費", "10", "%")),
        ("不另收10%服務費。", ("服務費", "10", "%")),
        ("店門口有兩個停車格。", ("是否有停車場", "false", None)),
        ("請匯至國泰世華(013) 9876-5432-10。", ("匯款帳號", "中國信託(822) 1234-5678-90", None)),
        ("我們在台北市中山路100號2樓。", ("地址", "台中市公園路5號", None)),
        ("密碼是88888888。", ("wifi密碼", "abc12345", None)),
        ("Wi-Fi 密碼：88888888。", ("wifi密碼", "abc12345", None)),
    ],
)
def test_another_vendors_value_in_other_units_or_none_is_left_out(text: str, row: tuple[str, str, str | None]) -> None:
    assert with_vendor_values(f"您好。{text}", values(row)).text == "您好。"


def test_a_charge_for_another_thing_gets_no_value_whatever_was_asked() -> None:
    locker = values(("置物櫃月租", "150", "元"))
    assert with_vendor_values("毛巾月租120元。", locker, topic="置物櫃月租多少").text == ""


@pytest.mark.parametrize(
    ("text", "row"),
    [
        ("滿16歲可加入。", ("最低年齡", "16", "歲")),
        ("滿1500免運。", ("免運門檻", "1500", "元")),
        ("押金是租金的2倍。", ("押金月數", "2", "個月")),
        ("保固期為一年半。", ("保固期", "18", "個月")),
        ("限時1.5小時。", ("用餐時間", "90", "分鐘")),
        ("團課限12名。", ("團課人數上限", "12", "人")),
        ("店門口有兩個停車格。", ("是否有停車場", "true", None)),
        ("請匯至國泰世華013 9876543210。", ("匯款帳號", "國泰世華(013) 9876-5432-10", None)),
        ("訂單編號 202601010001 請於匯款時備註。", ("匯款帳號", "(013) 9876-5432-10", None)),
        ("我們在西區公園路5號。", ("地址", "台中市西區公園路5號3樓", None)),
        ("對面停車場在公園路7號。", ("地址", "台中市西區公園路5號3樓", None)),
        ("密碼是88888888。", ("wifi密碼", "88888888", None)),
    ],
)
def test_the_vendors_own_value_in_other_words_stays(text: str, row: tuple[str, str, str | None]) -> None:
    assert with_vendor_values(text, values(row)).text == text


@pytest.mark.parametrize(
    ("text", "row", "expected"),
    [
        ("保固期為一年半。", ("保固期", "12", "個月"), "保固期為 12 個月。"),
        ("違約金需付15趴。", ("違約金", "20", "%"), "違約金需付 20%。"),
        ("24hr前可免費取消。", ("取消期限", "48", "小時"), "48 小時前可免費取消。"),
        ("團課每班限 15 人。", ("團課人數上限", "12", "人"), "團課每班限 12 人。"),
    ],
)
def test_units_of_everyday_speech_are_read(text: str, row: tuple[str, str, str | None], expected: str) -> None:
    assert with_vendor_values(text, values(row)).text == expected
