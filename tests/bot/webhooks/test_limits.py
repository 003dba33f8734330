"""What the other side may do to a request: every case ends, by a named error, within the request's limits."""

from __future__ import annotations

import asyncio
import gzip
import socket
import struct
import zlib

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.webhooks.errors import AnswerTooLarge, FetchFailed, FetchTimeout, UnsafeAddress
from bot.webhooks.messages import OutgoingRequest
from bot.webhooks.sender import SafeSender
from tests.bot.webhooks.conftest import FakeResolver, MakeSender, MakeSite, Site, answer, sends

CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
BOMB = gzip.compress(bytes(50_000_000))
SOON = 0.3


async def hang(reader: asyncio.StreamReader, _: asyncio.StreamWriter) -> None:
    await reader.read()


async def hang_in_the_head(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nX-A:")
    await reader.read()


async def hang_in_the_body(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc")
    await reader.read()


async def drip(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
    while True:
        writer.write(b"a")
        await writer.drain()
        await asyncio.sleep(0.01)


async def drip_the_head(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nX-A: ")
    while True:
        writer.write(b"a")
        await writer.drain()
        await asyncio.sleep(0.01)


async def continue_for_ever(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while True:
        writer.write(b"HTTP/1.1 103 Early Hints\r\n\r\n")
        await writer.drain()
        await asyncio.sleep(0.001)


async def send_for_ever(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(CHUNKED)
    while True:
        writer.write(b"400\r\n" + b"a" * 0x400 + b"\r\n")
        await writer.drain()


async def headers_for_ever(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\n")
    while True:
        writer.write(b"X-A: a\r\n" * 100)
        await writer.drain()


async def reset(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc")
    await writer.drain()
    # Closing at once, with nothing lingering, makes the kernel send a reset.
    raw: socket.socket = writer.get_extra_info("socket")
    raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


@pytest.mark.parametrize("script", [hang, hang_in_the_head, hang_in_the_body, drip, drip_the_head, continue_for_ever])
async def test_whoever_keeps_us_waiting_is_left(site: MakeSite, sender: MakeSender, script: object) -> None:
    assert callable(script)
    slow = await site(script)
    with pytest.raises(FetchTimeout, match=r"^127\.0\.0\.1 takes too long to answer\.$"):
        await sender(slow).send(OutgoingRequest(url=slow.url(), timeout=SOON))


async def test_whoever_never_reads_is_left(site: MakeSite, sender: MakeSender) -> None:
    async def never_read(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.transport.pause_reading()  # type: ignore[attr-defined]  # a socket's transport has it
        await asyncio.sleep(60)

    slow = await site(never_read)
    request = OutgoingRequest(url=slow.url(), method="POST", body=bytes(20_000_000), timeout=SOON)
    with pytest.raises(FetchTimeout):
        await sender(slow).send(request)


async def test_a_handshake_that_never_ends_is_left(site: MakeSite, sender: MakeSender) -> None:
    slow = await site(hang)
    with pytest.raises(FetchTimeout):
        await sender(slow).send(OutgoingRequest(url=f"https://{slow.pair}/", timeout=SOON))


async def test_a_look_up_that_never_ends_is_left(sender: MakeSender) -> None:
    class Silent(FakeResolver):
        async def resolve(self, *_: object, **__: object) -> list[object]:  # type: ignore[override]  # never answers
            await asyncio.sleep(60)
            return []

    with pytest.raises(FetchTimeout):
        await sender(resolver=Silent()).send(OutgoingRequest(url="http://shop.example.com/", timeout=SOON))


async def test_the_time_counts_over_all_redirects(site: MakeSite, sender: MakeSender) -> None:
    async def slowly_on(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(SOON / 4)
        writer.write(answer(b"", "Location: /again", status="302 Found"))

    slow = await site(slowly_on)
    with pytest.raises(FetchTimeout):
        await sender(slow).send(OutgoingRequest(url=slow.url(), timeout=SOON, follow_redirects=1_000))


@pytest.mark.parametrize(
    "script",
    [
        send_for_ever,
        sends(answer(b"a" * 1_001)),
        sends(b"HTTP/1.1 200 OK\r\n\r\n" + b"a" * 1_001),
        sends(b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n"),
        sends(answer(gzip.compress(bytes(1_001)), "Content-Encoding: gzip")),
        sends(answer(zlib.compress(bytes(1_001)), "Content-Encoding: deflate")),
    ],
)
async def test_a_body_over_the_limit_is_not_read_to_its_end(site: MakeSite, sender: MakeSender, script: object) -> None:
    assert callable(script)
    large = await site(script)
    with pytest.raises(AnswerTooLarge, match="larger than 1,000 bytes"):
        await sender(large).send(OutgoingRequest(url=large.url(), max_answer_bytes=1_000))


async def test_a_packed_body_is_unpacked_piece_by_piece(site: MakeSite, sender: MakeSender) -> None:
    bomb = await site(sends(answer(BOMB, "Content-Encoding: gzip")))
    with pytest.raises(AnswerTooLarge):
        await sender(bomb).send(OutgoingRequest(url=bomb.url(), max_answer_bytes=len(BOMB) + 1))


@pytest.mark.parametrize("packed", [True, False])
async def test_a_body_of_just_the_limit_is_read(site: MakeSite, sender: MakeSender, *, packed: bool) -> None:
    body = b"a" * 1_000
    whole = answer(gzip.compress(body), "Content-Encoding: gzip") if packed else answer(body)
    found = await sender(fits := await site(sends(whole))).send(OutgoingRequest(url=fits.url(), max_answer_bytes=1_000))
    assert found.body == body


async def test_the_length_in_an_answer_without_a_body_is_no_body(site: MakeSite, sender: MakeSender) -> None:
    shop = await site(sends(b"HTTP/1.1 200 OK\r\nContent-Length: 99999999\r\n\r\n"))
    assert (await sender(shop).send(OutgoingRequest(url=shop.url(), method="HEAD"))).body == b""


@pytest.mark.parametrize(
    "script",
    [
        reset,
        headers_for_ever,
        sends(),
        sends(b"SSH-2.0-OpenSSH_9.2\r\n"),
        sends(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc"),
        sends(b"HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\nabc"),
        sends(b"HTTP/1.1 200 OK\r\nX-A: " + b"a" * 10_000 + b"\r\n\r\n"),
        sends(b"HTTP/1.1 200 OK\r\n" + b"X-A: a\r\n" * 101 + b"\r\n"),
        sends(CHUNKED + b"zz\r\nabc\r\n"),
        sends(CHUNKED + b"5\r\nab"),
        sends(answer(b"no gzip at all", "Content-Encoding: gzip")),
        sends(answer(b"", "Location: /", "Content-Length: 5")),
    ],
)
async def test_an_answer_that_is_none_is_a_failure(site: MakeSite, sender: MakeSender, script: object) -> None:
    assert callable(script)
    broken = await site(script)
    with pytest.raises(FetchFailed, match=r"^127\.0\.0\.1 broke off or sent no valid answer\.$"):
        await sender(broken).send(OutgoingRequest(url=broken.url()))


async def test_a_port_where_nobody_listens_is_a_failure(site: MakeSite, sender: MakeSender) -> None:
    gone = Site(sends())
    await gone.start()
    await gone.stop()
    with pytest.raises(FetchFailed, match=r"^127\.0\.0\.1 can't be reached\.$"):
        await sender(gone).send(OutgoingRequest(url=gone.url()))


PIECES = [
    b"HTTP/1.1 ", b"200 OK", b"302 Found", b"\r\n", b"\n", b"Content-Length: ", b"-1", b"5", b": ", b"\x00", b"\xff",
    b"Transfer-Encoding: chunked", b"Content-Encoding: gzip", b"Location: ", b"http://[", b"101 Switching", b"Upgrade",
    b"Set-Cookie: ", b"Content-Type: text/html; charset=", b"HTTP/9.9", b"999", b"Connection: close", b"\r\n\r\n",
]  # fmt: skip
PARTS = st.sampled_from(PIECES)


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(parts=st.lists(PARTS | st.binary(max_size=8), max_size=20))
def test_whatever_is_sent_there_is_an_answer_or_a_named_error(parts: list[bytes]) -> None:
    asyncio.run(answer_or_named_error(b"".join(parts)))


async def answer_or_named_error(sent: bytes) -> None:
    shop = Site(sends(b"HTTP/1.1 200 OK\r\n" * (len(sent) % 2) + sent))
    await shop.start()
    careful = SafeSender(allow=[shop.pair], resolver=FakeResolver())
    try:
        found = await careful.send(OutgoingRequest(url=shop.url(), max_answer_bytes=100, timeout=5, follow_redirects=1))
        assert all(value.encode("utf-8") is not None for value in found.headers.values())
    except (FetchFailed, UnsafeAddress):
        """The named error."""
    finally:
        await careful.close()
        await shop.stop()


async def test_one_slow_host_does_not_cost_the_others(site: MakeSite) -> None:
    arrived, go_on = asyncio.Event(), asyncio.Event()

    async def wait(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        arrived.set()
        await go_on.wait()
        writer.write(answer(b"late"))

    slow, shop = await site(wait), await site(sends(answer(b"ok")))
    careful = SafeSender(allow=[slow.pair, shop.pair], resolver=FakeResolver(), connections=2, connections_per_host=1)
    waiting = [asyncio.create_task(careful.send(OutgoingRequest(url=slow.url(), timeout=60))) for _ in range(5)]
    await arrived.wait()
    assert (await careful.send(OutgoingRequest(url=shop.url()))).body == b"ok"
    go_on.set()
    assert {late.body for late in await asyncio.gather(*waiting)} == {b"late"}
    await careful.close()


async def test_closing_breaks_off_what_is_under_way(site: MakeSite, sender: MakeSender) -> None:
    arrived = asyncio.Event()

    async def arrive(reader: asyncio.StreamReader, _: asyncio.StreamWriter) -> None:
        arrived.set()
        await reader.read()

    slow = await site(arrive)
    careful = sender(slow)
    waiting = asyncio.create_task(careful.send(OutgoingRequest(url=slow.url(), timeout=60)))
    await arrived.wait()
    await careful.close()
    with pytest.raises(FetchFailed):
        await waiting
