"""HTTP in and out of a tenant's own channels: `/api/v1/channels`."""

from __future__ import annotations

import uuid

from aiohttp import web

from bot.line.channels.rotation import AnotherAccount, CentralToken, UnusableCredential
from bot.web.openapi import Operation
from bot.web.requests import read_model
from bot.web.responses import json_response
from bot.web.surface import Limits, Route, Surface
from handlers.line.channels.limiting import CheckLimit, TooManyChecks
from handlers.line.channels.schemas import ChannelList, ChannelView, CredentialsBody, Report, channel_shown, report_of
from handlers.line.channels.service import ChannelNotFound, Channels, ChannelShared, LineUnreachable, TokenRefused
from knowledge.routes.operations import ACCEPT_LANGUAGE
from knowledge.routes.requests import language_of_caller
from knowledge.routes.surface import needs_manage

# LINE waits for the webhook before it answers a test, and each step of a check has its own deadline.
CHECK_LIMITS = Limits(body_bytes=16 * 1024, handler_seconds=100)
ROTATE_LIMITS = Limits(body_bytes=16 * 1024, handler_seconds=30)

TAG = "Channels"
LIST = Operation(
    summary="List the Official Accounts",
    tag=TAG,
    description="A tenant's own, or those on which a vendor's bots answer. No answer ever holds a secret or a token.",
    answers={200: ChannelList},
)
GET = Operation(summary="Get an Official Account", tag=TAG, answers={200: ChannelView}, errors=(ChannelNotFound,))
CHECK = Operation(
    summary="Find out what is wrong with an Official Account",
    tag=TAG,
    description="Asks LINE, and has LINE test the webhook. It can take a minute.",
    parameters=(ACCEPT_LANGUAGE,),
    answers={200: Report},
    errors=(ChannelNotFound, TooManyChecks),
)
ROTATE = Operation(
    summary="Give an Official Account new credentials",
    tag=TAG,
    description="One of them or both. A new secret counts beside the old one until LINE uses it.",
    body=CredentialsBody,
    answers={200: ChannelView},
    errors=(
        UnusableCredential("channel_secret: ..."),
        TokenRefused,
        ChannelShared,
        ChannelNotFound,
        CentralToken,
        AnotherAccount(given="@other", wanted="@123abcde"),
        LineUnreachable,
    ),
    example={"channel_secret": "0123456789abcdef0123456789abcdef"},
)


def channel_routes(surface: Surface, channels: Channels, *, limit: CheckLimit) -> list[Route]:
    """The routes of channels, on the surface of `/api/v1`."""
    routes = _Routes(channels, limit)
    one = "/api/v1/channels/{channel_id}"
    return [
        surface.route("GET", "/api/v1/channels", routes.listed, operation=LIST),
        surface.route("GET", one, routes.get, operation=GET),
        surface.route("POST", f"{one}/check", routes.check, limits=CHECK_LIMITS, operation=CHECK),
        surface.route("POST", f"{one}/rotate", routes.rotate, limits=ROTATE_LIMITS, operation=ROTATE),
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
        wanted = await read_model(request, CredentialsBody)
        return json_response(channel_shown(await self._channels.rotate(principal, channel_id, wanted.credentials)))


def _channel_id(request: web.Request) -> uuid.UUID:
    """The id in the path. Raises ChannelNotFound for what can't be one."""
    try:
        return uuid.UUID(request.match_info["channel_id"])
    except ValueError:
        raise ChannelNotFound from None
