"""The edge: what every request passes, in this order.

1. request id, taken over from the caller where it is a decent one, and bound to the log context
2. the route's limits, its surface's authenticator, its handler with its time limit
3. errors, rendered in the surface's shape; anything unexpected is logged and told as a plain 500
4. metrics and one access line, by route template

It is one function and not four: on the path of a webhook each further layer costs as much as
verifying the signature.
"""

from __future__ import annotations

import asyncio
import itertools
import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field
from time import perf_counter

import structlog
from aiohttp import HttpVersion11, web

from bot.db.outages import is_outage
from bot.errors import BadRequest, MethodNotAllowed, NotFound, PayloadTooLarge, PlatformError, Unavailable
from bot.logging import get_logger
from bot.metrics import Metrics
from bot.web.access_log import AccessLog, StructuredAccessLog, access_line
from bot.web.client_ip import Networks, client_ip
from bot.web.requests import LIMITS, ClientDisconnected
from bot.web.surface import (
    ANSWER_HEADERS,
    REQUEST_ID,
    REQUEST_ID_HEADER,
    Answered,
    Handler,
    Route,
    Surface,
    Surfaces,
)

logger = get_logger(__name__)

CLIENT_CLOSED = 499
EXPECTATION_FAILED = 417
# The stable code of the error that a request was answered with.
_ERROR = web.RequestKey("error", str)
UNROUTED = "unrouted"
METHODS = frozenset(("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"))
# While the store is away every request fails alike: where it failed is told this often, that it failed each time.
OUTAGE_TRACED_SECONDS = 10.0
_DECENT_ID = re.compile(r"[A-Za-z0-9_.:-]{8,64}")


class RequestIds:
    """Ids that are unique without asking the system for randomness each time."""

    def __init__(self) -> None:
        self._prefix = secrets.token_hex(6)
        self._numbers = itertools.count(1)

    def of(self, request: web.BaseRequest) -> str:
        """The caller's own X-Request-ID where it is short and harmless, else a new one."""
        given = request.headers.get(REQUEST_ID_HEADER)
        if given is not None and _DECENT_ID.fullmatch(given):
            return given
        return f"{self._prefix}-{next(self._numbers):06x}"


