"""`/openapi.json`, and the pages that show it: `/docs` to try the API, `/redoc` to read about it."""

from __future__ import annotations

import hashlib
from importlib.resources import files
from pathlib import Path

import msgspec
from aiohttp import web

from bot.errors import NotFound
from bot.web.documentation.guide import JsonObject
from bot.web.responses import JSON_TYPE
from bot.web.surface import Route, Surface

STATIC = Path(str(files("bot.web.documentation").joinpath("static")))
SURFACE = Surface("documentation", "/docs")
SERVED = frozenset(
    (
        "docs.js",
        "favicon-32x32.png",
        "pages.css",
        "redoc.js",
        "redoc.standalone.js",
        "swagger-ui-bundle.js",
        "swagger-ui.css",
    )
)
# Both pages write style elements of their own; ReDoc searches in a worker that it makes itself.
POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data:",
        "font-src 'self' data:",
        "connect-src 'self'",
        "worker-src blob:",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    )
)
_ALWAYS_ASK = {"Cache-Control": "no-cache", "X-Content-Type-Options": "nosniff"}
_PAGE = {**_ALWAYS_ASK, "Content-Security-Policy": POLICY, "Referrer-Policy": "no-referrer"}


def documentation_routes(document: JsonObject) -> list[Route]:
    """The routes that show `document`; none where it describes nothing."""
    if not document["paths"]:
        return []
    body = msgspec.json.encode(document)
    tag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'

    async def openapi(request: web.Request) -> web.Response:
        headers = {**_ALWAYS_ASK, "ETag": tag}
        if any(one.value in (tag.strip('"'), "*") for one in request.if_none_match or ()):
            return web.Response(status=web.HTTPNotModified.status_code, headers=headers)
        return web.Response(body=body, headers=headers, content_type=JSON_TYPE)

    async def docs(_request: web.Request) -> web.StreamResponse:
        return web.FileResponse(STATIC / "docs.html", headers=_PAGE)

    async def redoc(_request: web.Request) -> web.StreamResponse:
        return web.FileResponse(STATIC / "redoc.html", headers=_PAGE)

    async def static(request: web.Request) -> web.StreamResponse:
        name = request.match_info["name"]
        if name not in SERVED:
            raise NotFound
        return web.FileResponse(STATIC / name, headers=_ALWAYS_ASK)

    return [
        SURFACE.route("GET", "/openapi.json", openapi),
        SURFACE.route("GET", "/docs", docs),
        SURFACE.route("GET", "/redoc", redoc),
        SURFACE.route("GET", "/docs/static/{name}", static),
    ]
