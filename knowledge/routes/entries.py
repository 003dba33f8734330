"""HTTP in and out of knowledge entries: `/api/v1/knowledge`."""

from __future__ import annotations

from aiohttp import web

from bot.errors import BadRequest
from bot.models import KnowledgeEntry
from bot.tenancy.principal import Principal
from bot.web.requests import read_model, read_query
from bot.web.responses import json_response
from bot.web.surface import Route, Surface
from knowledge import editing, keywords
from knowledge.entries import Audience, Scope
from knowledge.errors import EntryNotFound, SharedIsReadOnly
from knowledge.repository.changes import Author, Subject, history
from knowledge.repository.entries import NewEntry, entry_row
from knowledge.repository.intents import intent_names
from knowledge.repository.listing import EntryFilter, list_entries
from knowledge.repository.pages import Page
from knowledge.repository.vendors import seen_vendor
from knowledge.routes.api import Api
from knowledge.routes.operations import entries as operations
from knowledge.routes.requests import path_id
from knowledge.routes.surface import needs_manage
from knowledge.schemas.entries import (
    CustomizeBody,
    DeletedEntry,
    EntriesQuery,
    EntryChangeBody,
    EntryList,
    HistoryAnswer,
    NewEntryBody,
    ScopeName,
    change_shown,
    shown,
)  # fmt: skip
from knowledge.schemas.fields import PageQuery
from knowledge.writing import given_by, noted, written_entry

CREATED = 201


def entry_routes(surface: Surface, api: Api) -> list[Route]:
    """The routes of knowledge entries."""
    routes = Entries(api)
    one = "/api/v1/knowledge/{entry_id}"
    return [
        surface.route("GET", "/api/v1/knowledge", routes.listed, operation=operations.LIST),
        surface.route("POST", "/api/v1/knowledge", routes.create, operation=operations.CREATE),
        surface.route("GET", one, routes.get, operation=operations.GET),
        surface.route("PATCH", one, routes.update, operation=operations.CHANGE),
        surface.route("PUT", one, routes.update, operation=operations.PUT),
        surface.route("DELETE", one, routes.delete, operation=operations.DELETE),
        surface.route("POST", f"{one}/customize", routes.customize, operation=operations.CUSTOMIZE),
        surface.route("GET", f"{one}/history", routes.history, operation=operations.HISTORY),
    ]


