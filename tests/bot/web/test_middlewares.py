import asyncio
import json

import pytest
from aiohttp import web
from sqlalchemy.exc import OperationalError
from structlog.testing import capture_logs

from bot.errors import Conflict, PlatformError, Unauthenticated, Unavailable
from bot.metrics import Metrics
from bot.web.access_log import AccessLine
from bot.web.middlewares import create_web_app
from bot.web.requests import read_json
from bot.web.surface import Limits, Surface
from tests.bot.web.conftest import RawAnswer, RawClient, Serve

LIMITS = Limits(body_bytes=1000, body_seconds=0.2, handler_seconds=0.6)


def detail(error: PlatformError) -> object:
    return {"detail": error.message}


async def refuse_strangers(request: web.Request) -> None:
    if "Authorization" not in request.headers:
        raise Unauthenticated


OPEN = Surface("open", "/open", limits=LIMITS)
CLOSED = Surface("closed", "/closed", envelope=detail, authenticator=refuse_strangers, challenge="Bearer")


class Lines:
    def __init__(self) -> None:
        self.lines: list[AccessLine] = []
        self.written = asyncio.Event()

    def write(self, line: AccessLine) -> None:
        self.lines.append(line)
        self.written.set()

    def flush(self) -> None:
        return


def raising(error: BaseException) -> web.Application:
    async def handler(_request: web.Request) -> web.Response:
        raise error

    return create_web_app([OPEN.route("POST", "/open/x", handler)], Metrics())


async def echo(request: web.Request) -> web.Response:
    return web.json_response(await read_json(request))


def app(log: Lines | None = None, metrics: Metrics | None = None) -> web.Application:
    routes = [OPEN.route("POST", "/open/{id}", echo), CLOSED.route("POST", "/closed/x", echo)]
    return create_web_app(routes, metrics or Metrics(), access_log=log)


def told(answer: RawAnswer) -> dict[str, object]:
    found: dict[str, object] = json.loads(answer.body)
    return found


@pytest.mark.parametrize(
    ("error", "status", "message"),
    [
        (Conflict("Taken.", retry_after=3), 409, "Taken."),
        (ValueError("password=hunter2"), 500, "Something went wrong on our side."),
        (PlatformError("internals"), 500, "internals"),
        (OperationalError("SELECT secret", {}, Exception("x")), 503, "temporarily unavailable"),
        (ConnectionRefusedError("10.0.0.1"), 503, "temporarily unavailable"),
        (web.HTTPForbidden(text="internals"), 403, "Forbidden"),
        (RecursionError(), 500, "Something went wrong on our side."),
    ],
)
async def test_every_error_is_told_in_the_surface_shape(
    serve: Serve, error: Exception, status: int, message: str
) -> None:
    answer = await (await serve(raising(error))).request("POST", "/open/x", b"{}")
    assert answer.status == status
    assert message in str(told(answer)["error"])
    assert told(answer)["success"] is False
    assert b"hunter2" not in answer.body
    assert answer.headers["x-request-id"]


@pytest.mark.parametrize(
    ("method", "path", "status", "key"),
    [
        ("POST", "/open", 404, "error"),
        ("GET", "/open/1", 405, "error"),
        ("POST", "/closed/y", 404, "detail"),
        ("PUT", "/closed/x", 405, "detail"),
        ("POST", "/closedx", 404, "error"),
        ("PROPFIND", "/elsewhere", 404, "error"),
        ("POST", "/open/%ff%00/x", 404, "error"),
    ],
)
async def test_what_matches_no_route_is_told_in_the_shape_of_its_path(
    serve: Serve, method: str, path: str, status: int, key: str
) -> None:
    answer = await (await serve(app())).request(method, path, b"{}")
    assert (answer.status, list(told(answer))[-1]) == (status, key)
    assert answer.headers["x-request-id"]
    assert status != 405 or answer.headers["allow"] == "POST"


async def test_the_authenticator_runs_before_the_body_is_looked_at(serve: Serve) -> None:
    client = await serve(app())
    answer = await client.request("POST", "/closed/x", b"not json")
    assert (answer.status, answer.headers["www-authenticate"]) == (401, "Bearer")
    answer = await client.request("POST", "/closed/x", b"not json", headers=("Authorization: x",))
    assert answer.status == 400


@pytest.mark.parametrize(
    ("given", "taken"), [("trace-0123456789", True), ("short", False), ("x" * 65, False), ("spaces in it", False)]
)
async def test_a_decent_request_id_of_the_caller_is_taken_over(serve: Serve, given: str, taken: bool) -> None:
    answer = await (await serve(app())).request("POST", "/open/1", b"{}", headers=(f"X-Request-ID: {given}",))
    assert (answer.headers["x-request-id"] == given) is taken


