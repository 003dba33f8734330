from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.importing.duplicates import Finding, Kind, Known, find

RENT = Known("租金何時繳？", "每月 5 號前繳納。", id=7)


@pytest.mark.parametrize(
    ("question", "answer", "kind"),
    [
        ("租金何時繳？", "每月 5 號前繳納。", Kind.DUPLICATE),
        ("請問租金何時繳", "每月５號前繳納", Kind.DUPLICATE),
        ("租金何时缴?", "每月 5 号前缴纳。", Kind.DUPLICATE),
        ("租金何時要繳呢？", "每月 5 號前繳納。", Kind.REWORDED),
        ("租金何時繳？", "每月 10 號前繳納。", Kind.OTHER_NUMBERS),
        ("租金何時要繳呢？", "每月 10 號前繳納。", Kind.OTHER_NUMBERS),
        ("租金何時繳？", "請洽房東。每月 5 號前繳納。", Kind.CONFLICT),
    ],
)
def test_what_is_known_already_is_found(question: str, answer: str, kind: Kind) -> None:
    found = find([Known(question, answer)], [RENT])
    assert [(one.row, one.kind, one.entry) for one in found] == [(0, kind, 7)]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("租金何時繳？", "押金何時繳？"),
        ("第一期租金多少？", "第二期租金多少？"),
        ("A棟的停車費多少？", "B棟的停車費多少？"),
        ("可以養寵物嗎？", "不可以養寵物嗎？"),
        ("可以養狗嗎？", "可以養貓嗎？"),
        ("租金怎麼繳？", "租金什麼時候繳？"),
        ("When do I pay the rent?", "How do I pay the rent?"),
        ("Can I keep a dog in room 301?", "Can I keep a dog in room 302?"),
    ],
)
def test_another_question_is_not_taken_for_the_same(one: str, other: str) -> None:
    assert find([Known(one, "甲 1 元")], [Known(other, "乙 2 元", id=1)]) == []


def test_english_questions_meet_in_other_words() -> None:
    found = find(
        [Known("When do I pay the rent?", "On the 5th.")], [Known("When should I pay my rent", "On the 5th", id=1)]
    )
    assert [one.kind for one in found] == [Kind.REWORDED]


def test_a_file_that_contradicts_itself_is_told_of() -> None:
    rows = [
        Known("停車費多少？", "每月 2000 元"),
        Known("停車費多少", "每月 2500 元"),
        Known("停車費多少？", "每月2000元。"),
    ]
    assert [(one.row, one.kind, one.other) for one in find(rows, [])] == [
        (1, Kind.OTHER_NUMBERS, 0),
        (2, Kind.DUPLICATE, 0),
    ]


def test_the_figures_that_differ_are_named() -> None:
    (found,) = find([Known("租金何時繳？", "每月 8 號前繳納。")], [RENT])
    assert len(found.facts) == 2
    assert all("5" in fact or "8" in fact for fact in found.facts)


def test_staff_and_renters_may_be_told_different_things() -> None:
    known = [Known("押金何時退？", "點交後退", id=1, audience="staff")]
    assert find([Known("押金何時退？", "七天內退", audience="renter")], known) == []
    assert len(find([Known("押金何時退？", "七天內退")], known)) == 1


@given(st.lists(st.tuples(st.text(max_size=8), st.text(max_size=8)), max_size=12))
def test_a_row_that_stands_in_a_file_twice_is_always_found(pairs: list[tuple[str, str]]) -> None:
    rows = [Known(question, answer) for question, answer in pairs]
    again = find(rows + rows, [])
    assert {one.row for one in again if one.kind is Kind.DUPLICATE} >= set(range(len(rows), 2 * len(rows)))


def test_many_rows_of_one_pattern_are_compared_in_little_time() -> None:
    known = [Known(f"{number} 號房的租金是多少？", f"每月 {number} 元", id=number) for number in range(20_000)]
    new = [Known(f"請問 {number} 號房的租金是多少", f"每月 {number + 1} 元") for number in range(0, 20_000, 2)]
    found = find(new, known)
    assert found[0] == Finding(0, Kind.OTHER_NUMBERS, 0, None, 1.0, found[0].facts)
    assert [one.entry for one in found] == list(range(0, 20_000, 2))


def test_one_question_a_thousand_times_is_told_of_three_times_each_at_most() -> None:
    found = find([Known("租金多少？", f"約{'很' * number}貴") for number in range(1_000)], [])
    assert max(sum(one.row == row for one in found) for row in (1, 500, 999)) <= 3
