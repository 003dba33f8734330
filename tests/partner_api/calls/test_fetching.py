"""Recordings fetched from the addresses that partners give."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from bot.webhooks.sender import SafeSender
from partner_api.calls import fetching
from partner_api.calls.analysis.errors import AnalysisFailed, Failure
from partner_api.calls.fetching import fetch
from tests.bot.webhooks.conftest import FakeResolver


@asynccontextmanager
async def serving(answer: bytes) -> AsyncIterator[str]:
    """A server on loopback with one answer; its host and port."""

    async def respond(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(answer)
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(respond, "127.0.0.1", 0)
    try:
        yield f"127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()


async def fetched(pair: str, *, allow: bool = True) -> tuple[bytes, str]:
    sender = SafeSender(allow=[pair] if allow else [])
    try:
        return await fetch(sender, f"http://{pair}/call.ogg")
    finally:
        await sender.close()


async def failure(answer: bytes, *, allow: bool = True) -> tuple[Failure, bool]:
    async with serving(answer) as pair:
        with pytest.raises(AnalysisFailed) as failed:
            await fetched(pair, allow=allow)
    return failed.value.failure, failed.value.is_transient


def status(code: int, headers: bytes = b"") -> bytes:
    return b"HTTP/1.1 %d X\r\nContent-Length: 0\r\n%b\r\n" % (code, headers)


async def test_a_recording_comes_with_the_type_that_its_server_declares() -> None:
    async with serving(b"HTTP/1.1 200 OK\r\nContent-Type: audio/ogg; x=y\r\nContent-Length: 4\r\n\r\nOggS") as pair:
        assert await fetched(pair) == (b"OggS", "audio/ogg")


@pytest.mark.parametrize(("code", "is_transient"), [(404, False), (403, False), (204, False), (429, True), (503, True)])
async def test_a_server_that_will_not_is_asked_no_more_and_one_that_cannot_is(code: int, is_transient: bool) -> None:
    assert await failure(status(code)) == (Failure.AUDIO_FETCH_FAILED, is_transient)


async def test_a_server_that_breaks_off_may_do_better_later() -> None:
    assert await failure(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nOgg") == (Failure.AUDIO_FETCH_FAILED, True)


async def test_an_inside_address_is_not_fetched() -> None:
    assert await failure(status(200), allow=False) == (Failure.UNSAFE_URL, False)


async def test_a_name_that_could_not_be_looked_up_may_be_found_later() -> None:
    sender = SafeSender(resolver=FakeResolver())
    with pytest.raises(AnalysisFailed) as failed:
        await fetch(sender, "http://calls.example.com/call.ogg")
    await sender.close()
    assert (failed.value.failure, failed.value.is_transient) == (Failure.UNSAFE_URL, True)


@pytest.mark.parametrize("inside", [b"http://127.0.0.1:1/", b"http://169.254.169.254/", b"file:///etc/passwd"])
async def test_a_redirect_that_leads_inside_is_not_followed(inside: bytes) -> None:
    assert await failure(status(302, b"Location: %b\r\n" % inside)) == (Failure.UNSAFE_URL, False)


async def test_a_redirect_round_in_circles_ends() -> None:
    assert await failure(status(302, b"Location: /again\r\n")) == (Failure.AUDIO_FETCH_FAILED, True)


async def test_what_is_too_large_is_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetching, "MOST_BYTES", 8)
    large = b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nOggSOggSO"
    assert await failure(large) == (Failure.AUDIO_TOO_LONG, False)