async def test_the_access_line_and_the_metrics_know_the_template_and_never_the_path(serve: Serve) -> None:
    log, metrics = Lines(), Metrics()
    client = await serve(app(log, metrics))
    await client.request("POST", "/open/K7QM-2XWP-9RTD", b"{}")
    await client.request("PROPFIND", "/elsewhere/K7QM-2XWP-9RTD")
    assert [(line.method, line.route, line.status) for line in log.lines] == [
        ("POST", "/open/{id}", 200),
        ("PROPFIND", "unrouted", 404),
    ]
    assert b"K7QM" not in metrics.render()
    assert b"PROPFIND" not in metrics.render()


HOSTILE = [
    (b"x" * 1001, (), 413),
    (b"", ("Content-Length: 99999999",), 413),
    (b"3e9\r\n" + b"x" * 1001 + b"\r\n0\r\n\r\n", ("Transfer-Encoding: chunked",), 413),
    (b"zz\r\n{}\r\n0\r\n\r\n", ("Transfer-Encoding: chunked",), 400),
    (b"{}", ("Content-Type: application/json; charset=utf-7",), 400),
    (b"{}", ("Content-Type: application/json; charset=nope",), 400),
    (b"\x1f\x8bnot gzip", ("Content-Encoding: gzip",), 400),
    (b"{}", ("Content-Encoding: br",), 400),
    (b"--x\r\n\r\n", ("Content-Type: multipart/form-data",), 400),
    (b'{"a": NaN}', (), 400),
    (b"\xff", (), 400),
    (b"[" * 900, (), 400),
    (b"{}", ("Expect: something",), 417),
    (b"{}", ("Content-Length: 2", "Content-Length: 3"), 400),
    (b"{}", ("Content-Length: 2", "Transfer-Encoding: chunked"), 400),
    (b"{}", ("X-Long: " + "x" * 9000,), 400),
    (b"{}", ("X-Bad: \x00",), 400),
    (b"{}", tuple(f"X-{n}: y" for n in range(200)), 400),
]


@pytest.mark.parametrize(("body", "headers", "status"), HOSTILE)
async def test_hostile_requests_get_a_clear_answer_with_an_id(
    serve: Serve, body: bytes, headers: tuple[str, ...], status: int
) -> None:
    client = await serve(app())
    answer = await client.request("POST", "/open/1", body, headers=headers)
    assert answer.status == status
    assert answer.headers["x-request-id"]
    assert (await client.request("POST", "/open/1", b"{}")).status == 200


@pytest.mark.parametrize(("path", "key"), [("/open/1", "error"), ("/closed/x", "detail")])
async def test_an_unknown_expectation_is_told_in_the_surface_shape(serve: Serve, path: str, key: str) -> None:
    answer = await (await serve(app())).request("POST", path, b"{}", headers=("Expect: something",))
    assert (answer.status, list(told(answer))[-1]) == (417, key)
    assert "100-continue" in str(told(answer)[key])


async def test_a_body_that_dribbles_in_is_cut_off_with_408(serve: Serve) -> None:
    client = await serve(app())
    answer = await client.request("POST", "/open/1", b"{", headers=("Content-Length: 100",))
    assert (answer.status, "0.2 seconds" in str(told(answer)["error"])) == (408, True)


async def test_a_handler_that_takes_too_long_is_told_as_unavailable(serve: Serve) -> None:
    async def slow(_request: web.Request) -> web.Response:
        await asyncio.Event().wait()
        raise AssertionError

    client = await serve(create_web_app([OPEN.route("POST", "/open/x", slow)], Metrics()))
    assert (await client.request("POST", "/open/x")).status == 503


async def test_a_caller_who_leaves_half_way_costs_nothing(serve: Serve) -> None:
    log = Lines()
    client: RawClient = await serve(app(log))
    _, writer = await asyncio.open_connection("127.0.0.1", client.port)
    writer.write(b"POST /open/1 HTTP/1.1\r\nHost: x\r\nContent-Length: 50\r\n\r\n{")
    await writer.drain()
    await asyncio.sleep(0.05)
    writer.close()
    await asyncio.wait_for(log.written.wait(), 5)
    assert log.lines[0].status == 499


async def test_where_the_store_was_missed_is_told_once_and_that_it_was_each_time(serve: Serve) -> None:
    client = await serve(raising(ConnectionRefusedError("10.0.0.1")))
    with capture_logs() as logs:
        answers = [await client.request("POST", "/open/x") for _ in range(3)]
    assert [(one.status, one.headers["retry-after"]) for one in answers] == [(503, "2")] * 3
    told = [line for line in logs if line["event"] == "store_unavailable"]
    assert [line["exc_info"] is not None for line in told] == [True, False, False]


async def test_a_request_that_is_put_off_is_no_fault_in_the_log(serve: Serve) -> None:
    with capture_logs() as logs:
        answer = await (await serve(raising(Unavailable(retry_after=5)))).request("POST", "/open/x")
    assert (answer.status, answer.headers["retry-after"]) == (503, "5")
    assert [line for line in logs if "exc_info" in line] == []
    assert {"event": "request_put_off", "code": "unavailable"}.items() <= logs[0].items()
