from __future__ import annotations

import string
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import BadRequest
from bot.web.multipart import MOST_PARTS, Part, parse_multipart

TYPE = "multipart/form-data; boundary=xyz"


def form(*parts: tuple[str, bytes], end: bytes = b"--xyz--\r\n") -> bytes:
    return b"".join(b"--xyz\r\n" + head.encode() + b"\r\n\r\n" + data + b"\r\n" for head, data in parts) + end


def test_fields_and_files_come_out_as_they_were_sent() -> None:
    body = form(
        ('Content-Disposition: form-data; name="vendor_id"', b"1"),
        (
            'content-disposition: form-data; name="file"; filename="常見問題.csv"\r\nContent-Type: text/csv',
            b"a\r\nb\r\n",
        ),
    )
    assert parse_multipart(body, TYPE) == [
        Part("vendor_id", b"1"),
        Part("file", b"a\r\nb\r\n", "常見問題.csv", "text/csv"),
    ]


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ('filename="a.csv"', "a.csv"),
        ("filename=a.csv", "a.csv"),
        (r'filename="C:\Users\me\a.csv"', "a.csv"),
        ('filename="../../etc/passwd"', "passwd"),
        ('filename="a%22b.csv"', 'a"b.csv'),
        ("filename=\"x\"; filename*=UTF-8''%E5%95%8F.csv", "問.csv"),
        ('filename=""', ""),
        ('filename="a\x07b"', "ab"),
    ],
)
def test_a_files_name_is_read_in_every_spelling_and_without_its_folder(written: str, name: str) -> None:
    body = form((f'Content-Disposition: form-data; name="file"; {written}', b""))
    assert parse_multipart(body, TYPE)[0].file_name == name


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b"", TYPE),
        (b"rubbish", TYPE),
        (form(('Content-Disposition: form-data; name="a"', b"1"), end=b""), TYPE),
        (form(("Content-Type: text/plain", b"1")), TYPE),
        (form(('Content-Disposition: form-data; name=""', b"1")), TYPE),
        (form(('Content-Disposition: form-data; name="a"', b"1")), "multipart/form-data"),
        (form(*[('Content-Disposition: form-data; name="a"', b"1")] * (MOST_PARTS + 1)), TYPE),
        (form((f'Content-Disposition: form-data; name="a"; x="{"y" * 9_000}"', b"1")), TYPE),
        (b"--xyz no line\r\n\r\n1\r\n--xyz--", TYPE),
    ],
)
def test_what_is_no_whole_form_is_refused(body: bytes, content_type: str) -> None:
    with pytest.raises(BadRequest):
        parse_multipart(body, content_type)


def test_a_field_that_is_no_text_is_refused_when_it_is_read() -> None:
    part = parse_multipart(form(('Content-Disposition: form-data; name="a"', b"\xff")), TYPE)[0]
    with pytest.raises(BadRequest):
        part.text  # noqa: B018 - reading it is what is tested


@given(st.lists(st.tuples(st.text(string.ascii_letters, min_size=1, max_size=10), st.binary()), max_size=5))
def test_any_bytes_survive(fields: list[tuple[str, bytes]]) -> None:
    parts = [(f'Content-Disposition: form-data; name="{name}"', data) for name, data in fields]
    if not any(b"\r\n--xyz" in b"\r\n" + data for _, data in fields):
        assert [(part.name, part.data) for part in parse_multipart(form(*parts), TYPE)] == fields


@given(st.binary(max_size=300))
def test_no_body_breaks_it(body: bytes) -> None:
    with suppress(BadRequest):
        parse_multipart(b"--xyz\r\n" + body, TYPE)
