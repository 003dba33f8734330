from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge.importing.errors import ImportRefused
from knowledge.importing.readers import child
from knowledge.importing.readers.csv import guarded, unguarded
from knowledge.importing.rows import Flaw, Limits, Reading, Row, Source

Parse = Callable[..., Reading]

FAQ = "問題,答案,關鍵字,對象,意圖\n租金何時繳？,每月 5 號,房租,租客,帳務;繳費\n押金多少？,兩個月,,客服,\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp950", "utf-16", "utf-16-le", "utf-16-be"])
def test_a_file_is_read_in_the_encodings_that_people_save_in(parse: Parse, encoding: str) -> None:
    reading = parse(FAQ.encode(encoding), "faq.csv")
    assert reading.rows == (
        Row(2, "租金何時繳？", "每月 5 號", "房租", "renter", ("帳務", "繳費"), "line 2"),
        Row(3, "押金多少？", "兩個月", audience="staff", place="line 3"),
    )


def test_simplified_chinese_is_not_taken_for_big5(parse: Parse) -> None:
    text = "问题,答案\n租金什么时候缴纳？,每个月五号以前请您汇款到指定的账户里面\n"
    assert parse(text.encode("gb18030"), "a.csv").rows[0].question == "租金什么时候缴纳？"


@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
def test_the_delimiter_is_found(parse: Parse, delimiter: str) -> None:
    text = f"question{delimiter}answer\nWhen, or how?{delimiter}Soon; later\n"
    text = text if delimiter == "\t" else f'question{delimiter}answer\n"When, or how?"{delimiter}"Soon; later"\n'
    assert [(row.question, row.answer) for row in parse(text, "a.csv").rows] == [("When, or how?", "Soon; later")]


def test_excel_may_say_its_delimiter_itself(parse: Parse) -> None:
    assert parse("sep=|\r\nQ|A\r\n甲？|乙\r\n", "a.csv").rows[0].answer == "乙"


def test_an_answer_may_have_many_lines(parse: Parse) -> None:
    reading = parse('問題,答案\r\n甲？,"一\r\n二, ""三"""\r\n丙？,丁\r\n', "a.csv")
    assert [(row.number, row.place, row.answer) for row in reading.rows] == [
        (2, "line 2", '一\n二, "三"'),
        (3, "line 4", "丁"),
    ]


def test_without_a_header_the_first_column_is_the_question(parse: Parse) -> None:
    reading = parse("租金何時繳？,每月 5 號\n押金多少？,兩個月\n", "a.csv")
    assert [row.number for row in reading.rows] == [1, 2]


def test_a_title_may_stand_above_the_header(parse: Parse) -> None:
    reading = parse("安居租賃常見問題,,\n更新 2026-03-05,,\n編號,題目（必填）,回覆\n1,甲？,乙\n", "a.csv")
    assert [(row.number, row.question, row.answer) for row in reading.rows] == [(4, "甲？", "乙")]


@pytest.mark.parametrize(
    ("line", "flaw"),
    [
        (",有答案", Flaw.QUESTION_MISSING),
        ("沒答案？,", Flaw.ANSWER_MISSING),
        ("沒答案？", Flaw.ANSWER_MISSING),
        ("甲？,乙,,租客,,多的", Flaw.TOO_MANY_COLUMNS),
        ("甲？,乙,,路人,", Flaw.AUDIENCE_UNKNOWN),
        ("甲？,#REF!,,,", Flaw.FORMULA_ERROR),
        (f"{'甲' * 11},乙,,,", Flaw.QUESTION_TOO_LONG),
        (f"甲？,{'乙' * 21},,,", Flaw.ANSWER_TOO_LONG),
        (f"甲？,乙,{'丙' * 31},,", Flaw.FIELD_TOO_LONG),
    ],
)
def test_what_is_wrong_with_a_row_is_told_and_the_others_are_read(parse: Parse, line: str, flaw: Flaw) -> None:
    reading = parse(
        f"問題,答案,關鍵字,對象,意圖\n{line}\n好？,好\n", "a.csv", limits=Limits(question=10, answer=20, field=30)
    )
    assert [(problem.number, problem.place, problem.code) for problem in reading.problems] == [(2, "line 2", flaw)]
    assert [row.number for row in reading.rows] == [3]


def test_more_rows_than_allowed_are_refused(parse: Parse) -> None:
    with pytest.raises(ImportRefused) as refused:
        parse("問題,答案\n" + "甲？,乙\n" * 4, "a.csv", limits=Limits(rows=3))
    assert (refused.value.code, refused.value.values) == ("import_too_many_rows", {"limit": 3})


def test_empty_rows_count_for_nothing(parse: Parse) -> None:
    reading = parse("問題,答案\n甲？,乙\n" + ",\n" * 50, "a.csv", limits=Limits(rows=1))
    assert (len(reading.rows), reading.problems) == (1, ())


@given(st.text(alphabet="'=+-@＝a\t"))
def test_a_guard_against_formulas_comes_off_again(cell: str) -> None:
    assert unguarded(guarded(cell)) == cell
    assert guarded(cell)[:1] not in tuple("=+-@＝\t")


@settings(deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    *rows, last = child.lines_of(Source(data, "a.csv"))
    assert last.end is not None or (last.refused is not None and rows == [])
