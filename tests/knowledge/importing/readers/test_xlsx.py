from __future__ import annotations

import datetime as dt
import io
import zipfile
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import openpyxl
import pytest

from knowledge.importing.errors import ImportRefused
from knowledge.importing.readers.number_formats import written
from knowledge.importing.rows import Flaw, Format, Limits, Reading

Parse = Callable[..., Reading]


def workbook(**sheets: Iterable[Sequence[Any]]) -> openpyxl.Workbook:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
    return book


def saved(book: openpyxl.Workbook) -> bytes:
    held = io.BytesIO()
    book.save(held)
    return held.getvalue()


def test_every_visible_sheet_is_read_and_a_hidden_one_told_of(parse: Parse) -> None:
    header = ("問題", "答案")
    book = workbook(租屋=[header, ("甲？", "乙")], 停車=[("Q", "A"), ("丙？", "丁")], 草稿=[header, ("戊？", "己")])
    book["草稿"].sheet_state = "hidden"
    reading = parse(saved(book), "faq.csv")
    assert reading.format is Format.XLSX
    assert [(row.place, row.question) for row in reading.rows] == [("租屋!2", "甲？"), ("停車!2", "丙？")]
    assert [(problem.place, problem.code) for problem in reading.problems] == [("草稿", Flaw.SHEET_HIDDEN)]


@pytest.mark.parametrize(
    ("value", "number_format", "seen"),
    [
        (5, "General", "5"),
        (5.0, "General", "5"),
        (0.1 + 0.2, "General", "0.3"),
        (12000, "#,##0", "12,000"),
        (12000.5, "#,##0.00", "12,000.50"),
        (0.08, "0%", "8%"),
        (0.0825, "0.00%", "8.25%"),
        (912345678, "0000000000", "0912345678"),
        (912345678, "0000-000-000", "0912-345-678"),
        (12000, '"NT$"#,##0', "NT$12,000"),
        (12000, "[$NT$-404]#,##0;-[$NT$-404]#,##0", "NT$12,000"),
        (-3, "0;(0)", "(3)"),
        (-3, "0", "-3"),
        (3, '0"個月"', "3個月"),
        (1.5, "0.##", "1.5"),
        (2.0, "0.##", "2"),
        (0.5, "#.0", ".5"),
        (0.5, "0.0", "0.5"),
        (1500000, '0.0,,"M"', "1.5M"),
        (1e25, "General", "1e+25"),
        (dt.datetime(2026, 3, 5, tzinfo=dt.UTC), "yyyy/m/d", "2026-03-05"),
        (dt.datetime(2026, 3, 5, 14, 30, tzinfo=dt.UTC), "yyyy/m/d h:mm", "2026-03-05 14:30"),
        (dt.time(9, 30), "h:mm", "09:30"),
        (dt.timedelta(hours=26, minutes=5), "[h]:mm", "26:05"),
        (True, "General", "TRUE"),
        (None, "General", ""),
        ("５ 號", "@", "５ 號"),
    ],
)
def test_a_cell_is_read_as_people_see_it(value: object, number_format: str, seen: str) -> None:
    assert written(value, number_format) == seen


def test_formats_reach_the_rows(parse: Parse) -> None:
    book = workbook(S=[("問題", "答案"), ("管理費？", 0.08), ("生效日？", dt.date(2026, 3, 5)), ("租金？", 12000)])
    book["S"]["B2"].number_format = "0%"
    book["S"]["B4"].number_format = "#,##0"
    assert [row.answer for row in parse(saved(book)).rows] == ["8%", "2026-03-05", "12,000"]


def test_one_question_beside_several_cells_is_one_row(parse: Parse) -> None:
    rows = [("分類", "問題", "答案"), ("帳務", "怎麼繳？", "匯款"), (None, None, "超商"), (None, "何時？", "5 號")]
    book = workbook(S=rows)
    book["S"].merge_cells("A2:A4")
    book["S"].merge_cells("B2:B3")
    assert [(row.question, row.answer, row.intents) for row in parse(saved(book)).rows] == [
        ("怎麼繳？", "匯款\n超商", ("帳務",)),
        ("何時？", "5 號", ("帳務",)),
    ]


def test_a_section_title_across_the_columns_is_no_problem(parse: Parse) -> None:
    book = workbook(S=[("問題", "答案"), ("一、租金",), ("何時？", "5 號")])
    book["S"].merge_cells("A2:B2")
    reading = parse(saved(book))
    assert (len(reading.rows), reading.problems) == (1, ())


def test_a_formula_counts_with_its_last_result(parse: Parse) -> None:
    data = saved(workbook(S=[("問題", "答案"), ("租金？", "X")]))
    cell = b'<c r="B2" t="str"><f>1+1</f><v>2 \xe5\x85\x83</v></c>'
    assert parse(edited(data, "xl/worksheets/sheet1.xml", cell)).rows[0].answer == "2 元"


def edited(data: bytes, name: str, cell: bytes) -> bytes:
    """The workbook with its cell B2 replaced."""
    held = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(held, "w") as new:
        for part in old.namelist():
            text = old.read(part)
            if part == name:
                start = text.index(b'<c r="B2"')
                end = text.index(b"</row>", start)
                text = text[:start] + cell + text[end:]
            new.writestr(part, text)
    return held.getvalue()


def test_a_workbook_that_unpacks_to_too_much_is_refused(parse: Parse) -> None:
    data = saved(workbook(S=[("問題", "答案"), ("甲？", "乙" * 30_000)] * 5))
    with pytest.raises(ImportRefused) as refused:
        parse(data, limits=Limits(unpacked=10_000))
    assert refused.value.code == "import_unpacks_too_large"


def test_a_workbook_that_declares_entities_is_refused(parse: Parse) -> None:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        archive.writestr("xl/workbook.xml", '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>')
    with pytest.raises(ImportRefused) as refused:
        parse(held.getvalue(), "a.xlsx")
    assert refused.value.code == "import_malformed"


def test_a_sheet_that_claims_a_million_rows_is_read_by_what_it_holds(parse: Parse) -> None:
    book = workbook(S=[("問題", "答案"), ("甲？", "乙")])
    book["S"]["XFD1048576"] = "x"
    reading = parse(saved(book))
    assert [row.question for row in reading.rows] == ["甲？"]
