"""What is masked, and above all what isn't."""

from __future__ import annotations

import tomllib
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partner_api.calls.analysis.masking import mask, mask_turns
from partner_api.calls.analysis.personal.checksums import is_card, is_israeli_id, is_taiwanese_id
from partner_api.calls.analysis.turns import Speaker, Turn

AROUND = st.sampled_from(["我的電話是{},謝謝", "you can reach me at {} today", "זה {} בבקשה", "{}", "好,{}。"])
HAN = str.maketrans("0123456789", "零一二三四五六七八九")
ENGLISH = dict(
    zip("0123456789", ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"], strict=True)
)


def digits(count: int) -> st.SearchStrategy[str]:
    return st.text("0123456789", min_size=count, max_size=count)


def completed(draw: st.DrawFn, stem: str, check: object) -> str:
    """`stem` with the last digit that makes `check` hold."""
    assert callable(check)
    return next(stem + last for last in "0123456789" if check(stem + last))


@st.composite
def cards(draw: st.DrawFn) -> str:
    stem = draw(st.sampled_from("3456")) + draw(digits(14).filter(lambda text: len(set(text)) > 2))
    return completed(draw, stem, is_card)


@st.composite
def israeli_ids(draw: st.DrawFn) -> str:
    return completed(draw, draw(st.sampled_from("123456")) + draw(digits(7)), is_israeli_id)


@st.composite
def taiwanese_ids(draw: st.DrawFn) -> str:
    letter = draw(st.sampled_from("ABCDEFGHIJKLMNOPQRSTUVWXYZ"))
    return completed(draw, letter + draw(st.sampled_from("1289")) + draw(digits(7)), is_taiwanese_id)


@given(AROUND, digits(8), st.sampled_from(["09{0}{1}{2}", "09{0}-{1}-{2}", "09{0} {1} {2}", "+886 9{0} {1} {2}"]))
def test_a_mobile_phone_is_masked_however_it_is_written(around: str, eight: str, written: str) -> None:
    number = written.format(eight[:2], eight[2:5], eight[5:])
    assert mask(around.format(number)) == around.format(f"[phone ***{eight[-3:]}]")


@given(digits(8))
def test_a_phone_that_is_said_digit_by_digit_is_masked(eight: str) -> None:
    number = f"09{eight}"
    assert mask(f"電話{number.translate(HAN)}。") == f"電話[phone ***{eight[-3:]}]。"
    said = " ".join(ENGLISH[digit] for digit in number)
    assert mask(f"it's {said}, thanks") == f"it's [phone ***{eight[-3:]}], thanks"


@given(AROUND, cards(), st.sampled_from(["", " ", "-"]))
def test_a_card_is_masked(around: str, card: str, between: str) -> None:
    written = between.join(card[at : at + 4] for at in range(0, len(card), 4))
    assert mask(around.format(written)) == around.format(f"[card ***{card[-3:]}]")


@given(AROUND, taiwanese_ids())
def test_a_taiwanese_id_is_masked(around: str, number: str) -> None:
    assert mask(around.format(f" {number} ")) == around.format(f" [id ***{number[-2:]}] ")


@given(israeli_ids())
def test_an_israeli_id_is_masked(number: str) -> None:
    assert mask(f"תעודת זהות {number}") == f"תעודת זהות [id ***{number[-2:]}]"


@pytest.mark.parametrize(
    ("said", "masked"),
    [
        ("市話(02)2345-6789轉5", "市話[phone ***789]轉5"),
        ("call +972 54-123-4567", "call [phone ***567]"),
        ("אפס חמש ארבע אחת שתיים שלוש ארבע חמש שש שבע", "[phone ***567]"),
        ("oh nine double one two, three four five six seven", "[phone ***567]"),
        ("我的電話是2345-6789", "我的電話是[phone ***789]"),
        ("帳號是 012-3456-7890123", "帳號是 [account ***123]"),
        ("IBAN IL62 0108 0000 0009 9999 999", "IBAN [account ***999]"),
        ("寄到 amy.lin@example.com.tw 就好", "寄到 [email] 就好"),
        ("it's john dot doe at gmail dot com", "it's [email]"),
        ("amy小老鼠gmail點com", "[email]"),
    ],
)
def test_other_ways_to_say_a_personal_number(said: str, masked: str) -> None:
    assert mask(said) == masked


def survives(text: str) -> bool:
    return mask(text) == text


@given(
    st.integers(0, 10**12), st.sampled_from(["一共{:,}元", "NT${}", "{}元", "{:,} dollars", "₪{}", '{} ש"ח', "{}塊"])
)
def test_amounts_survive(amount: int, written: str) -> None:
    assert survives(written.format(amount))


@given(
    st.dates(date(1912, 1, 1), date(2099, 12, 31)),
    st.sampled_from(
        ["{0:%Y-%m-%d}", "{0:%Y/%m/%d} 10:30", "{0:%Y}年{0:%m}月{0:%d}日", "{0:%d.%m.%Y}", "on {0:%B} {0:%d}, {0:%Y}"]
    ),
)
def test_dates_and_times_survive(day: date, written: str) -> None:
    assert survives(f"約在 {written.format(day)} 見")


@given(st.integers(0, 99_999_999), st.sampled_from(["訂單編號{}", "order number {}", "{}", "מספר הזמנה {}", "A{}"]))
def test_short_numbers_of_orders_survive(number: int, written: str) -> None:
    assert survives(written.format(number))


@pytest.mark.parametrize(
    "text",
    [
        "我等了一二三天",
        "二三十個人,一共一千二百元",
        "one two three, testing",
        "撥打0800-123-456",
        "order number 123456782",
    ],
)
def test_what_only_looks_like_a_personal_number_survives(text: str) -> None:
    assert survives(text)


@given(st.text(max_size=80) | st.text("0912345678-+() 零一二元,at.", max_size=60))
def test_masking_twice_is_masking_once(text: str) -> None:
    assert mask(mask(text)) == mask(text)


def said(*turns: tuple[str, str]) -> list[str]:
    return [turn.text for turn in mask_turns([Turn(who, None, None, None, text) for who, text in turns])]


def test_a_number_over_several_turns_is_one_number() -> None:
    agent, customer = Speaker.AGENT, Speaker.CUSTOMER
    assert said(
        (agent, "請問您的電話?"), (customer, "零九一二"), (agent, "嗯"), (customer, "三四五"), (customer, "六七八,對")
    ) == ["請問您的電話?", "[phone ***678]", "嗯", "***", "***,對"]


def test_the_question_says_what_the_answer_is() -> None:
    assert said((Speaker.AGENT, "請問您的帳號?"), (Speaker.CUSTOMER, "1234 5678 90")) == [
        "請問您的帳號?",
        "[account ***890]",
    ]


def test_the_rest_of_a_turn_stays() -> None:
    turn = Turn(Speaker.CUSTOMER, 1, 2.0, 3.5, "0912345678")
    assert mask_turns([turn]) == [Turn(Speaker.CUSTOMER, 1, 2.0, 3.5, "[phone ***678]")]


def test_personal_numbers_are_found_however_they_are_said_and_no_other_numbers() -> None:
    labelled = tomllib.loads((Path(__file__).parent / "labelled" / "personal.toml").read_text(encoding="utf-8"))
    missed = [text for kind, text in labelled["masked"] if f"[{kind}" not in mask(text)]
    assert len(missed) <= 0.03 * len(labelled["masked"]), missed
    assert [text for text in labelled["kept"] if mask(text) != text] == []


def test_nothing_is_left_of_a_number_that_is_spelled_out() -> None:
    assert mask("身分證是 A 1 2 3 4 5 6 7 8 9") == "身分證是 [id ***89]"
    assert mask("it's j o h n at gmail dot com") == "it's [email]"
    assert mask("אפס חמישים ושתיים שבע שש חמש ארבעים ושלוש עשרים ואחת") == "[phone ***321]"


def test_a_date_of_birth_is_masked_where_it_answers_the_question_for_it() -> None:
    asked = [Turn(Speaker.AGENT, None, None, None, "請問您的出生年月日?")]
    told = [Turn(Speaker.CUSTOMER, None, None, None, "七十五年三月五號,那我三月十號可以來嗎?")]
    assert [turn.text for turn in mask_turns(asked + told)][1] == "[birth date],那我三月十號可以來嗎?"
