import asyncio
from asyncio import Event
from contextlib import suppress

import pytest
from aiohttp import web

from bot.metrics import Metrics
from bot.web.middlewares import create_web_app
from bot.web.server import HttpServer, ServerLimits
from bot.web.surface import Handler, Surface
from tests.bot.web.conftest import RawClient, Serve

SURFACE = Surface("open", "/")
QUICK = ServerLimits(header_seconds=0.2, shutdown_seconds=0.5)
WHOLE = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"


async def hello(_request: web.Request) -> web.Response:
    return web.Response(text="hello")


def app(handler: Handler = hello) -> web.Application:
    return create_web_app([SURFACE.route("GET", "/", handler)], Metrics())


async def dribble(client: RawClient, first: bytes) -> None:
    """Send a header line whenever the server lets us, until it closes the connection."""
    reader, writer = await asyncio.open_connection("127.0.0.1", client.port)
    writer.write(first + b"GET / HTTP/1.1\r\n")
    read = asyncio.create_task(_until_closed(reader))
    async with asyncio.timeout(10):
        while not (await asyncio.wait([read], timeout=0.02))[0]:
            writer.write(b"X-A: b\r\n")
    assert read.result().count(b"hello") == first.count(b"GET")
    writer.close()


async def _until_closed(reader: asyncio.StreamReader) -> bytes:
    """All that arrives; what was sent to a connection that is closed resets it."""
    arrived = b""
    with suppress(ConnectionResetError):
        while piece := await reader.read(1000):
            arrived += piece
    return arrived


@pytest.mark.parametrize("first", [b"", WHOLE, WHOLE + WHOLE])
async def test_a_connection_that_dribbles_headers_is_closed(serve: Serve, first: bytes) -> None:
    await dribble(await serve(app(), QUICK), first)


async def test_a_connection_that_says_nothing_is_closed(serve: Serve) -> None:
    await (await serve(app(), QUICK)).closed_after()


async def test_an_idle_connection_stays_open_longer_than_headers_may_take(serve: Serve) -> None:
    client = await serve(app(), QUICK)
    reader, writer = await asyncio.open_connection("127.0.0.1", client.port)
    for _ in range(2):
        writer.write(WHOLE)
        assert b"200 OK" in await reader.readuntil(b"hello")
        await asyncio.sleep(0.4)
    writer.close()


async def test_a_slow_handler_is_not_mistaken_for_slow_headers(serve: Serve) -> None:
    async def slow(_request: web.Request) -> web.Response:
        await asyncio.sleep(0.5)
        return web.Response(text="hello")

    assert (await (await serve(app(slow), QUICK)).send(WHOLE)).status == 200


@pytest.mark.parametrize("garbage", [b"\x16\x03\x01\x02\x00\r\n\r\n", b"GET\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n"])
async def test_bytes_that_are_not_http_get_a_plain_400(serve: Serve, garbage: bytes) -> None:
    answer = await (await serve(app())).send(garbage)
    assert answer.status == 400
    assert answer.body == b'{"success":false,"error":"This is not a valid HTTP request."}'
    assert answer.headers["x-request-id"]


async def test_a_query_is_read_that_is_longer_than_any_header_may_be(serve: Serve) -> None:
    line = b"GET /?search=" + b"x" * 40_000 + b" HTTP/1.1"
    answer = await (await serve(app())).send(WHOLE.replace(WHOLE.split(b"\r\n", 1)[0], line))
    assert answer.status == 200


async def test_beyond_the_connection_limit_a_caller_is_told_to_come_back(serve: Serve) -> None:
    client = await serve(app(), ServerLimits(max_connections=1))
    _, kept = await asyncio.open_connection("127.0.0.1", client.port)
    await asyncio.sleep(0.05)
    assert (await client.send(b"")).status == 503
    kept.close()


async def test_a_stop_lets_what_runs_finish_and_accepts_nothing_more() -> None:
    started, finish = Event(), Event()

    async def slow(_request: web.Request) -> web.Response:
        started.set()
        await finish.wait()
        return web.Response(text="hello")

    server = HttpServer(app(slow))
    await server.start()
    answer = asyncio.create_task(RawClient(server.port).send(WHOLE))
    await started.wait()
    stop = asyncio.create_task(server.stop())
    await asyncio.sleep(0.05)
    with pytest.raises(ConnectionRefusedError):
        await asyncio.open_connection("127.0.0.1", server.port)
    finish.set()
    assert (await answer).status == 200
    await stop


async def test_a_stop_does_not_wait_for_ever() -> None:
    started = Event()

    async def stuck(_request: web.Request) -> web.Response:
        started.set()
        await Event().wait()
        raise AssertionError

    server = HttpServer(app(stuck), limits=QUICK)
    await server.start()
    answer = asyncio.create_task(RawClient(server.port).send(WHOLE))
    await started.wait()
    await asyncio.wait_for(server.stop(), 5)
    with pytest.raises(asyncio.IncompleteReadError):
        await answer


async def test_what_fails_outside_of_any_route_shows_no_internals(serve: Serve) -> None:
    @web.middleware
    async def broken(request: web.Request, handler: Handler) -> web.StreamResponse:
        raise ValueError("password=hunter2")

    made = app()
    made.middlewares.insert(0, broken)
    answer = await (await serve(made)).send(WHOLE)
    assert (answer.status, answer.headers["content-type"]) == (500, "application/json")
    assert b"hunter2" not in answer.body
    assert answer.headers["x-request-id"]
