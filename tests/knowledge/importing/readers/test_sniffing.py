from __future__ import annotations

import io
import zipfile
from collections.abc import Callable

import pytest

from knowledge.importing.readers.child import lines_of
from knowledge.importing.rows import Format, Reading, Source

Parse = Callable[..., Reading]


def zipped(name: str) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        archive.writestr(name, "x")
    return held.getvalue()


@pytest.mark.parametrize(
    ("text", "name", "found"),
    [
        ("問題,答案\n甲？,乙\n", "a.txt", Format.CSV),
        ("問題\t答案\n甲？\t乙\n", "a.xls", Format.CSV),
        ("甲？,乙\n丙？,丁\n", "a.csv", Format.CSV),
        ("# 標題\n\n內文\n", "", Format.MARKDOWN),
        ("| 問題 | 答案 |\n|--|--|\n| 甲？ | 乙 |\n", "", Format.MARKDOWN),
        ("Q：甲？\nA：乙\n", "a.txt", Format.TEXT),
        ("BMW 可以停嗎？\n可以。\n", "a.txt", Format.TEXT),
        ("<!DOCTYPE html><html><body><p>甲</p></body></html>", "a.pdf", Format.HTML),
        ("<p>甲</p>", "a.html", Format.HTML),
        ('[{"問題": "甲？", "答案": "乙"}]', "a.csv", Format.JSON),
    ],
)
def test_content_decides_what_a_file_is(parse: Parse, text: str, name: str, found: Format) -> None:
    assert parse(text, name).format is found


@pytest.mark.parametrize(
    ("data", "name", "code"),
    [
        (b"", "a.csv", "empty"),
        (b"\xef\xbb\xbf \r\n", "a.csv", "empty"),
        (b"hello there", "a.pdf", "mismatched"),
        (b"hello there", "a.docx", "mismatched"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "a.xls", "old_office"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "a.xlsx", "encrypted"),
        (b"\x89PNG\r\n\x1a\n" + bytes(20), "a.png", "malformed"),
        (b"\xff\xd8\xff\xe0" + bytes(20), "a.pdf", "malformed"),
        (b"\0\0\0\x18ftypheic" + bytes(40), "a.jpg", "image"),
        (b"II*\0" + bytes(40), "a.tif", "image"),
        (b"\0\0\0\x18ftypM4A " + bytes(40), "a.m4a", "unknown_format"),
        (b"PK\x03\x04" + bytes(40), "a.docx", "malformed"),
        (zipped("a.txt"), "a.zip", "unknown_format"),
        (zipped("word/document.xml"), "a.docx", "malformed"),
        (b"{\\rtf1 hello}", "a.doc", "unknown_format"),
        (b"MZ" + bytes(range(256)), "a.exe", "unknown_format"),
        (b"abc\0\0\1\2\3\4\5\6\7\x08" * 30, "a.bin", "unknown_format"),
        (b"%PDF-1.7\nrubbish", "a.pdf", "malformed"),
        (b"nothing", "a.json", "malformed"),
    ],
)
def test_what_cannot_be_read_is_refused_by_its_name(data: bytes, name: str, code: str) -> None:
    assert refusal_of(data, name) == code


def refusal_of(data: bytes, name: str) -> str:
    """The refusal of a file, as the reading process tells it."""
    (line,) = lines_of(Source(data, name))
    assert line.refused is not None
    return line.refused.code
