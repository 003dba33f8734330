from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.confined import ended
from bot.texts import Language, say
from knowledge.media import reading
from knowledge.media.errors import ImageRefusal, ImageRefused
from knowledge.media.reading import ImageLimits, ImageReader, ImageText, NoText

SMALL = ImageLimits(size=100)
ANSWERS = """
import sys
from knowledge.media.wire import Answer, Request
import msgspec, os
while head := sys.stdin.buffer.readline():
    data = sys.stdin.buffer.read(msgspec.json.decode(head, type=Request).size)
    if data == b"end":
        break
    print(msgspec.json.encode(Answer(f"{os.getpid()}" if data != b"none" else "", 1.0)).decode(), flush=True)
"""


@pytest.fixture(name="reader")
async def reader_fixture() -> AsyncIterator[ImageReader]:
    made = ImageReader(SMALL, at_once=1)
    yield made
    await made.close()


@pytest.fixture(name="misled")
def misled_fixture(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """In place of the process that reads, one with a body of the test's own."""
    (tmp_path / "misled_image_reader.py").write_text(getattr(request, "param", ANSWERS))
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setattr(reading, "_MODULE", "misled_image_reader")


async def refusal_of(reader: ImageReader, data: bytes, *, within: float = 20.0) -> ImageRefusal:
    with pytest.raises(ImageRefused) as refused:
        await reader.read_image(data, within=within)
    return refused.value.refusal


async def test_images_are_read_one_after_the_other_by_one_process(notice: bytes) -> None:
    reader = ImageReader(at_once=1)
    try:
        first = await reader.read_image(notice, within=60)
        assert isinstance(first, ImageText)
        assert "滯納金300元" in first.text.splitlines()
        assert 0.9 < first.confidence <= 1
        # A damaged image costs the copy that reads it; the process that waits stays.
        assert await refusal_of(reader, notice[:5000], within=60) is ImageRefusal.UNREADABLE
        assert await reader.read_image(notice, within=60) == first
        assert len(reader._free) == 1
    finally:
        await reader.close()


async def test_an_image_that_takes_all_memory_is_given_up(notice: bytes) -> None:
    reader = ImageReader(ImageLimits(memory=64 * 1024 * 1024))
    assert await refusal_of(reader, notice, within=60) is ImageRefusal.UNREADABLE
    await reader.close()


async def test_an_empty_and_a_large_image_are_refused_unread(reader: ImageReader) -> None:
    assert await refusal_of(reader, b"") is ImageRefusal.EMPTY
    assert await refusal_of(reader, bytes(101)) is ImageRefusal.TOO_LARGE


@pytest.mark.usefixtures("misled")
async def test_no_text_is_told_from_text(reader: ImageReader) -> None:
    assert await reader.read_image(b"none") == NoText()


@pytest.mark.usefixtures("misled")
async def test_a_process_that_ended_meanwhile_is_replaced(reader: ImageReader) -> None:
    first = await reader.read_image(b"x")
    await ended(reader._free[0])
    second = await reader.read_image(b"x")
    assert isinstance(first, ImageText)
    assert isinstance(second, ImageText)
    assert first.text != second.text


@pytest.mark.usefixtures("misled")
async def test_no_more_processes_than_allowed_read_at_once() -> None:
    reader = ImageReader(SMALL, at_once=2)
    found = await asyncio.gather(*(reader.read_image(b"x") for _ in range(6)))
    assert len({one.text for one in found if isinstance(one, ImageText)}) <= 2
    await reader.close()


@pytest.mark.usefixtures("misled")
@pytest.mark.parametrize(
    ("misled", "refusal"),
    [
        ("import time; time.sleep(60)", ImageRefusal.TOO_SLOW),
        ("raise SystemExit(3)", ImageRefusal.UNREADABLE),
        ("print('rubbish')", ImageRefusal.UNREADABLE),
        ("print('x' * 3_000_000)", ImageRefusal.UNREADABLE),
    ],
    indirect=["misled"],
)
async def test_whatever_a_process_does_is_one_refusal(reader: ImageReader, refusal: ImageRefusal) -> None:
    within = 0.5 if refusal is ImageRefusal.TOO_SLOW else 20.0
    assert await refusal_of(reader, b"x", within=within) is refusal
    assert not reader._free


@pytest.mark.usefixtures("misled")
async def test_a_closed_reader_reads_no_more(reader: ImageReader) -> None:
    await reader.close()
    assert await refusal_of(reader, b"x") is ImageRefusal.UNREADABLE


@pytest.mark.parametrize("language", Language)
def test_every_refusal_has_a_text(language: Language) -> None:
    assert all(say(f"media.image_{refusal}", language, limit=20) for refusal in ImageRefusal)
