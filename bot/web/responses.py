"""JSON answers, and the shapes in which the surfaces tell of an error."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import msgspec
from aiohttp import web

from bot.errors import PlatformError

JSON_TYPE = "application/json"
Envelope = Callable[[PlatformError], object]


def json_response(payload: object, *, status: int = 200, headers: Mapping[str, str] | None = None) -> web.Response:
    """`payload` as compact JSON in UTF-8, nothing escaped that need not be."""
    return web.Response(body=msgspec.json.encode(payload), status=status, headers=headers, content_type=JSON_TYPE)


def success_false(error: PlatformError) -> object:
    """`{"success": false, "error": "<message>"}`: provisioning and the LINE webhook."""
    return {"success": False, "error": error.message}


def code_and_message(error: PlatformError) -> object:
    """`{"error": {"code": "<stable code>", "message": "<message>"}}`: the Partner API v1."""
    return {"error": {"code": error.code, "message": error.message}}


def detail(error: PlatformError) -> object:
    """`{"detail": "<message>"}`, always a string: the chat engine's APIs."""
    return {"detail": error.message}
