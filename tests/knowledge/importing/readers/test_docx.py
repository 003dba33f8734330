from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import docx
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls

from knowledge.importing.rows import Format, Reading

Parse = Callable[..., Reading]


def saved(document: Any) -> bytes:
    held = io.BytesIO()
    document.save(held)
    return held.getvalue()


def pairs(reading: Reading) -> list[tuple[str, str]]:
    return [(row.question, row.answer) for row in reading.rows]


def test_headings_tables_and_lists_are_read_in_their_order(parse: Parse) -> None:
    document = docx.Document()
    document.add_heading("租屋須知", 0)
    document.add_heading("租金何時繳？", 1)
    document.add_paragraph("每月 5 號。")
    document.add_paragraph("匯款", style="List Bullet")
    table = document.add_table(2, 2)
    for cell, text in zip(table._cells, ("問題", "答案", "押金？", "兩個月"), strict=True):
        cell.text = text
    document.add_heading("退租", 1)
    document.add_paragraph("一個月前告知。")
    reading = parse(saved(document), "a.docx")
    assert (reading.format, reading.title) == (Format.DOCX, "租屋須知")
    assert pairs(reading) == [("押金？", "兩個月"), ("租金何時繳？", "每月 5 號。\n\n匯款"), ("退租", "一個月前告知。")]
    assert [row.place for row in reading.rows] == ["table 1, row 2", "paragraph 2", "paragraph 5"]


def test_question_marks_in_paragraphs_are_found(parse: Parse) -> None:
    document = docx.Document()
    for text in ("Q1：租金何時繳？", "A1：每月 5 號。", "可匯款。", "Q2：押金多少？", "A2：兩個月。"):
        document.add_paragraph(text)
    assert pairs(parse(saved(document))) == [("租金何時繳？", "每月 5 號。\n\n可匯款。"), ("押金多少？", "兩個月。")]


def test_steps_keep_the_numbers_that_word_shows(parse: Parse) -> None:
    document = docx.Document()
    document.add_paragraph("Q：怎麼退租？")
    for text in ("告知", "點交"):
        paragraph = document.add_paragraph(text)
        paragraph._p.get_or_add_pPr().get_or_add_numPr().get_or_add_numId().val = number_list(document)
    assert pairs(parse(saved(document))) == [("怎麼退租？", "1. 告知\n2. 點交")]


def number_list(document: Any) -> int:
    """The id of a list that counts, from the default template."""
    numbering = document.part.numbering_part.element
    kinds = {one.get(f"{W}abstractNumId"): one for one in numbering.iter(f"{W}abstractNum")}
    for one in numbering.iter(f"{W}num"):
        kind = kinds[one.find(f"{W}abstractNumId").get(f"{W}val")]
        if kind.find(f"{W}lvl/{W}numFmt").get(f"{W}val") == "decimal":
            return int(one.get(f"{W}numId"))
    raise AssertionError("the template has no such list")


W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


def test_headers_and_footers_are_read_without_page_numbers(parse: Parse) -> None:
    document = docx.Document()
    section = document.sections[0]
    section.header.paragraphs[0].text = "安居租賃客服專線 02-2345-6789，週一至週五 9:00 到 18:00，假日休息。"
    section.footer.paragraphs[0].text = "第 1 頁"
    document.add_paragraph("內文第一段。")
    reading = parse(saved(document))
    assert [(row.place, "02-2345-6789" in row.answer) for row in reading.rows] == [("header", True)]
    assert "第 1 頁" not in reading.rows[0].answer


def test_deleted_text_is_not_read_and_inserted_and_boxed_text_is(parse: Parse) -> None:
    document = docx.Document()
    document.add_heading("租金？", 1)
    paragraph = document.add_paragraph("每月")
    for xml in (
        "<w:del {}><w:r><w:delText>3 號</w:delText></w:r></w:del>",
        "<w:ins {}><w:r><w:t>5 號</w:t></w:r></w:ins>",
        "<w:r {}><w:pict><w:txbxContent><w:p><w:r><w:t>框裡的字</w:t></w:r></w:p></w:txbxContent></w:pict></w:r>",
    ):
        paragraph._p.append(parse_xml(xml.format(nsdecls("w"))))
    assert pairs(parse(saved(document))) == [("租金？", "每月5 號\n\n框裡的字")]
