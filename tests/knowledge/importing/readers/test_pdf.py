from __future__ import annotations

import io
from collections.abc import Callable, Sequence

import pytest
from pypdf import PdfWriter

from knowledge.importing.errors import ImportRefused
from knowledge.importing.rows import Flaw, Format, Limits, Reading

Parse = Callable[..., Reading]
IMAGE = b"q 200 0 0 200 100 500 cm BI /W 1 /H 1 /CS /G /BPC 8 ID \x00 EI Q"
Line = tuple[int, int, str]


def page(*lines: Line) -> bytes:
    """Content of a page: lines as (size, distance from the bottom in points, text)."""
    return b"\n".join(f"BT /F1 {size} Tf 72 {y} Td ({text}) Tj ET".encode() for size, y, text in lines)


def pdf(pages: Sequence[bytes]) -> bytes:
    objects = [b"<< /Type /Catalog /Pages 2 0 R >>", b"", b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"]
    kids = []
    for content in pages:
        objects.append(b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content))
        objects.append(
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents %d 0 R "
            b"/Resources << /Font << /F1 3 0 R >> >> >>" % len(objects)
        )
        kids.append(b"%d 0 R" % len(objects))
    objects[1] = b"<< /Type /Pages /Kids [%s] /Count %d >>" % (b" ".join(kids), len(kids))
    body, offsets = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, 1):
        offsets.append(len(body))
        body += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    size = len(objects) + 1
    return body + b"xref\n0 %d\n0000000000 65535 f \n%strailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF" % (
        size, table, size, len(body),
    )  # fmt: skip


def pairs(reading: Reading) -> list[tuple[str, str]]:
    return [(row.question, row.answer) for row in reading.rows]


def test_questions_are_read_with_their_pages(parse: Parse) -> None:
    first = page((12, 700, "Q: When is the rent due?"), (12, 680, "A: On the 5th of each month."))
    second = page((12, 700, "Q: May I keep a cat?"), (12, 680, "A: Yes."))
    reading = parse(pdf([first, second]), "a.pdf")
    assert reading.format is Format.PDF
    assert pairs(reading) == [("When is the rent due?", "On the 5th of each month."), ("May I keep a cat?", "Yes.")]
    assert [row.place for row in reading.rows] == ["page 1", "page 2"]


def test_larger_lines_are_headings_and_broken_lines_are_joined(parse: Parse) -> None:
    lines = [
        (20, 750, "Rent"),
        (12, 720, "Please transfer the rent every month to the ac-"),
        (12, 706, "count that your landlord has given you."),
        (20, 660, "Deposit"),
        (12, 630, "Two months."),
    ]
    assert pairs(parse(pdf([page(*lines)]))) == [
        ("Rent", "Please transfer the rent every month to the account that your landlord has given you."),
        ("Deposit", "Two months."),
    ]


def test_what_every_page_repeats_is_left_out(parse: Parse) -> None:
    pages = [
        page(
            (9, 810, "House rules, 2026"),
            (12, 700, f"Q: Question {word}?"),
            (12, 680, f"A: {word}"),
            (9, 30, f"Page {at}"),
        )
        for at, word in enumerate(("one", "two", "three"), 1)
    ]
    assert pairs(parse(pdf(pages))) == [
        ("Question one?", "one"),
        ("Question two?", "two"),
        ("Question three?", "three"),
    ]


def test_a_scan_is_refused_for_what_it_is_and_a_scanned_page_told_of(parse: Parse) -> None:
    with pytest.raises(ImportRefused) as refused:
        parse(pdf([IMAGE, IMAGE]))
    assert refused.value.code == "import_scanned"
    reading = parse(pdf([page((12, 700, "Q: May I?"), (12, 680, "A: Yes.")), IMAGE]))
    assert [(one.place, one.code) for one in reading.problems] == [("page 2", Flaw.PAGE_WITHOUT_TEXT)]


def test_scanned_pages_that_there_is_no_time_for_are_told_of(parse: Parse) -> None:
    text = page((12, 700, "Q: May I?"), (12, 680, "A: Yes."))
    reading = parse(pdf([text, IMAGE]), limits=Limits(cpu=0))
    assert [(one.place, one.code) for one in reading.problems] == [("page 2", Flaw.PAGE_NOT_REACHED)]
    assert pairs(reading) == [("May I?", "Yes.")]


def test_a_locked_pdf_is_refused_for_what_it_is(parse: Parse) -> None:
    writer, held = PdfWriter(io.BytesIO(pdf([page((12, 700, "x"))]))), io.BytesIO()
    writer.encrypt("secret", algorithm="AES-256")
    writer.write(held)
    with pytest.raises(ImportRefused) as refused:
        parse(held.getvalue())
    assert refused.value.code == "import_encrypted"
