"""The HTTP server: aiohttp with the time limits that it doesn't have itself.

aiohttp 3.14 closes a connection whose headers never end only through `keepalive_timeout`, which is
also how long a proxy may keep an idle connection. Here a request's headers have a limit of their
own, counted from the first byte. Bodies have theirs in `bot.web.requests`.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any

from aiohttp import web
from aiohttp.web_protocol import RequestHandler

from bot.errors import BadRequest, PlatformError
from bot.logging import get_logger
from bot.web.middlewares import RequestIds
from bot.web.surface import DEFAULT_SURFACE, REQUEST_ID_HEADER, Surface

logger = get_logger(__name__)

_BUSY = b"HTTP/1.1 503 Service Unavailable\r\nRetry-After: 1\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


@dataclass(frozen=True, slots=True)
class ServerLimits:
    """Seconds and sizes of a connection.

    `header_seconds` counts from a connection's start or a request's first byte until its headers
    are complete; `keepalive_seconds` is how long an idle connection stays open, longer than the
    usual 60 s of a proxy in front; `lingering_seconds` how long an unwanted body is swallowed so
    that the caller still reads the answer. A stop waits `shutdown_seconds` for what is running, and
    aiohttp at most the same again for what doesn't end: both together stay below 10 s.
    """

    header_seconds: float = 10.0
    keepalive_seconds: float = 75.0
    lingering_seconds: float = 2.0
    shutdown_seconds: float = 4.0
    # A query may be wrong in any way and still be told so in its API's own shape, which takes reading its line.
    max_line_bytes: int = 64 * 1024
    max_header_bytes: int = 8190
    max_headers: int = 100
    max_connections: int = 4096
    backlog: int = 1024


class _Connection(RequestHandler):
    """One connection, closed when a request's headers take too long."""

    __slots__ = ("_header_seconds", "_header_timer", "_ids", "_surface")

    def __init__(self, manager: _Server, *, loop: asyncio.AbstractEventLoop, **options: Any) -> None:
        super().__init__(manager, loop=loop, **options)
        self._header_seconds = manager.limits.header_seconds
        self._header_timer: asyncio.TimerHandle | None = None
        self._surface, self._ids = manager.surface, manager.ids

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        self._start_header_timer()

    def connection_lost(self, exc: BaseException | None) -> None:
        self._stop_header_timer()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        # A waiter that still waits means that bytes came but no whole request.
        if self._messages or self._current_request is not None:
            if self._header_timer is not None:
                self._stop_header_timer()
        elif self._header_timer is None and self._waiter is not None and not self._waiter.done():
            self._start_header_timer()

    def handle_error(
        self, request: web.BaseRequest, status: int = 500, exc: BaseException | None = None, message: str | None = None
    ) -> web.StreamResponse:
        """Answer what failed outside of any route, in JSON and without the parser's or the error's own words."""
        if request.writer.output_size > 0:
            return super().handle_error(request, status, exc, message)
        if status == BadRequest.status:
            logger.info("request_unreadable", reason=type(exc).__name__)
            response = self._surface.render(BadRequest("This is not a valid HTTP request."))
        else:
            logger.error("request_failed", exc_info=exc)
            response = self._surface.render(PlatformError())
        response.headers[REQUEST_ID_HEADER] = self._ids.of(request)
        response.force_close()
        return response

    def _start_header_timer(self) -> None:
        self._header_timer = self._loop.call_later(self._header_seconds, self._headers_late)

    def _stop_header_timer(self) -> None:
        if self._header_timer is not None:
            self._header_timer.cancel()
            self._header_timer = None

    def _headers_late(self) -> None:
        self._header_timer = None
        if self._waiter is not None and not self._waiter.done():
            self.force_close()


class _Server(web.Server):
    """Makes the connections, up to so many at a time."""

    def __init__(self, app_server: web.Server, limits: ServerLimits, surface: Surface) -> None:
        super().__init__(app_server.request_handler, request_factory=app_server.request_factory)
        self.limits, self.surface, self.ids = limits, surface, RequestIds()
        self._options: dict[str, Any] = {
            "keepalive_timeout": limits.keepalive_seconds,
            "lingering_time": limits.lingering_seconds,
            "max_line_size": limits.max_line_bytes,
            "max_field_size": limits.max_header_bytes,
            "max_headers": limits.max_headers,
            # A signature is over the bytes that were sent, and an inflated body has no limit.
            "auto_decompress": False,
            "access_log": None,
        }

    def __call__(self) -> RequestHandler:
        return _Connection(self, loop=self._loop, **self._options)

    def connection_made(self, handler: RequestHandler, transport: asyncio.Transport) -> None:
        super().connection_made(handler, transport)
        if len(self._connections) > self.limits.max_connections:
            transport.write(_BUSY)
            handler.force_close()


class _Runner(web.AppRunner):
    def __init__(self, app: web.Application, limits: ServerLimits, surface: Surface) -> None:
        super().__init__(app, shutdown_timeout=limits.shutdown_seconds, access_log=None)
        self._limits, self._surface = limits, surface

    async def _make_server(self) -> web.Server:
        return _Server(await super()._make_server(), self._limits, self._surface)


class HttpServer:
    """Serves an application on one address until it is stopped.

    `surface` tells of what isn't HTTP at all, where there is no path to find a surface by.
    """

    def __init__(
        self,
        app: web.Application,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        limits: ServerLimits | None = None,
        surface: Surface = DEFAULT_SURFACE,
    ) -> None:
        self._limits = limits or ServerLimits()
        self._runner = _Runner(app, self._limits, surface)
        self._host, self._port = host, port

    async def start(self) -> None:
        """Start the application and listen. Raises OSError when the address can't be had."""
        await self._runner.setup()
        try:
            site = web.TCPSite(self._runner, self._host, self._port, backlog=self._limits.backlog)
            await site.start()
        except BaseException:
            await self._runner.cleanup()
            raise
        self._port = site.port

    @property
    def port(self) -> int:
        """The port that is listened on, also where 0 asked for any."""
        return self._port

    async def stop(self) -> None:
        """Accept nothing more, finish what runs within the limits, stop the application. Under 10 s."""
        await self._runner.cleanup()
