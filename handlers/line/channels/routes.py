"""HTTP in and out of a tenant's own channels: `/api/v1/channels`."""

from __future__ import annotations

import uuid

from aiohttp import web

from bot.web.requests import read_model
from bot.web.responses import json_response
from bot.web.surface import Limits, Route, Surface
from handlers.line.channels.limiting import CheckLimit
from handlers.line.channels.schemas import ChannelList, RotateBody, channel_shown, report_of
from handlers.line.channels.service import ChannelNotFound, Channels
from knowledge.routes.requests import language_of_caller
from knowledge.routes.surface import needs_manage

# LINE waits for the webhook before it answers a test, and each step of a check has its own deadline.
CHECK_LIMITS = Limits(body_bytes=16 * 1024, handler_seconds=100)
ROTATE_LIMITS = Limits(body_bytes=16 * 1024, handler_seconds=30)


def channel_routes(surface: Surface, channels: Channels, *, limit: CheckLimit) -> list[Route]:
    """The routes of channels, on the surface of `/api/v1`."""
    routes = _Routes(channels, limit)
    one = "/api/v1/channels/{id}"
    return [
        surface.route("GET", "/api/v1/channels", routes.listed),
        surface.route("GET", one, routes.get),
        surface.route("POST", f"{one}/check", routes.check, limits=CHECK_LIMITS),
        surface.route("POST", f"{one}/rotate", routes.rotate, limits=ROTATE_LIMITS),
    ]


class _Routes:
    """The handlers: each reads its request, calls one verb, and shows what came of it."""

    def __init__(self, channels: Channels, limit: CheckLimit) -> None:
        self._channels = channels
        self._limit = limit

    async def listed(self, request: web.Request) -> web.Response:
        found = await self._channels.listed(needs_manage(request))
        return json_response(ChannelList([channel_shown(state) for state in found]))

    async def get(self, request: web.Request) -> web.Response:
        state = await self._channels.get(needs_manage(request), _channel_id(request))
        return json_response(channel_shown(state))

    async def check(self, request: web.Request) -> web.Response:
        principal, channel_id = needs_manage(request), _channel_id(request)
        await self._channels.get(principal, channel_id)
        self._limit.take(channel_id)
        findings = await self._channels.check(principal, channel_id)
        return json_response(report_of(findings, language_of_caller(request)))

    async def rotate(self, request: web.Request) -> web.Response:
        principal, channel_id = needs_manage(request), _channel_id(request)
        wanted = await read_model(request, RotateBody)
        return json_response(channel_shown(await self._channels.rotate(principal, channel_id, wanted.credentials)))


def _channel_id(request: web.Request) -> uuid.UUID:
    """The id in the path. Raises ChannelNotFound for what can't be one."""
    try:
        return uuid.UUID(request.match_info["id"])
    except ValueError:
        raise ChannelNotFound from None
