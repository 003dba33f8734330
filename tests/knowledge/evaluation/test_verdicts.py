"""Judging answers."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from knowledge.answers import Answer, Outcome, Source
from knowledge.entries import Entry, FoundIntent, IntentType, Scope
from knowledge.evaluation.sets import Expectation
from knowledge.evaluation.verdicts import Fault, Verdict, judge, states
from knowledge.retrieval.index import Hit

DEPOSIT = Entry(12, Scope.GLOBAL, "押金要付幾個月", "押金 2 個月。")
RENT = Entry(7, Scope.VENDOR, "幾號繳房租", "每月 1 號。")


def answered(text: str = "押金兩個月。", *entries: Entry, outcome: Outcome = Outcome.ANSWERED) -> Answer:
    sources = tuple(Source(entry.id, entry.question, entry.answer, entry.scope, 0.9) for entry in entries)
    intents = (FoundIntent(1, "帳務查詢", IntentType.KNOWLEDGE, 0.9),)
    return Answer(text, outcome, sources=sources, intents=intents)


def faults(verdict: Verdict) -> list[Fault]:
    return [reason.fault for reason in verdict.reasons]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("退租清潔費為 2,500 元。", "2500元"),
        ("退租清潔費為 2,500 元。", "兩千五百元"),
        ("退租清潔費為２５００元。", "清潔費 NT$2,500"),
        ("請於每月五號前繳費", "每月 5 號"),
        ("寬限期是半年", "6 個月"),
        ("我們開到 18:00", "下午 6 點"),
        ("請撥 0223456789", "02-2345-6789"),
        ("WIFI 密碼在發票上", "wi fi"),
        ("用 LINE Ｐａｙ 付款", "line pay"),
        ("請看 https://a.example/b 。", "https://a.example/b"),
        ("第 2 次提醒", "第2次"),
    ],
)
def test_the_same_is_the_same_however_it_is_written(text: str, wanted: str) -> None:
    assert states(text, wanted)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("每月 11 號", "1 號"),
        ("每月十一號", "一號"),
        ("寬限 5 天", "5 號"),
        ("手續費 2,500 元", "500 元"),
        ("手續費 2,500 元", "清潔費 2,500 元"),
        ("我們開到 18:00", "上午 6 點"),
        ("1,200 元", "120"),
        ("不能養寵物", "可以養寵物"),
        ("", "a"),
        ("什麼都有", ""),
    ],
)
def test_what_is_not_said_is_not_found(text: str, wanted: str) -> None:
    assert not states(text, wanted)


@given(st.integers(0, 9_999_999), st.integers(0, 9_999_999))
def test_amounts_are_the_same_if_and_only_if_they_are_equal(one: int, other: int) -> None:
    assert states(f"費用是 {one:,} 元整。", f"{other}元") == (one == other)


@given(st.text(max_size=50), st.text(max_size=10))
@example(".", ".")
def test_a_text_says_each_of_its_parts_unless_a_number_is_cut(before: str, wanted: str) -> None:
    if wanted.strip():
        assert states(f"{before} {wanted} ", wanted) or any(character.isnumeric() for character in before + wanted)


def test_an_answer_from_the_expected_entry_passes_by_id_and_by_question() -> None:
    for expected in (12, "押金要付幾個月？", " 押金要付幾個月"):
        assert judge(Expectation(entry=expected), answered("…", DEPOSIT), ()).passed


@pytest.mark.parametrize(
    ("hits", "has_entry", "said"),
    [
        ((Hit(RENT, 1, 0.4), Hit(DEPOSIT, 1, 0.34)), True, "ranks 2 with confidence 0.34, and was not used"),
        ((Hit(DEPOSIT, 1, 0.61),), True, "ranks 1 with confidence 0.61, and was not used although that is sure"),
        ((Hit(RENT, 1, 0.4),), True, "was not retrieved"),
        ((), False, "is none of this vendor's"),
    ],
)
def test_a_missing_entry_is_explained(hits: tuple[Hit, ...], has_entry: bool, said: str) -> None:
    verdict = judge(Expectation(entry=12), answered("…", RENT), hits, has_entry=has_entry)
    assert faults(verdict) == [Fault.ENTRY]
    assert said in verdict.reasons[0].detail


def test_every_reason_is_given() -> None:
    wanted = Expectation(12, ("3 個月",), ("2 個月",), (Outcome.UNKNOWN, Outcome.OUT_OF_SCOPE), ("維修報修",))
    verdict = judge(wanted, answered(), ())
    assert faults(verdict) == [Fault.ENTRY, Fault.MISSING, Fault.FORBIDDEN, Fault.OUTCOME, Fault.INTENT]
    details = [reason.detail for reason in verdict.reasons]
    assert details[1:] == [
        "does not say “3 個月”",
        "says “2 個月”",
        "is answered, expected unknown or out_of_scope",
        "intent 維修報修 was not found, but 帳務查詢",
    ]


def test_an_answer_that_is_all_that_was_expected_passes() -> None:
    wanted = Expectation(12, ("2 個月",), ("3 個月",), (Outcome.ANSWERED,), ("帳務查詢",))
    assert judge(wanted, answered("押金兩個月。", DEPOSIT), ()) == Verdict()
