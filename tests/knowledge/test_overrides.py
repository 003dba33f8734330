"""Where a shared text states its own figure for something that the vendor has a value for."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.grounding import ungrounded
from knowledge.overrides import asked_for, with_vendor_values
from knowledge.parameters import Parameter, ParameterType, written

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
        ("逾期者加收 300 元的滯納金。", "逾期者加收 200 元的滯納金。"),
        ("寬限期為一週。", "寬限期為 5 天。"),
        ("服務時間：週一至週五上午九點到下午六點。", "服務時間：10:00-19:00。"),
        ("押金為一個月租金，即 12,000 元，簽約時付。", "押金為 2 個月租金，簽約時付。"),
        ("押金為一個月（12,000 元）。", "押金為 2 個月。"),
        ("Rent is due on the 5th of each month.", "Rent is due on the 1st of each month."),
        ("A late fee of NT$500 applies.", "A late fee of NT$200 applies."),
        ("The deposit is one month's rent.", "The deposit is 2 months' rent."),
        ("Please call our hotline at 0800-000-123.", "Please call our hotline at 02-2345-6789."),
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
        "最長可簽 3 年。",
        "管理費每坪 80 元。",
        "辦公室在 2 樓，中山路 5 號。",
        "合約到期前一個月會詢問您。",
        "門禁卡補發 500 元。",
        "最短租期為一年。",
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
        "逾期三日內免收手續費。",
        "逾期一日罰 100 元手續費。",
        "每月 5 日前繳清，6 日起算逾期。",
        "滯納金：500。",
        "滯納金一千。",
        "押金一個月與兩個月租金擇一。",
        "押金一到三個月。",
        "繳費日平日 5 號、假日 8 號。",
        "以押金一個月試算，總共 24,000 元。",
    ],
)
def test_what_cannot_be_decided_is_left_out(text: str) -> None:
    assert with_vendor_values(f"您好。{text}謝謝。", PARAMETERS).text == "您好。謝謝。"


POLICIES = {
    one.key: one
    for one in (
        Parameter("pets", "false", ParameterType.BOOL, None, "可養寵物"),
        Parameter("methods", "LINE Pay、超商代收", display_name="繳費方式"),
        Parameter("address", "臺北市信義路 1 號", display_name="地址"),
        Parameter("closed", "週二", display_name="公休日"),
        Parameter("hours", "12:00-21:00", display_name="營業時間"),
    )
}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("可以養寵物。", ""),
        ("寵物請牽繩。", "寵物請牽繩。"),
        ("繳費可以刷卡或轉帳。", ""),
        ("可用 LINE Pay 繳費。", "可用 LINE Pay 繳費。"),
        ("地址是臺中市公園路 2 號。", ""),
        ("每週三公休。", "週二公休。"),
        ("晚上十點打烊。", "21:00 打烊。"),
        ("早上九點開門。", "12:00 開門。"),
    ],
)
def test_values_in_words_win_over_text_too(text: str, expected: str) -> None:
    assert with_vendor_values(text, POLICIES).text == expected


def test_an_entry_that_rests_on_the_opposite_of_a_policy_is_left_out_whole() -> None:
    assert with_vendor_values("可以，歡迎！入住前請先告知。", POLICIES, topic="可以養寵物嗎").text == ""


def test_a_yes_to_a_question_with_another_figure_is_left_out() -> None:
    assert with_vendor_values("是的，簽約時付。請帶印章。", PARAMETERS, topic="押金是一個月嗎").text == "請帶印章。"


def test_a_short_answer_takes_its_subject_from_the_question() -> None:
    assert with_vendor_values("一個月。", PARAMETERS, topic="押金要付幾個月").text == "2 個月。"


SENTENCES = (
    ("rent_day", "房租請於每月 {} 號前繳納。", range(1, 29)),
    ("fee", "逾期手續費為 {} 元。", range(100, 1000)),
    ("fee", "逾期未繳，將加收 {} 元的滯納金。", range(100, 1000)),
    ("deposit", "押金是 {} 個月租金，簽約時一次付清。", range(3, 9)),
    ("deposit", "入住前請先付押金 {} 個月。", range(3, 9)),
    ("notice", "退租請於 {} 天前通知我們。", range(31, 90)),
    ("phone", "客服專線 02-2345-{}。", range(1000, 9999)),
    ("cleaning", "退租清潔費 {} 元，由押金扣除。", range(1000, 1999)),
    ("", "影印一張 2 元，車程 15 分鐘。", range(1)),
)


@given(st.lists(st.sampled_from(SENTENCES), min_size=1, max_size=5), st.data())
def test_no_figure_of_another_vendor_survives(templates: list[tuple[str, str, range]], data: st.DataObject) -> None:
    def drawn(key: str) -> str:
        return str(data.draw(st.sampled_from(next(values for name, _, values in SENTENCES if name == key))))

    parameters = {
        one.key: one
        for one in (
            Parameter("rent_day", drawn("rent_day"), N, "號", "繳費日期"),
            Parameter("fee", drawn("fee"), M, "元", "逾期手續費"),
            Parameter("deposit", drawn("deposit"), N, "個月", "押金月數"),
            Parameter("notice", drawn("notice"), N, "天", "提前退租通知天數"),
            Parameter("phone", f"02-2345-{drawn('phone')}", ParameterType.PHONE, None, "客服專線"),
            Parameter("cleaning", drawn("cleaning"), M, "元", "退租清潔費"),
        )
    }
    text = "".join(text.format(data.draw(st.sampled_from(values))) for _, text, values in templates)
    known = [*(written(one) for one in parameters.values()), "影印一張 2 元，車程 15 分鐘。"]
    assert ungrounded(with_vendor_values(text, parameters).text, known) == ()


@pytest.mark.parametrize(
    ("question", "key"),
    [
        ("你們客服電話是多少", "hotline"),
        ("你們電話幾號", "hotline"),
        ("租金幾號前要付", "payment_day"),
        ("遲繳要罰多少錢", "late_fee"),
        ("可以寬限幾天", "grace_days"),
        ("那押金呢？", "deposit"),
        ("最短要租多久", "min_lease"),
        ("幾點下班", "hours"),
        ("發票寄送日是哪天", "invoice_day"),
    ],
)
def test_the_value_that_is_asked_for_is_found(question: str, key: str) -> None:
    found = asked_for(question, PARAMETERS)
    assert found is not None
    assert found.key == key


@pytest.mark.parametrize(
    "question",
    ["怎麼去你們公司", "押金什麼時候退", "清潔費誰付", "停車費多少", "老闆電話幾號", "繳費日可以延到幾號",
     "轉帳手續費多少",
     "合約最長多久", "寵物押金多少", "電費幾號繳", "", "你好"],
)  # fmt: skip
def test_a_question_for_something_else_gets_no_value(question: str) -> None:
    assert asked_for(question, PARAMETERS) is None


@given(
    st.text(
        alphabet="每月押金租繳費逾期是的可以不，。、（）0123456789,.:-～ 元號天個一二三十半點到即{}a@", max_size=120
    )
)
def test_no_text_breaks_the_replacing(text: str) -> None:
    for parameters in (PARAMETERS, POLICIES):
        with_vendor_values(text, parameters, topic=text[:20])
        asked_for(text, parameters)


def test_a_sentence_with_more_figures_than_anyone_reads_is_left_out() -> None:
    assert with_vendor_values("押金 1 個月，" * 3000, PARAMETERS).text == ""
