"""The adapter over the official SDK, against answers that LINE's platform would not give."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from aiohttp import web

from bot.line.client import AccessRefused, LineError, MessageRefused, OutcomeUnknown, RateLimited
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

    async def answer(self, request: web.Request) -> web.Response:
        await request.read()
        self.seen.append(dict(request.headers))
        return web.Response(status=self.status, body=self.body, headers=self.headers)


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


async def test_a_server_that_is_not_there_is_unknown() -> None:
    client = SdkLineClient("http://127.0.0.1:9")
    with pytest.raises(OutcomeUnknown, match="connection"):
        await client.reply("token", reply_token="r", messages=HELLO)
    await client.close()


async def test_the_client_starts_by_itself_and_stays_closed(server: Server) -> None:
    client = SdkLineClient(server.url)
    await asyncio.gather(*(client.reply("token", reply_token="r", messages=HELLO) for _ in range(3)))
    await client.close()
    await client.close()
    with pytest.raises(RuntimeError, match="closed"):
        await client.reply("token", reply_token="r", messages=HELLO)
