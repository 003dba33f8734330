from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.line.owner.naming import find_meant
from handlers.line.owner.sentences import Taught, ValueChange, read_taught, read_value_change
from knowledge.parameters import Parameter

HOSTILE = st.one_of(
    st.text(max_size=300),
    st.lists(
        st.sampled_from(
            [
                "教",
                "教：",
                "問題：",
                "答案：",
                "改成",
                "把",
                "設定",
                "為",
                "set ",
                " to ",
                "teach ",
                "？",
                "\n",
                " ",
                "=",
                "的",
                "(",
                "\\",
            ]
        ),
        max_size=30,
    ).map("".join),
)


@pytest.mark.parametrize(
    ("text", "question", "answer"),
    [
        ("教 可以刷卡嗎？ 可以，滿 200 元就能刷", "可以刷卡嗎？", "可以，滿 200 元就能刷"),
        ("教：有停車位嗎?沒有，附近有停車場", "有停車位嗎?", "沒有，附近有停車場"),
        ("教 問題：有外送嗎 答案：有，Uber Eats", "有外送嗎", "有，Uber Eats"),
        ("教問題:有wifi嗎\n答案:有", "有wifi嗎", "有"),
        ("教\n可以帶狗嗎\n可以，請用推車\n謝謝", "可以帶狗嗎", "可以，請用推車\n謝謝"),
        ("教：有什麼咖啡？ 熱門品項：\n美式 60 元\n拿鐵 80 元", "有什麼咖啡？", "熱門品項：\n美式 60 元\n拿鐵 80 元"),
        ("教 有包廂嗎？\n有兩間", "有包廂嗎？", "有兩間"),
        ("教 營業時間 早上九點到晚上九點", "營業時間", "早上九點到晚上九點"),
        ("教 LINE Pay 可以用嗎 可以", "LINE Pay 可以用嗎", "可以"),
        ("教你：有素食嗎＝有", "有素食嗎", "有"),
        ("教 Q: 幾點開 A: 9點", "幾點開", "9點"),
        ("記住：有包廂嗎？有兩間", "有包廂嗎？", "有兩間"),
        ("teach Do you have wifi? Yes, free.", "Do you have wifi?", "Yes, free."),
        ("Teach: opening hours = 9 to 9", "opening hours", "9 to 9"),
        ("教 有包廂嗎？", "有包廂嗎？", ""),
        ("teach: opening hours", "opening hours", ""),
    ],
)
def test_a_lesson_is_taken_apart_however_it_is_typed(text: str, question: str, answer: str) -> None:
    assert read_taught(text) == Taught(question, answer)


@pytest.mark.parametrize("text", ["教室幾點開？", "教我怎麼煮咖啡", "teachers welcome", "你教得真好", "教", ""])
def test_what_only_looks_like_a_lesson_is_none(text: str) -> None:
    taught = read_taught(text)
    assert taught is None or taught == Taught()


@pytest.mark.parametrize(
    ("text", "name", "value"),
    [
        ("繳費日改成 5 號", "繳費日", "5 號"),
        ("滯納金改為300元", "滯納金", "300元"),
        ("把客服電話換成 02-2345-6789", "客服電話", "02-2345-6789"),
        ("請幫我把「押金」調整為3個月。", "押金", "3個月"),
        ("設定滯納金為 300", "滯納金", "300"),
        ("客服專線改成：0800-000-123", "客服專線", "0800-000-123"),
        ("修改繳費日到 10", "繳費日", "10"),
        ("set the payment day to 5", "payment day", "5"),
        ("Please change the late fee to 1.5", "late fee", "1.5"),
        ("the late fee should be 500.", "late fee", "500"),
        ("繳費日改5號", "繳費日", "5號"),
        ("滯納金改三百元", "滯納金", "三百元"),
        ("滯納金改 $500", "滯納金", "$500"),
        ("電話改0912-345-678", "電話", "0912-345-678"),
        ("繳費日＝8", "繳費日", "8"),
        ("寵物規定改成 可以養貓", "寵物規定", "可以養貓"),
        ("停車位改成沒有", "停車位", "沒有"),
    ],
)
def test_a_change_of_a_value_is_taken_apart(text: str, name: str, value: str) -> None:
    assert read_value_change(text) == ValueChange(name, value)


@pytest.mark.parametrize(
    "text",
    [
        "可以把租約改成一年嗎",
        "繳費日可不可以改成 5 號？",
        "怎麼設定鬧鐘為 5 點",
        "今天天氣很好",
        "改成",
        "how do I set it to 5",
        "繳費日會改成幾號",
        "繳費日是不是改成10號了",
        "繳費日什麼時候改成10號的",
        "聽說電話換成 02-1234-5678 了嗎",
        "地址換成哪裡了",
        "誰改成5號的",
        "飲料換成大杯多少錢",
        "薯條換成沙拉要加錢嗎",
        "我的訂單變成兩筆了",
        "為什麼變成 300 元",
        "我設定成這樣對嗎",
        "幫我改繳費日",
        "地址改一下",
        "修改5號",
        "1+1=2",
    ],
)
def test_questions_and_other_texts_change_nothing(text: str) -> None:
    assert read_value_change(text) is None


@given(HOSTILE)
def test_any_text_is_read_without_fault_and_gives_whole_parts(text: str) -> None:
    taught, change = read_taught(text), read_value_change(text)
    if taught is not None:
        assert taught.question == taught.question.strip()
        assert taught.question in text
        assert taught.answer in text
    if change is not None:
        assert change.name
        assert change.value


@given(HOSTILE, st.lists(st.text(min_size=1, max_size=12), max_size=6))
def test_whatever_is_named_only_known_parameters_are_found(name: str, names: list[str]) -> None:
    parameters = [Parameter(f"key_{at}", "5", display_name=one) for at, one in enumerate(names)]
    meant = find_meant(name, parameters)
    assert set(meant.near) <= set(parameters)
    assert meant.parameter is None or meant.parameter in parameters


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("繳費日", "payment_day"),
        ("payment day", "payment_day"),
        ("PAYMENT_DAY", "payment_day"),
        ("客服電話", "hotline"),
    ],
)
def test_a_parameter_is_found_by_name_key_or_what_it_is_asked_by(name: str, key: str) -> None:
    parameters = [
        Parameter("payment_day", "1", unit="號", display_name="繳費日期"),
        Parameter("hotline", "02-2345-6789", display_name="客服專線"),
        Parameter("deposit", "2", unit="個月", display_name="押金"),
    ]
    meant = find_meant(name, parameters)
    assert meant.parameter is not None
    assert meant.parameter.key == key
