from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image, ImageDraw

from knowledge.importing.errors import ImportRefused
from knowledge.importing.rows import Format, Notice, Reading

Parse = Callable[..., Reading]
IMAGES = Path(__file__).parents[2] / "media/images"


def refusal_of(parse: Parse, data: bytes) -> str:
    with pytest.raises(ImportRefused) as refused:
        parse(data, "a.png")
    return refused.value.code


def scanned(*images: Image.Image) -> bytes:
    held = io.BytesIO()
    images[0].convert("RGB").save(held, "PDF", save_all=True, append_images=[one.convert("RGB") for one in images[1:]])
    return held.getvalue()


def test_a_notice_keeps_its_lines_and_says_that_it_was_recognised(parse: Parse) -> None:
    reading = parse((IMAGES / "notice.png").read_bytes(), "notice.txt")
    assert reading.format is Format.IMAGE
    [row] = reading.rows
    assert row.answer.split()[-5:-3] == ["滯納金300元", "租金匯款帳號：臺灣銀行004-1234567890"]
    assert (row.place, row.notice) == ("page 1", Notice.FROM_PICTURE)


def test_a_scanned_pdf_is_read_page_by_page(parse: Parse) -> None:
    notice, receipt = (Image.open(IMAGES / name) for name in ("notice.png", "receipt.jpg"))
    reading = parse(scanned(notice, receipt), "scan.pdf")
    assert reading.format is Format.PDF
    assert reading.problems == ()
    text = "\n".join(row.answer for row in reading.rows)
    assert "繳費日：每月5日" in text
    assert "滯納金依合約計算" in text
    assert {row.notice for row in reading.rows} == {Notice.FROM_PICTURE}


def test_a_picture_that_holds_no_text_is_refused_for_it(parse: Parse) -> None:
    empty, held = Image.new("RGB", (300, 300), "white"), io.BytesIO()
    ImageDraw.Draw(empty).ellipse((80, 80, 220, 220), fill="gray")
    empty.save(held, "WEBP")
    assert refusal_of(parse, held.getvalue()) == "import_picture_without_text"


def test_a_picture_of_too_many_pixels_is_refused_unread(parse: Parse) -> None:
    held = io.BytesIO()
    Image.new("1", (10_000, 6_000)).save(held, "PNG")
    assert refusal_of(parse, held.getvalue()) == "import_too_many_pixels"
