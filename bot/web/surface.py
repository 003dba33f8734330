"""A surface is one API of ours: who may call it, how it tells of errors, what it lets in.

A route carries its surface. What fails before a route is known (404, 405) takes the surface with
the longest path prefix, on a segment boundary: `/api/chatbots` is never under `/api/chatbot`.
"""

from __future__ import annotations

import math
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from dataclasses import dataclass, field

from aiohttp import web

from bot.errors import PlatformError, Unauthenticated
from bot.web.openapi import Operation
from bot.web.responses import Envelope, json_response, success_false

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
# Raises Unauthenticated or Forbidden, or keeps who is calling in the request, under a key of its own.
Authenticator = Callable[[web.Request], Awaitable[None]]

REQUEST_ID = web.RequestKey("request_id", str)
# Headers that an authenticator or handler wants on the answer, whatever it becomes.
ANSWER_HEADERS = web.RequestKey("answer_headers", MutableMapping[str, str])
REQUEST_ID_HEADER = "X-Request-ID"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """What became of a request: by route template ("unrouted" where none matched), with its error's code."""

    method: str
    route: str
    status: int
    seconds: float
    client: str
    request_id: str
    error: str | None


# Told of each answered request; must neither wait nor raise.
Observer = Callable[[web.Request, Answered], None]


@dataclass(frozen=True, slots=True)
class Limits:
    """What a request may take: body in bytes, seconds for the whole body, seconds for the handler.

    Without `handler_seconds` the handler keeps its own deadlines.
    """

    body_bytes: int = 1024 * 1024
    body_seconds: float = 10.0
    handler_seconds: float | None = None


DEFAULT_LIMITS = Limits()


@dataclass(frozen=True, slots=True)
class Surface:
    """One API. `prefix` is the path it lives under; `challenge` goes out as WWW-Authenticate with a 401.

    `observer` is told of each request once it is answered, those included that matched no route.
    """

    name: str
    prefix: str
    envelope: Envelope = success_false
    authenticator: Authenticator | None = None
    limits: Limits = DEFAULT_LIMITS
    challenge: str | None = None
    observer: Observer | None = None

    def route(
        self,
        method: str,
        path: str,
        handler: Handler,
        *,
        limits: Limits | None = None,
        operation: Operation | None = None,
    ) -> Route:
        """A route of this surface. `limits` replaces the surface's own; `operation` is what its documentation says."""
        return Route(self, method, path, handler=handler, limits=limits or self.limits, operation=operation)

    def render(self, error: PlatformError) -> web.Response:
        """The answer that tells of `error` in this surface's shape."""
        response = json_response(self.envelope(error), status=error.status)
        if error.retry_after is not None:
            response.headers["Retry-After"] = str(max(1, math.ceil(error.retry_after)))
        if self.challenge and isinstance(error, Unauthenticated):
            response.headers["WWW-Authenticate"] = self.challenge
        return response


@dataclass(frozen=True, slots=True)
class Route:
    """A method and path template, bound to the surface that it belongs to."""

    surface: Surface
    method: str
    path: str
    handler: Handler = field(kw_only=True)
    limits: Limits = field(kw_only=True)
    operation: Operation | None = field(kw_only=True, default=None)


DEFAULT_SURFACE = Surface("default", "/")


class Surfaces:
    """Finds the surface of a path that matched no route."""

    def __init__(self, surfaces: Iterable[Surface], *, default: Surface = DEFAULT_SURFACE) -> None:
        self._by_prefix = {surface.prefix.rstrip("/"): surface for surface in surfaces}
        self._default = default

    def of_path(self, path: str) -> Surface:
        """The surface with the longest prefix of `path` that ends at a segment's end."""
        while path:
            if surface := self._by_prefix.get(path):
                return surface
            path = path.rpartition("/")[0]
        return self._by_prefix.get("", self._default)
