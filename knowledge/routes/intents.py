"""HTTP in and out of intents: `/api/v1/intents`."""

from __future__ import annotations

from aiohttp import web

from bot.errors import BadRequest
from bot.models import Intent
from bot.web.requests import read_model, read_query
from bot.web.responses import json_response
from bot.web.surface import Route, Surface
from bot.webhooks.errors import UnsafeAddress
from knowledge.errors import IntentNotFound
from knowledge.intents import catalog
from knowledge.intents.catalog import NewIntent, Saved
from knowledge.repository.changes import Author
from knowledge.repository.intents import intent_row, list_intents
from knowledge.repository.pages import Page
from knowledge.repository.vendors import seen_vendor
from knowledge.routes.api import Api
from knowledge.routes.operations import intents as operations
from knowledge.routes.requests import path_id
from knowledge.routes.surface import needs_manage
from knowledge.schemas.intents import (
    DeletedIntent,
    ExamplesBody,
    IntentChangeBody,
    IntentFields,
    IntentList,
    IntentsQuery,
    NewIntentBody,
    shown,
    written,
)

CREATED = 201


def intent_routes(surface: Surface, api: Api) -> list[Route]:
    """The routes of intents."""
    routes = Intents(api)
    one = "/api/v1/intents/{intent_id}"
    return [
        surface.route("GET", "/api/v1/intents", routes.listed, operation=operations.LIST),
        surface.route("POST", "/api/v1/intents", routes.create, operation=operations.CREATE),
        surface.route("GET", one, routes.get, operation=operations.GET),
        surface.route("PATCH", one, routes.update, operation=operations.CHANGE),
        surface.route("PUT", one, routes.update, operation=operations.PUT),
        surface.route("DELETE", one, routes.delete, operation=operations.DELETE),
        surface.route("POST", f"{one}/examples", routes.add_examples, operation=operations.ADD_EXAMPLES),
        surface.route("POST", f"{one}/rotate-secret", routes.rotate_secret, operation=operations.ROTATE_SECRET),
    ]


class Intents:
    """The handlers: each reads a request, calls one verb of `knowledge.intents.catalog`, and shows what came of it."""

    def __init__(self, api: Api) -> None:
        self._api = api

    async def listed(self, request: web.Request) -> web.Response:
        principal, query = needs_manage(request), read_query(request, IntentsQuery)
        vendor_id = query.vendor_id or principal.vendor_id
        page = Page(query.limit, query.offset)
        async with self._api.database.reading() as session:
            if vendor_id is not None:
                await seen_vendor(session, principal, vendor_id)
            rows, total = await list_intents(session, principal, page, vendor_id=vendor_id, enabled=query.enabled)
        return json_response(IntentList([shown(row) for row in rows], total, page.limit, page.offset))

    async def create(self, request: web.Request) -> web.Response:
        principal, body = needs_manage(request), await read_model(request, NewIntentBody)
        self._check_url(body)
        new = NewIntent(
            body.name, body.vendor_id or principal.vendor_id, body.intent_type, body.description, body.examples,
            is_enabled=body.enabled, endpoint=body.endpoint.model_dump() if body.endpoint else None,
        )  # fmt: skip
        author, now = Author(principal, body.said_by), self._api.clock.now()
        async with self._api.database.unit_of_work() as session:
            saved = await catalog.create(session, author, new, box=self._api.box, now=now)
        return _answer(saved, status=CREATED)

    async def get(self, request: web.Request) -> web.Response:
        principal, intent_id = needs_manage(request), path_id(request, IntentNotFound())
        async with self._api.database.reading() as session:
            row = await intent_row(session, principal, intent_id)
        return json_response(shown(row))

    async def update(self, request: web.Request) -> web.Response:
        principal, intent_id = needs_manage(request), path_id(request, IntentNotFound())
        body = await read_model(request, IntentChangeBody)
        self._check_url(body)
        author, now = Author(principal, body.said_by), self._api.clock.now()
        async with self._api.database.unit_of_work() as session:
            _check_unmoved(await intent_row(session, principal, intent_id), body)
            saved = await catalog.update(session, author, intent_id, given=body.given, box=self._api.box, now=now)
        return _answer(saved)

    async def delete(self, request: web.Request) -> web.Response:
        principal, intent_id = needs_manage(request), path_id(request, IntentNotFound())
        async with self._api.database.unit_of_work() as session:
            await catalog.remove(session, Author(principal), intent_id, now=self._api.clock.now())
        return json_response(DeletedIntent(intent_id, deleted=True))

    async def add_examples(self, request: web.Request) -> web.Response:
        principal, intent_id = needs_manage(request), path_id(request, IntentNotFound())
        body = await read_model(request, ExamplesBody)
        author, now = Author(principal, body.said_by), self._api.clock.now()
        async with self._api.database.unit_of_work() as session:
            saved = await catalog.add_examples(
                session, author, intent_id, examples=body.examples, box=self._api.box, now=now
            )
        return _answer(saved)

    async def rotate_secret(self, request: web.Request) -> web.Response:
        principal, intent_id = needs_manage(request), path_id(request, IntentNotFound())
        async with self._api.database.unit_of_work() as session:
            saved = await catalog.rotate_secret(
                session, Author(principal), intent_id, box=self._api.box, now=self._api.clock.now()
            )
        return _answer(saved)

    def _check_url(self, body: IntentFields) -> None:
        """Refuse at once what would be refused when it is called, by its spelling; names are looked up then."""
        if body.endpoint is None:
            return
        try:
            self._api.sender.check(body.endpoint.url)
        except UnsafeAddress as error:
            raise BadRequest(f"endpoint.url: {error.message}") from None


def _check_unmoved(row: Intent, body: IntentFields) -> None:
    if "vendor_id" in body.model_fields_set and body.vendor_id != row.vendor_id:
        raise BadRequest("vendor_id: an intent can't move to another vendor.")


def _answer(saved: Saved, *, status: int = 200) -> web.Response:
    headers = {"Cache-Control": "no-store"} if saved.secret else None
    return json_response(written(saved.row, saved.secret), status=status, headers=headers)
