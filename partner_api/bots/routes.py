"""HTTP in and out: bots, and the slots that are left for more."""

from __future__ import annotations

import uuid
from collections.abc import Awaitable, Callable, Sequence
from functools import partial

import msgspec
from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncSession

from bot.db.deadlocks import despite_deadlocks
from bot.models import Bot
from bot.web.idempotency import Answer
from bot.web.once import answered_once
from bot.web.requests import read_model, read_query
from bot.web.responses import json_response
from bot.web.surface import Route, Surface
from partner_api.api import Api
from partner_api.bots import operations, repository
from partner_api.bots.errors import BotNotFound
from partner_api.bots.manager import Manager, partner_manager
from partner_api.bots.routes_access import MANAGER
from partner_api.bots.routes_vendor import vendor_routes
from partner_api.bots.schemas import BotBody, BotList, BotsQuery, bot_shown, slots_shown
from partner_api.bots.service import Bots, Done
from partner_api.bots.states import BotStatus
from partner_api.bots.statistics import StatisticsQuery, statistics_of
from partner_api.keys.routes_surface import CALLER
from partner_api.wire import uuid_of

BOTS = "/api/partner/v1/bots"
ONE = f"{BOTS}/{{bot_id}}"
OK, NO_CONTENT = 200, 204
# What is shown once must not stay in a cache.
NO_STORE = {"Cache-Control": "no-store"}
Verb = Callable[[AsyncSession, Manager, Bot], Awaitable[Done]]


def bot_routes(surface: Surface, api: Api) -> list[Route]:
    """Bot management, by a partner's key or a bot's management token."""
    routes, bots = BotRoutes(api), Bots(api)

    def does(name: str, verb: Verb) -> Callable[[web.Request], Awaitable[web.Response]]:
        return partial(routes.once, name, verb)

    return [
        surface.route("GET", BOTS, routes.listed, operation=operations.LIST),
        surface.route("GET", ONE, routes.get, operation=operations.GET),
        surface.route("PATCH", ONE, partial(routes.change, bots), operation=operations.CHANGE),
        surface.route("DELETE", ONE, partial(routes.delete, bots), operation=operations.DELETE),
        surface.route("POST", f"{ONE}/pause", does("pause", bots.pause), operation=operations.PAUSE),
        surface.route("POST", f"{ONE}/resume", does("resume", bots.resume), operation=operations.RESUME),
        surface.route("POST", f"{ONE}/binding-code", does("binding-code", bots.issue_code), operation=operations.CODE),
        surface.route(
            "POST", f"{ONE}/release-owner", does("release-owner", bots.release), operation=operations.RELEASE
        ),
        surface.route("POST", f"{ONE}/mgmt-token/roll", does("roll", bots.roll_token), operation=operations.ROLL),
        surface.route("GET", f"{ONE}/statistics", routes.statistics, operation=operations.STATISTICS),
        *vendor_routes(surface, api),
    ]


def slot_routes(surface: Surface, api: Api) -> list[Route]:
    """How many bots a partner may still make, by its key."""

    async def slots(request: web.Request) -> web.Response:
        manager = partner_manager(request[CALLER])
        async with api.database.reading() as session:
            return json_response(slots_shown(await repository.partner_row(session, manager)))

    return [surface.route("GET", "/api/partner/v1/slots", slots, operation=operations.SLOTS)]


def bot_id_of(request: web.Request) -> uuid.UUID:
    """The bot in the path. Raises BotNotFound."""
    return uuid_of(request.match_info["bot_id"], BotNotFound)


class BotRoutes:
    """The handlers: each reads its request, calls one verb, and shows what came of it."""

    def __init__(self, api: Api) -> None:
        self._api = api

    async def listed(self, request: web.Request) -> web.Response:
        manager, query = request[MANAGER], read_query(request, BotsQuery)
        async with self._api.database.reading() as session:
            status = BotStatus(query.status) if query.status else None
            rows, total = await repository.list_bots(session, manager, query, search=query.search, status=status)
        return json_response(BotList([bot_shown(row) for row in rows], total, query.limit, query.offset))

    async def get(self, request: web.Request) -> web.Response:
        async with self._api.database.reading() as session:
            row = await repository.bot_row(session, request[MANAGER], bot_id_of(request), or_deleted=True)
        return json_response(bot_shown(row))

    async def change(self, bots: Bots, request: web.Request) -> web.Response:
        manager, bot_id = request[MANAGER], bot_id_of(request)
        wanted = await read_model(request, BotBody)

        async def work() -> Done:
            async with self._api.database.unit_of_work() as session:
                bot = await repository.held_bot(session, manager, bot_id)
                return await bots.change(session, manager, bot, wanted=wanted)

        return json_response((await despite_deadlocks(work)).body)

    async def delete(self, bots: Bots, request: web.Request) -> web.Response:
        manager, bot_id = request[MANAGER], bot_id_of(request)

        async def work() -> Sequence[str]:
            async with self._api.database.unit_of_work() as session:
                bot = await repository.held_bot(session, manager, bot_id)
                return await bots.delete(session, manager, bot)

        self._wake(await despite_deadlocks(work))
        return web.Response(status=NO_CONTENT)

    async def statistics(self, request: web.Request) -> web.Response:
        manager, query = request[MANAGER], read_query(request, StatisticsQuery)
        async with self._api.database.reading(heavy=True) as session:
            row = await repository.bot_row(session, manager, bot_id_of(request))
            found = await statistics_of(self._api, session, manager, row.bot, query=query)
        return json_response(found)

    async def once(self, name: str, verb: Verb, request: web.Request) -> web.Response:
        """Do something to a bot under the caller's idempotency key, which counts for this verb and this bot."""
        manager, bot_id = request[MANAGER], bot_id_of(request)
        lanes: list[str] = []

        async def work(session: AsyncSession) -> Answer:
            done = await verb(session, manager, await repository.held_bot(session, manager, bot_id))
            lanes[:] = done.wake
            return Answer(OK, msgspec.json.encode(done.body))

        scope = f"{manager.scope}:{name}:{bot_id}"
        response = await despite_deadlocks(
            partial(answered_once, request, self._api.idempotency, scope=scope, work=work)
        )
        self._wake(lanes)
        return response

    def _wake(self, lanes: Sequence[str]) -> None:
        if lanes:
            self._api.wake(lanes)
