"""The adapter over the official SDK, against answers that LINE's platform would not give."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import pytest
from aiohttp import web

from bot.line.client import (
    AccessRefused,
    ContentTooLarge,
    LineError,
    MessageRefused,
    NotReached,
    OutcomeUnknown,
    RateLimited,
)
from bot.line.sdk_client import SdkLineClient

HELLO = [{"type": "text", "text": "你好"}]


@dataclass
class Server:
    """Answers every request with `answer` and keeps the requests' headers."""

    url: str = ""
    status: int = 200
    body: bytes = b"{}"
    headers: dict[str, str] = field(default_factory=dict)
    seen: list[dict[str, str]] = field(default_factory=list)
    pieces: int | None = None
    """How many times `body` is sent, without saying its length before."""
    sent: int = 0

    async def answer(self, request: web.Request) -> web.StreamResponse:
        await request.read()
        self.seen.append(dict(request.headers))
        if self.pieces is not None:
            return await self._stream(request)
        return web.Response(status=self.status, body=self.body, headers=self.headers)

    async def _stream(self, request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(status=self.status)
        await response.prepare(request)
        with suppress(ConnectionError):
            while self.sent < (self.pieces or 0):
                await response.write(self.body)
                self.sent += 1
        return response


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    serving = Server()
    app = web.Application()
    app.router.add_route("*", "/{tail:.*}", serving.answer)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    address: Any = runner.addresses[0]
    serving.url = f"http://127.0.0.1:{address[1]}"
    yield serving
    await runner.cleanup()


@pytest.fixture
async def client(server: Server) -> AsyncIterator[SdkLineClient]:
    made = SdkLineClient(server.url + "/", timeout=2.0)
    await made.start()
    yield made
    await made.close()


@pytest.mark.parametrize("body", [b"{}", b"", b"null", b"[]", b"not json", b'{"sentMessages": 5}', b"5"])
async def test_a_reply_that_was_accepted_is_sent_whatever_the_answer_holds(
    client: SdkLineClient, server: Server, body: bytes
) -> None:
    server.body, server.headers = body, {"x-line-request-id": "request-1"}
    receipt = await client.reply("token", reply_token="r", messages=HELLO)
    assert (receipt.request_id, receipt.message_ids) == ("request-1", ())


@pytest.mark.parametrize("body", [b"{}", b"", b"null", b"[]", b"<html>", b'{"userId": 5}', b'{"userId": "\xff"}'])
async def test_an_answer_that_cannot_be_read_is_unknown(client: SdkLineClient, server: Server, body: bytes) -> None:
    server.body = body
    with pytest.raises(OutcomeUnknown):
        await client.bot_info("token")


async def test_an_unknown_charset_is_unknown(client: SdkLineClient, server: Server) -> None:
    server.headers = {"Content-Type": "application/json; charset=klingon"}
    with pytest.raises(OutcomeUnknown):
        await client.bot_info("token")


@pytest.mark.parametrize(
    ("status", "body", "cause"),
    [
        (400, b"<html>", MessageRefused),
        (400, b'{"message": 5, "details": 7}', MessageRefused),
        (400, b'{"message": "no", "details": [5]}', MessageRefused),
        (403, b"", AccessRefused),
        (404, b"[]", MessageRefused),
        (502, b"Bad \xff Gateway", OutcomeUnknown),
        (304, b"", OutcomeUnknown),
    ],
)
async def test_odd_refusals_keep_their_cause(
    client: SdkLineClient, server: Server, status: int, body: bytes, cause: type[LineError]
) -> None:
    server.status, server.body = status, body
    with pytest.raises(LineError) as failed:
        await client.reply("token", reply_token="r", messages=HELLO)
    assert type(failed.value) is cause


@pytest.mark.parametrize(("header", "seconds"), [("7", 7.0), ("soon", None), ("-1", None)])
async def test_the_wait_that_line_asks_for_is_told(
    client: SdkLineClient, server: Server, header: str, seconds: float | None
) -> None:
    server.status, server.headers = 429, {"Retry-After": header}
    with pytest.raises(RateLimited) as limited:
        await client.reply("token", reply_token="r", messages=HELLO)
    assert limited.value.retry_after == seconds


async def test_each_of_many_calls_at_once_carries_its_own_token(client: SdkLineClient, server: Server) -> None:
    tokens = [f"token-{number}" for number in range(50)]
    await asyncio.gather(*(client.reply(token, reply_token="r", messages=HELLO) for token in tokens))
    assert sorted(headers["Authorization"] for headers in server.seen) == sorted(f"Bearer {token}" for token in tokens)
    assert not any("X-Line-Retry-Key" in headers for headers in server.seen)


async def test_a_server_that_is_not_there_never_heard_of_the_call() -> None:
    client = SdkLineClient("http://127.0.0.1:9")
    with pytest.raises(NotReached, match="connection"):
        await client.reply("token", reply_token="r", messages=HELLO)
    await client.close()


async def test_the_client_starts_by_itself_and_stays_closed(server: Server) -> None:
    client = SdkLineClient(server.url)
    await asyncio.gather(*(client.reply("token", reply_token="r", messages=HELLO) for _ in range(3)))
    await client.close()
    await client.close()
    with pytest.raises(RuntimeError, match="closed"):
        await client.reply("token", reply_token="r", messages=HELLO)


@pytest.mark.parametrize("body", [b"", b"null", b"[]", b'{"sentMessages": 5}', b'{"sentMessages": [{}]}', b"\xff"])
async def test_an_accepted_retry_key_is_a_receipt_whatever_the_answer_holds(
    client: SdkLineClient, server: Server, body: bytes
) -> None:
    key = uuid.uuid4()
    server.status, server.body, server.headers = 409, body, {"x-line-accepted-request-id": "first"}
    receipt = await client.push("token", to="U1", messages=HELLO, retry_key=key)
    assert (receipt.accepted_before, receipt.request_id, receipt.message_ids) == (True, "first", ())
    assert [headers["X-Line-Retry-Key"] for headers in server.seen] == [str(key)]


async def test_content_without_a_length_is_not_read_beyond_its_limit(client: SdkLineClient, server: Server) -> None:
    server.body, server.pieces = b"x" * 65_536, 1_000
    with pytest.raises(ContentTooLarge):
        await client.content("token", message_id="1", limit_bytes=100_000)
    assert server.sent < 500, "the connection is dropped long before everything was sent"
    assert server.seen[0]["Accept-Encoding"] == "identity"


async def test_content_without_a_length_that_fits_is_read_whole(client: SdkLineClient, server: Server) -> None:
    server.body, server.pieces = b"x" * 65_536, 3
    found = await client.content("token", message_id="1", limit_bytes=3 * 65_536)
    assert (found.data, found.content_type) == (b"x" * 3 * 65_536, "application/octet-stream")


@pytest.mark.parametrize(
    ("status", "cause"),
    [(301, OutcomeUnknown), (400, MessageRefused), (401, AccessRefused), (429, RateLimited), (500, OutcomeUnknown)],
)
async def test_content_fails_as_everything_else_does(
    client: SdkLineClient, server: Server, status: int, cause: type[LineError]
) -> None:
    server.status, server.headers = status, {"Location": server.url}
    with pytest.raises(LineError) as failed:
        await client.content("token", message_id="1", limit_bytes=10)
    assert type(failed.value) is cause
    assert len(server.seen) == 1


async def test_contents_and_pictures_go_to_the_host_of_data(server: Server) -> None:
    client = SdkLineClient("http://127.0.0.1:9", data_base_url=server.url)
    await client.content("token", message_id="1", limit_bytes=10)
    await client.upload_rich_menu_image("token", rich_menu_id="m", image=b"png", content_type="image/png")
    assert [headers["Authorization"] for headers in server.seen] == ["Bearer token"] * 2
    assert server.seen[1]["Content-Type"] == "image/png"
    with pytest.raises(NotReached):
        await client.bot_info("token")
    await client.close()