@dataclass(slots=True)
class Edge:
    """Answers each request by its route and tells of each failure in its surface's shape."""

    surfaces: Surfaces
    metrics: Metrics
    access_log: AccessLog = field(default_factory=StructuredAccessLog)
    trusted_proxies: Networks = ()
    ids: RequestIds = field(default_factory=RequestIds)
    # The route of each function that `endpoint` made.
    routes: dict[object, Route] = field(default_factory=dict)
    # When the store was last told of as away, with where it showed.
    outage_traced: float = -OUTAGE_TRACED_SECONDS

    def endpoint(self, route: Route) -> Handler:
        """The handler to register for `route`."""
        authenticate, handler, limits = route.surface.authenticator, route.handler, route.limits

        async def answer(request: web.Request) -> web.StreamResponse:
            request[LIMITS] = limits
            if authenticate is not None:
                await authenticate(request)
            if limits.handler_seconds is None:
                return await handler(request)
            return await _within(limits.handler_seconds, handler, request)

        self.routes[answer] = route
        return answer

    async def handle(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """The middleware."""
        started = perf_counter()
        request_id = self.ids.of(request)
        request[REQUEST_ID] = request_id
        structlog.contextvars.bind_contextvars(request_id=request_id)
        try:
            response = await handler(request)
        except web.HTTPException as error:
            response = self._from_aiohttp(request, error)
        except ClientDisconnected:
            response = web.Response(status=CLIENT_CLOSED)
        except Exception as error:  # noqa: BLE001 - the last resort: `_failed` logs it, the caller gets a plain 500
            response = self._failed(request, error)
        route = self.routes.get(request.match_info.handler)
        template, method = (route.path if route else UNROUTED), request.method
        seconds = perf_counter() - started
        self.metrics.request_answered(
            template, method if method in METHODS else "OTHER", status=response.status, seconds=seconds
        )
        client = self._client(request)
        self.access_log.write(
            access_line(method, template, request_id=request_id, status=response.status, seconds=seconds, client=client)
        )
        surface = route.surface if route else self.surfaces.of_path(request.path)
        if surface.observer is not None:
            answered = Answered(
                method=method,
                route=template,
                status=response.status,
                seconds=seconds,
                client=client,
                request_id=request_id,
                error=request.get(_ERROR),
            )
            surface.observer(request, answered)
        return response

    async def add_request_id(self, request: web.Request, response: web.StreamResponse) -> None:
        """The signal that marks every answer, also those of aiohttp's own making."""
        response.headers[REQUEST_ID_HEADER] = request.get(REQUEST_ID) or self.ids.of(request)
        if (more := request.get(ANSWER_HEADERS)) is not None:
            response.headers.update(more)

    async def expected(self, request: web.Request) -> web.Response | None:
        """What answers an `Expect` header before anything else: 100 for a body that waits for it, else 417.

        aiohttp's own doesn't know the surface's shape.
        """
        if request.version != HttpVersion11:
            return None
        if request.headers.get("Expect", "").lower() != "100-continue":
            told = BadRequest("100-continue is the one expectation that can be met.")
            told.status = EXPECTATION_FAILED
            return self.surface_of(request).render(told)
        await request.writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        # What follows is the answer itself, of which nothing is written yet.
        request.writer.output_size = 0
        return None

    async def flush(self, _app: web.Application) -> None:
        """Write the access lines that still wait, when the application ends."""
        self.access_log.flush()

    def surface_of(self, request: web.Request) -> Surface:
        """The surface of the route, or of the path where no route matched."""
        route = self.routes.get(request.match_info.handler)
        return route.surface if route is not None else self.surfaces.of_path(request.path)

    def _client(self, request: web.Request) -> str:
        if not self.trusted_proxies:
            return request.remote or ""
        return client_ip(request.remote, request.headers.getall("X-Forwarded-For", ()), self.trusted_proxies)

    def _failed(self, request: web.Request, error: Exception) -> web.Response:
        if isinstance(error, PlatformError) and error.status < PlatformError.status:
            request[_ERROR] = error.code
            return self.surface_of(request).render(error)
        if is_outage(error):
            self._tell_of_outage(error)
            error = Unavailable(retry_after=2)
        elif isinstance(error, Unavailable):
            # Whoever raises it knows why; under load there are many, and none of them is a fault.
            logger.warning("request_put_off", code=error.code)
        else:
            logger.error("request_failed", exc_info=error)
        told = error if isinstance(error, PlatformError) else PlatformError()
        request[_ERROR] = told.code
        return self.surface_of(request).render(told)

    def _tell_of_outage(self, error: Exception) -> None:
        now = perf_counter()
        traced = now >= self.outage_traced + OUTAGE_TRACED_SECONDS
        if traced:
            self.outage_traced = now
        logger.error("store_unavailable", error=type(error).__name__, exc_info=error if traced else None)

    def _from_aiohttp(self, request: web.Request, error: web.HTTPException) -> web.Response:
        """Redirects pass as they are; errors take the surface's shape."""
        if error.status < BadRequest.status:
            return web.Response(status=error.status, headers=error.headers)
        told = _translate(error)
        request[_ERROR] = told.code
        response = self.surface_of(request).render(told)
        if isinstance(error, web.HTTPMethodNotAllowed):
            response.headers["Allow"] = ", ".join(sorted(error.allowed_methods))
        return response


async def _within(seconds: float, handler: Handler, request: web.Request) -> web.StreamResponse:
    try:
        async with asyncio.timeout(seconds) as deadline:
            return await handler(request)
    except TimeoutError:
        if deadline.expired():
            raise Unavailable("The request took too long to be answered. Please try again.") from None
        raise


def _translate(error: web.HTTPException) -> PlatformError:
    if error.status == NotFound.status:
        return NotFound("There is nothing at this path. Paths are in lower case and have no slash at their end.")
    for known in (MethodNotAllowed, PayloadTooLarge):
        if error.status == known.status:
            return known()
    told = PlatformError(error.reason if error.status < PlatformError.status else None)
    told.status = error.status
    return told


def create_web_app(
    routes: Iterable[Route],
    metrics: Metrics,
    *,
    surfaces: Iterable[Surface] = (),
    access_log: AccessLog | None = None,
    trusted_proxies: Networks = (),
) -> web.Application:
    """An application that serves `routes`, each under its surface.

    `surfaces` adds those that have no route of their own (a switched-off API still answers its 404
    in its own shape). `access_log` gets one line a request; the ordinary loggers unless given.
    Behind `trusted_proxies` that line tells the address which they saw.
    """
    routes = list(routes)
    every = {surface.name: surface for surface in (*surfaces, *(route.surface for route in routes))}
    log = access_log or StructuredAccessLog()
    edge = Edge(Surfaces(every.values()), metrics, access_log=log, trusted_proxies=trusted_proxies)

    @web.middleware
    async def middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
        return await edge.handle(request, handler)

    app = web.Application(middlewares=[middleware])
    app.on_response_prepare.append(edge.add_request_id)
    app.on_cleanup.append(edge.flush)
    for route in routes:
        endpoint = edge.endpoint(route)
        for method in ("GET", "HEAD") if route.method == "GET" else (route.method,):
            app.router.add_route(method, route.path, endpoint, expect_handler=edge.expected)
    return app
