from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge.entries import Audience
from knowledge.importing.cleaning import as_name, cleaned
from knowledge.importing.export import CONTENT_TYPES, write
from knowledge.importing.readers.child import parse
from knowledge.importing.rows import Format, Reading, Row, Source

LINES = st.sampled_from(
    [
        "=1+2",
        "'=x",
        "@a",
        "# 標題",
        "\\# a",
        "<!-- x -->",
        "## Q",
        "- Q: a",
        "A：好",
        "a,b;c\td",
        '"',
        "",
        " ",
        "_x000D_",
        "5",
        "| a |",
    ]
)
TEXT = st.one_of(st.text(max_size=40), st.lists(LINES, max_size=5).map("\n".join)).map(cleaned)
ROWS = st.lists(
    st.builds(
        Row,
        number=st.just(0),
        question=TEXT.filter(bool),
        answer=TEXT.filter(bool),
        keywords=TEXT,
        audience=st.sampled_from([audience.value for audience in Audience]),
        intents=st.lists(TEXT.map(as_name).filter(bool), max_size=3, unique=True).map(tuple),
    ),
    min_size=1,
    max_size=5,
)
Told = tuple[str, str, str, str, tuple[str, ...]]


def told(rows: tuple[Row, ...] | list[Row]) -> list[Told]:
    return [(row.question, row.answer, row.keywords, row.audience, row.intents) for row in rows]


def round_trip(rows: list[Row], found: Format) -> Reading:
    return parse(Source(b"".join(write(rows, found))))


@pytest.mark.parametrize("found", CONTENT_TYPES)
def test_what_is_exported_is_imported_as_it_was(found: Format) -> None:
    @settings(max_examples=80, deadline=None)
    @given(ROWS)
    def check(rows: list[Row]) -> None:
        reading = round_trip(rows, found)
        assert (told(reading.rows), reading.problems, reading.format) == (told(rows), (), found)

    check()


@pytest.mark.parametrize("found", CONTENT_TYPES)
def test_an_entry_that_reads_like_a_header_is_an_entry(found: Format) -> None:
    rows = [Row(1, "A", "Q"), Row(2, "question", "answer", "keywords")]
    assert told(round_trip(rows, found).rows) == told(rows)


def test_excel_takes_no_cell_of_a_csv_for_a_formula() -> None:
    rows = [Row(1, "=HYPERLINK(1)", "+886 2 1234", "-1", intents=("@a",))]
    line = b"".join(write(rows, Format.CSV)).decode().splitlines()[1]
    assert line.split(",") == ["'=HYPERLINK(1)", "'+886 2 1234", "'-1", "all", "'@a"]


def test_excel_opens_a_csv_with_its_chinese() -> None:
    assert b"".join(write([], Format.CSV)).startswith(b"\xef\xbb\xbfquestion_summary,")


def test_what_nobody_sees_is_not_exported() -> None:
    reading = round_trip([Row(1, "租\u200b金？", "每月\x005號\r\n前")], Format.XLSX)
    assert told(reading.rows)[0][:2] == ("租金？", "每月5號\n前")


def test_another_format_is_refused() -> None:
    with pytest.raises(ValueError, match="pdf"):
        write([], Format.PDF)
