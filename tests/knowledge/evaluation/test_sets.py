"""Reading question sets."""

from __future__ import annotations

import csv
import io
import json
from contextlib import suppress

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.errors import PlatformError
from knowledge.answers import Outcome
from knowledge.entries import Audience
from knowledge.evaluation.errors import QuestionSetRefused
from knowledge.evaluation.sets import COLUMNS, Case, Expectation, read_set

HEADER = ",".join(COLUMNS)


def read(text: str) -> tuple[Case, ...]:
    return read_set(text.encode())


def problems(text: str) -> tuple[str, ...]:
    with pytest.raises(QuestionSetRefused) as refused:
        read(text)
    return refused.value.problems


def test_a_table_gives_every_field() -> None:
    [case] = read(f"{HEADER}\n幾號繳,押金要付幾個月,每月 1 號|轉帳,5 號,staff,ANJU|2,unknown|out_of_scope,帳務查詢\n")
    assert (case.line, case.question, case.audience, case.vendors) == (2, "幾號繳", Audience.STAFF, ("ANJU", "2"))
    assert case.expectation == Expectation(
        entry="押金要付幾個月",
        contains=("每月 1 號", "轉帳"),
        lacks=("5 號",),
        outcomes=(Outcome.UNKNOWN, Outcome.OUT_OF_SCOPE),
        intents=("帳務查詢",),
    )


def test_json_lines_give_the_same() -> None:
    table = read("question,expected_entry,must_contain,vendor\n幾號繳,12,a|b,ANJU\n")
    row = {"question": "幾號繳", "expected_entry": 12, "must_contain": ["a", "b"], "vendor": "ANJU"}
    lines = read(json.dumps(row))
    assert [(case.key, case.vendors) for case in table] == [(case.key, case.vendors) for case in lines]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_tables_come_as_spreadsheets_save_them(encoding: str, delimiter: str) -> None:
    text = f"question{delimiter}note\r\n房租什麼時候要繳給你們{delimiter}問得最多\r\n\r\n"
    [case] = read_set(text.encode(encoding))
    assert case.question == "房租什麼時候要繳給你們"


def test_a_row_that_expects_nothing_expects_an_answer() -> None:
    [case] = read("question\n幾號繳\n")
    assert case.expectation == Expectation(outcomes=(Outcome.ANSWERED,))


def test_who_asks_is_the_callers_choice_where_a_row_does_not_say() -> None:
    first, second = read_set(b"question,audience\na?,\nb?,renter\n", audience=Audience.STAFF)
    assert (first.audience, second.audience) == (Audience.STAFF, Audience.RENTER)


def test_every_bad_row_is_named_with_its_line() -> None:
    text = (
        f"{HEADER}\n,,,,,,,\n好,,,,,,,\n,x,,,,,,\n"
        + '"兩\n行",,,,all,,,\n問,,,,,,maybe,\n'
        + "長" * 1001
        + "\n好,,,,,,,\n"
    )
    assert problems(text) == (
        "line 4: question: is missing.",
        "line 5: audience: 'all' is none of renter, staff.",
        f"line 7: outcome: 'maybe' is none of {', '.join(Outcome)}.",
        "line 8: question: is longer than 1000 characters.",
        "line 9: asks and expects the same as line 3.",
    )


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "The file holds no question."),
        ("question\n", "The file holds no question."),
        ("frage\nx\n", "line 1: is no header: it must name a column `question`."),
        ("question\na,b\n", "line 2: has 2 cells, and the header names 1."),
        ("question,must_contian\na,b\n", "line 1: unknown column 'must_contian'"),
        ("question,note,note\na,b,c\n", "line 1: names a column twice."),
        ('{"question": "a"}\n{"frage": "b"}', "line 2: unknown column 'frage'"),
        ('{"question": "a"}\n[1]\n', "line 2: is not a JSON object."),
        ('{"question": true}', "line 1: question: must be a text."),
        ('{"question": "a", "must_contain": [1]}', "line 1: must_contain: must be a text or an array of texts."),
        ('{"question": "a"', "line 1: is not a JSON object."),
    ],
)
def test_what_is_wrong_with_a_file_is_said(text: str, problem: str) -> None:
    assert problems(text)[0].startswith(problem)


def test_the_key_is_of_question_and_expectations_alone() -> None:
    text = "question,must_contain,vendor\na?,x|y,\nb?,,\na?,y|x,ANJU\na?,x,\n"
    first, second, third, fourth = read(text)
    assert first.key == third.key
    assert len({case.key for case in (first, second, fourth)}) == 3


@given(st.lists(st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1).filter(str.strip), max_size=5))
def test_whatever_a_question_is_it_survives_a_table(questions: list[str]) -> None:
    asked = list(dict.fromkeys(question.strip()[:1000].strip() for question in questions))
    out = io.StringIO()
    csv.writer(out).writerows([["question", "note"], *([question, "x"] for question in asked)])
    if asked:
        assert [case.question for case in read(out.getvalue())] == asked


@given(st.binary(max_size=200))
@example(b"\x88b")
def test_no_bytes_do_more_than_be_refused(data: bytes) -> None:
    with suppress(PlatformError):
        assert read_set(data)