class Entries:
    """The handlers: each reads a request, calls one verb of `knowledge.editing`, and shows what came of it."""

    def __init__(self, api: Api) -> None:
        self._api = api

    async def listed(self, request: web.Request) -> web.Response:
        principal, query = needs_manage(request), read_query(request, EntriesQuery)
        wanted = EntryFilter(
            vendor_id=query.vendor_id or principal.vendor_id, scope=query.scope, audience=query.audience,
            intent_id=query.intent_id, is_active=query.is_active, is_curated=query.is_curated, query=query.q,
        )  # fmt: skip
        page = Page(query.limit, query.offset)
        async with self._api.database.reading(heavy=True) as session:
            if wanted.vendor_id is not None:
                await seen_vendor(session, principal, wanted.vendor_id)
            rows, total = await list_entries(session, principal, wanted, page)
            names = await intent_names(session, principal, {one for row in rows for one in row.intent_ids})
        items = [shown(row, names) for row in rows]
        return json_response(EntryList(items, total, page.limit, page.offset))

    async def create(self, request: web.Request) -> web.Response:
        principal, body = needs_manage(request), await read_model(request, NewEntryBody)
        vendor_id = _vendor_of(principal, body)
        async with self._api.database.unit_of_work() as session:
            given = await given_by(session, principal, body, vendor_id=vendor_id)
            new = NewEntry(
                body.question_summary, body.answer, vendor_id, keywords.join(body.keywords), Audience(body.audience),
                intent_ids=tuple(given.get("intent_ids", ())), is_curated=body.is_curated, is_active=body.is_active,
            )  # fmt: skip
            author = Author(principal, body.said_by)
            row = await editing.create(session, author, new, now=self._api.clock.now())
            note = await noted(session, principal, row)
        return json_response(await written_entry(self._api.engine, note), status=CREATED)

    async def get(self, request: web.Request) -> web.Response:
        principal, entry_id = needs_manage(request), path_id(request, EntryNotFound())
        async with self._api.database.reading() as session:
            row = await entry_row(session, principal, entry_id)
            names = await intent_names(session, principal, row.intent_ids)
        return json_response(shown(row, names))

    async def update(self, request: web.Request) -> web.Response:
        principal, entry_id = needs_manage(request), path_id(request, EntryNotFound())
        body = await read_model(request, EntryChangeBody)
        async with self._api.database.unit_of_work() as session:
            row = await entry_row(session, principal, entry_id)
            _check_unmoved(row, body)
            given = await given_by(session, principal, body, vendor_id=row.vendor_id)
            author = Author(principal, body.said_by)
            row = await editing.update(session, author, entry_id, given=given, now=self._api.clock.now())
            note = await noted(session, principal, row)
        return json_response(await written_entry(self._api.engine, note))

    async def delete(self, request: web.Request) -> web.Response:
        principal, entry_id = needs_manage(request), path_id(request, EntryNotFound())
        async with self._api.database.unit_of_work() as session:
            row = await editing.remove(session, Author(principal), entry_id, now=self._api.clock.now())
        return json_response(DeletedEntry(row.id, deleted=True, replaces_id=row.replaces_id))

    async def customize(self, request: web.Request) -> web.Response:
        principal, entry_id = needs_manage(request), path_id(request, EntryNotFound())
        body = await read_model(request, CustomizeBody)
        vendor_id = body.vendor_id or principal.vendor_id
        if vendor_id is None:
            raise BadRequest("vendor_id is required.")
        async with self._api.database.unit_of_work() as session:
            await seen_vendor(session, principal, vendor_id)
            given = await given_by(session, principal, body, vendor_id=vendor_id)
            author, now = Author(principal, body.said_by), self._api.clock.now()
            row = await editing.customize(session, author, entry_id, given=given, vendor_id=vendor_id, now=now)
            note = await noted(session, principal, row)
        return json_response(await written_entry(self._api.engine, note), status=CREATED)

    async def history(self, request: web.Request) -> web.Response:
        principal, entry_id = needs_manage(request), path_id(request, EntryNotFound())
        query = read_query(request, PageQuery)
        page = Page(query.limit, query.offset)
        async with self._api.database.reading() as session:
            await entry_row(session, principal, entry_id, or_deleted=True)
            rows, total = await history(session, principal, Subject.ENTRY, entry_id, page=page)
        return json_response(HistoryAnswer([change_shown(row) for row in rows], total, page.limit, page.offset))


def _vendor_of(principal: Principal, body: NewEntryBody) -> int | None:
    """Whose the new entry is. Raises BadRequest and SharedIsReadOnly where `scope` can't be had."""
    vendor_id = body.vendor_id
    if vendor_id is None and principal.vendor_id is not None:
        if body.scope == Scope.GLOBAL.value:
            raise SharedIsReadOnly
        vendor_id = principal.vendor_id
    _check_scope(Scope.GLOBAL.value if vendor_id is None else Scope.VENDOR.value, body.scope)
    return vendor_id


def _check_unmoved(row: KnowledgeEntry, body: EntryChangeBody) -> None:
    if "vendor_id" in body.model_fields_set and body.vendor_id != row.vendor_id:
        raise BadRequest("vendor_id: an entry can't move to another vendor.")
    _check_scope(row.scope, body.scope)


def _check_scope(actual: str, said: ScopeName | None) -> None:
    if said is not None and said != actual:
        raise BadRequest(f"scope: this entry's scope is {actual}, which follows from whose it is.")
