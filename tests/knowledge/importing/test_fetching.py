from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.webhooks.sender import SafeSender
from knowledge.importing import fetching
from knowledge.importing.errors import ImportRefused
from knowledge.importing.fetching import Fetched, fetch, name_in
from knowledge.importing.reading import read
from knowledge.importing.rows import Format

PAGE = "<html><body><h1>常見問題</h1><h2>可以刷卡嗎</h2><p>可以，各家信用卡都收。</p></body></html>".encode()


@asynccontextmanager
async def serving(*answers: bytes) -> AsyncIterator[str]:
    """A page on loopback that gives these answers in turn, the last one again and again; its address."""
    left = list(answers)

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(left.pop(0) if len(left) > 1 else left[0])
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    try:
        yield f"127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()


def ok(body: bytes, content_type: str = "text/html") -> bytes:
    return b"HTTP/1.1 200 OK\r\nContent-Type: %b\r\nContent-Length: %d\r\n\r\n%b" % (
        content_type.encode(), len(body), body,
    )  # fmt: skip


async def fetched(pair: str, path: str = "/faq.html") -> Fetched:
    sender = SafeSender(allow=[pair])
    try:
        return await fetch(sender, f"http://{pair}{path}")
    finally:
        await sender.close()


async def test_a_page_is_fetched_and_read() -> None:
    async with serving(ok(PAGE, "text/html; charset=utf-8")) as pair:
        page = await fetched(pair)
    reading = await read(page.data, filename=page.file_name, content_type=page.content_type)
    assert (page.file_name, reading.format) == ("faq.html", Format.HTML)
    assert ("可以刷卡嗎", "可以，各家信用卡都收。") in [(row.question, row.answer) for row in reading.rows]


async def test_redirects_are_followed_and_name_the_file() -> None:
    moved = b"HTTP/1.1 302 Found\r\nLocation: /new/list.csv?x=1\r\nContent-Length: 0\r\n\r\n"
    async with serving(moved, ok(b"question,answer\na,b\n", "text/csv")) as pair:
        assert (await fetched(pair)).file_name == "list.csv"


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n", "import_page_status"),
        (b"HTTP/1.1 302 Found\r\nLocation: http://10.0.0.1/\r\nContent-Length: 0\r\n\r\n", "import_unsafe_url"),
        (b"HTTP/1.1 302 Found\r\nLocation: /again\r\nContent-Length: 0\r\n\r\n", "import_fetch_failed"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 99999999\r\n\r\n", "import_page_too_large"),
        (b"no HTTP at all", "import_fetch_failed"),
    ],
)
async def test_what_goes_wrong_has_its_code(answer: bytes, code: str) -> None:
    async with serving(answer) as pair:
        with pytest.raises(ImportRefused) as refused:
            await fetched(pair)
    assert refused.value.code == code


async def test_a_page_that_never_comes_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetching, "SECONDS", 0.2)
    async with serving(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n") as pair:
        with pytest.raises(ImportRefused) as refused:
            await fetched(pair)
    assert refused.value.code in ("import_fetch_timeout", "import_fetch_failed")


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("https://example.com/a/faq.csv?x=1#y", "faq.csv"),
        ("https://example.com/%E5%95%8F.md", "問.md"),
        ("https://example.com/", "example.com"),
        ("http://[", "page"),
    ],
)
def test_a_url_names_its_file(url: str, name: str) -> None:
    assert name_in(url) == name


@given(st.text(max_size=50))
def test_any_text_names_some_file(url: str) -> None:
    assert name_in(url)
