"""HTTP in and out: the parameters and the knowledge of the vendor that a bot speaks for."""

from __future__ import annotations

import re
from functools import partial

import msgspec
from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncSession

from bot.models import KnowledgeEntry
from bot.web.idempotency import Answer
from bot.web.once import answered_once
from bot.web.requests import read_model, read_query
from bot.web.responses import JSON_TYPE, json_response
from bot.web.surface import Route, Surface
from knowledge.editing import suggestions_for
from knowledge.errors import EntryNotFound
from knowledge.schemas.entries import written
from knowledge.schemas.fields import LARGEST_ID
from knowledge.schemas.vendors import ConfigsBody, ParametersBody
from knowledge.suggesting import Suggestion
from knowledge.vendors import Configs
from knowledge.writing import Noted, written_entry
from partner_api.api import Api
from partner_api.bots import operations, repository
from partner_api.bots.errors import BotNotFound
from partner_api.bots.knowledge import BotKnowledge, EntriesQuery, EntryBody, EntryChange, in_utc
from partner_api.bots.manager import Manager
from partner_api.bots.parameters import parameters_shown
from partner_api.bots.repository import BotRow
from partner_api.bots.routes_access import MANAGER
from partner_api.wire import uuid_of

BOT = "/api/partner/v1/bots/{bot_id}"
ENTRIES = f"{BOT}/knowledge"
ENTRY = f"{ENTRIES}/{{entry_id}}"
CREATED = 201
_ENTRY_ID = re.compile(r"[1-9][0-9]{0,18}")


def vendor_routes(surface: Surface, api: Api) -> list[Route]:
    """What a bot answers from."""
    routes = VendorRoutes(api)
    return [
        surface.route("GET", f"{BOT}/parameters", routes.parameters, operation=operations.PARAMETERS),
        surface.route("PUT", f"{BOT}/parameters", routes.put_parameters, operation=operations.PUT_PARAMETERS),
        surface.route("GET", ENTRIES, routes.entries, operation=operations.ENTRIES),
        surface.route("POST", ENTRIES, routes.create_entry, operation=operations.CREATE_ENTRY),
        surface.route("GET", ENTRY, routes.entry, operation=operations.ENTRY),
        surface.route("PATCH", ENTRY, routes.change_entry, operation=operations.CHANGE_ENTRY),
        surface.route("DELETE", ENTRY, routes.delete_entry, operation=operations.DELETE_ENTRY),
    ]


class VendorRoutes:
    """The handlers: each finds the bot, calls one verb of the chat engine for its vendor, and shows what came of it."""

    def __init__(self, api: Api) -> None:
        self._api = api
        self._configs = Configs(api.database, api.clock)
        self._knowledge = BotKnowledge(api.clock)

    async def parameters(self, request: web.Request) -> web.Response:
        async with self._api.database.reading() as session:
            row = await self._bot(session, request)
        return await self._parameters_of(request[MANAGER], row)

    async def put_parameters(self, request: web.Request) -> web.Response:
        manager, wanted = request[MANAGER], await read_model(request, ParametersBody)
        # Who changed them is the caller, and not for the caller to say.
        changed = ConfigsBody.model_construct(configs=wanted.configs, updated_by=manager.principal.id)
        async with self._api.database.reading() as session:
            row = await self._bot(session, request)
        await self._configs.put(manager.for_vendor_of(row.bot), row.bot.vendor_id, changed)
        return await self._parameters_of(manager, row)

    async def entries(self, request: web.Request) -> web.Response:
        query = read_query(request, EntriesQuery)
        async with self._api.database.reading(heavy=True) as session:
            bot = (await self._bot(session, request)).bot
            return json_response(await self._knowledge.listed(session, request[MANAGER], bot, query=query))

    async def entry(self, request: web.Request) -> web.Response:
        async with self._api.database.reading() as session:
            bot, entry_id = (await self._bot(session, request)).bot, _entry_id(request)
            return json_response(await self._knowledge.get(session, request[MANAGER], bot, entry_id=entry_id))

    async def create_entry(self, request: web.Request) -> web.Response:
        manager, body = request[MANAGER], await read_model(request, EntryBody)
        bot_id = uuid_of(request.match_info["bot_id"], BotNotFound)
        # Looked for before the transaction: all other writes may wait for that, and it for whatever is being encoded.
        suggestions = await self._suggestions(request, body)

        async def work(session: AsyncSession) -> Answer:
            bot = await repository.held_bot(session, manager, bot_id)
            note = await self._knowledge.create(session, manager, bot, body=body)
            entry = written(note.row, note.names, warnings=note.warnings, suggestions=suggestions)
            return Answer(CREATED, msgspec.json.encode(in_utc(entry)))

        scope = f"{manager.scope}:knowledge:{bot_id}"
        return await answered_once(request, self._api.idempotency, scope=scope, work=work)

    async def change_entry(self, request: web.Request) -> web.Response:
        body = await read_model(request, EntryChange)
        async with self._api.database.unit_of_work() as session:
            bot, entry_id = (await self._bot(session, request)).bot, _entry_id(request)
            note = await self._knowledge.change(session, request[MANAGER], bot, entry_id=entry_id, body=body)
        return web.Response(body=await self._written(note), content_type=JSON_TYPE)

    async def delete_entry(self, request: web.Request) -> web.Response:
        async with self._api.database.unit_of_work() as session:
            bot, entry_id = (await self._bot(session, request)).bot, _entry_id(request)
            deleted = await self._knowledge.delete(session, request[MANAGER], bot, entry_id=entry_id)
        return json_response(deleted)

    async def _bot(self, session: AsyncSession, request: web.Request) -> BotRow:
        bot_id = uuid_of(request.match_info["bot_id"], BotNotFound)
        return await repository.bot_row(session, request[MANAGER], bot_id)

    async def _parameters_of(self, manager: Manager, row: BotRow) -> web.Response:
        found = await self._configs.by_category(manager.for_vendor_of(row.bot), row.bot.vendor_id)
        return json_response(parameters_shown(found))

    async def _suggestions(self, request: web.Request, body: EntryBody) -> tuple[Suggestion, ...]:
        """Where an entry that is to be made writes out what its vendor has a parameter for."""
        async with self._api.database.reading() as session:
            bot = (await self._bot(session, request)).bot
            values = await self._knowledge.values(session, request[MANAGER], bot)
        entry = KnowledgeEntry(question_summary=body.question_summary, answer=body.answer)
        return await self._api.engine.library.encoding.in_thread(partial(suggestions_for, entry, values))

    async def _written(self, note: Noted) -> bytes:
        return msgspec.json.encode(in_utc(await written_entry(self._api.engine, note)))


def _entry_id(request: web.Request) -> int:
    text = request.match_info["entry_id"]
    if not _ENTRY_ID.fullmatch(text) or int(text) > LARGEST_ID:
        raise EntryNotFound
    return int(text)
