"""HTTP in and out of the chat: `/chat/v1`."""

from __future__ import annotations

from aiohttp import web

from bot.texts import say
from bot.web.idempotency import idempotency_key
from bot.web.requests import read_model
from bot.web.responses import json_response
from bot.web.surface import Route, Surface
from knowledge.chat import Asker, Chat
from knowledge.errors import VendorNotFound
from knowledge.routes.api import Api
from knowledge.routes.operations import chat as operations
from knowledge.routes.requests import path_id
from knowledge.routes.streaming import STREAM_LIMITS, streamed
from knowledge.routes.surface import caller_of, needs_manage
from knowledge.schemas import to_the_microsecond
from knowledge.schemas.chat import ChatBody, ReloadedView
from knowledge.sessions import Sessions
from knowledge.vendors.preview import Reload, preview


def chat_routes(surface: Surface, api: Api) -> list[Route]:
    """The routes of the chat."""
    daily_tokens = api.settings.llm_daily_tokens_per_bot
    chat = Chat(api.engine, Sessions(api.database, api.clock), api.clock)
    reload = Reload(api.database, api.clock)

    def asker_of(request: web.Request) -> Asker:
        caller, key = caller_of(request), idempotency_key(request.headers)
        budget = daily_tokens if caller.daily_tokens is None else caller.daily_tokens
        request_id = f"{caller.principal.label}:{key}" if key else None
        return Asker(caller.principal, caller.rights, budget, request_id)

    async def message(request: web.Request) -> web.Response:
        asker, asked = asker_of(request), await read_model(request, ChatBody)
        return json_response(await chat.ask(asker, asked))

    async def stream(request: web.Request) -> web.StreamResponse:
        asker, asked = asker_of(request), await read_model(request, ChatBody)
        return await streamed(request, surface, chat.ask(asker, asked))

    async def test(request: web.Request) -> web.Response:
        principal = needs_manage(request)
        return json_response(await preview(api.database, principal, path_id(request, VendorNotFound())))

    async def reloaded(request: web.Request) -> web.Response:
        await reload(needs_manage(request))
        return json_response(ReloadedView(True, say("api.reloaded"), to_the_microsecond(api.clock.now())))

    return [
        surface.route("POST", "/chat/v1/message", message, operation=operations.MESSAGE),
        surface.route("POST", "/chat/v1/message/stream", stream, limits=STREAM_LIMITS, operation=operations.STREAM),
        surface.route("GET", "/chat/v1/vendors/{vendor_id}/test", test, operation=operations.TEST),
        surface.route("POST", "/chat/v1/reload", reloaded, operation=operations.RELOAD),
    ]
