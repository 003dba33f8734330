"""HTTP in and out of imports: `/api/v1/imports`."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial

from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncSession

from bot.errors import BadRequest
from bot.models import ImportJob, ImportRow
from bot.tenancy.principal import Principal
from bot.web.requests import read_model, read_query
from bot.web.responses import json_response
from bot.web.surface import Limits, Route, Surface
from knowledge import editing
from knowledge.errors import ImportNotFound
from knowledge.importing import jobs
from knowledge.importing.jobs import Decisions, RowDecision
from knowledge.importing.planning import Policies
from knowledge.importing.rows import MEGABYTE
from knowledge.importing.work import in_thread
from knowledge.parameters import Parameters
from knowledge.repository.import_rows import Decision, acting_for, list_rows, rows_numbered, texts_of_entries
from knowledge.repository.imports import State, job_row, lane_of, list_jobs
from knowledge.repository.pages import Page
from knowledge.repository.parameters import parameters_of
from knowledge.repository.vendors import seen_vendor
from knowledge.routes.api import Api
from knowledge.routes.operations import imports as operations
from knowledge.routes.requests import language_of_caller
from knowledge.routes.surface import needs_manage
from knowledge.routes.uploads import read_upload
from knowledge.schemas.imports import (
    ApplyBody,
    DeletedImport,
    ImportList,
    ImportsQuery,
    NewImportBody,
    RowList,
    RowsQuery,
    import_shown,
    met_by,
    row_shown,
)  # fmt: skip
from knowledge.suggesting import Suggestion, suggest

ACCEPTED = 202
# The file's twenty megabytes, and what a form puts around them.
UPLOAD_LIMITS = Limits(body_bytes=20 * MEGABYTE + 64 * 1024, body_seconds=120, handler_seconds=150)


def import_routes(surface: Surface, api: Api) -> list[Route]:
    """The routes of imports."""
    routes = Imports(api)
    one = "/api/v1/imports/{import_id}"
    return [
        surface.route("GET", "/api/v1/imports", routes.listed, operation=operations.LIST),
        surface.route("POST", "/api/v1/imports", routes.create, limits=UPLOAD_LIMITS, operation=operations.CREATE),
        surface.route("GET", one, routes.get, operation=operations.GET),
        surface.route("DELETE", one, routes.delete, operation=operations.DELETE),
        surface.route("GET", f"{one}/rows", routes.rows, operation=operations.ROWS),
        surface.route("POST", f"{one}/apply", routes.apply, operation=operations.APPLY),
        surface.route("POST", f"{one}/cancel", routes.cancel, operation=operations.CANCEL),
    ]


class Imports:
    """The handlers: each reads a request, calls one verb of `knowledge.importing.jobs`, and shows what came of it."""

    def __init__(self, api: Api) -> None:
        self._api = api

    async def listed(self, request: web.Request) -> web.Response:
        principal, query = needs_manage(request), read_query(request, ImportsQuery)
        page = Page(query.limit, query.offset)
        async with self._api.database.reading() as session:
            if query.vendor_id is not None:
                await seen_vendor(session, principal, query.vendor_id)
            rows, total = await list_jobs(session, principal, page, state=query.state, vendor_id=query.vendor_id)
        language = language_of_caller(request)
        return json_response(ImportList([import_shown(row, language) for row in rows], total, page.limit, page.offset))

    async def create(self, request: web.Request) -> web.Response:
        principal = needs_manage(request)
        said, new = await read_upload(request)
        if new.url is not None:
            self._api.sender.check(new.url)
        vendor_id = said.vendor_id if said.vendor_id is not None else principal.vendor_id
        async with self._api.database.unit_of_work() as session:
            options = await _options(session, principal, said, vendor_id=vendor_id)
            wanted = replace(new, vendor_id=vendor_id, options=options)
            job = await jobs.begin(session, principal, wanted, now=self._api.clock.now())
        self._api.wake([lane_of(job.id)])
        return _accepted(request, job)

    async def get(self, request: web.Request) -> web.Response:
        principal = needs_manage(request)
        async with self._api.database.reading() as session:
            job = await job_row(session, principal, _job_id(request))
        return json_response(import_shown(job, language_of_caller(request)))

    async def rows(self, request: web.Request) -> web.Response:
        principal, query = needs_manage(request), read_query(request, RowsQuery)
        page = Page(query.limit, query.offset)
        async with self._api.database.reading() as session:
            job = await job_row(session, principal, _job_id(request))
            rows, total = await list_rows(session, acting_for(job), job.id, page, state=query.state)
            texts = await _texts(session, job, rows)
            parameters = await _parameters(session, job)
        suggestions = await in_thread(partial(_suggestions, rows, parameters)) if parameters else {}
        language = language_of_caller(request)
        items = [row_shown(row, texts, suggestions.get(row.id, ()), language=language) for row in rows]
        return json_response(RowList(items, total, page.limit, page.offset))

    async def apply(self, request: web.Request) -> web.Response:
        principal, job_id = needs_manage(request), _job_id(request)
        body = await read_model(request, ApplyBody) if request.can_read_body else ApplyBody()
        async with self._api.database.unit_of_work() as session:
            job = await jobs.apply(session, principal, job_id, _decisions(body), now=self._api.clock.now())
        self._api.wake([lane_of(job.id)])
        return _accepted(request, job)

    async def cancel(self, request: web.Request) -> web.Response:
        principal, job_id = needs_manage(request), _job_id(request)
        async with self._api.database.unit_of_work() as session:
            job = await jobs.cancel(session, principal, job_id, now=self._api.clock.now())
        self._api.wake([lane_of(job.id)])
        return json_response(import_shown(job, language_of_caller(request)))

    async def delete(self, request: web.Request) -> web.Response:
        principal, job_id = needs_manage(request), _job_id(request)
        await jobs.remove(self._api.database, principal, job_id)
        return json_response(DeletedImport(str(job_id), deleted=True))


def _accepted(request: web.Request, job: ImportJob) -> web.Response:
    shown = import_shown(job, language_of_caller(request))
    return json_response(shown, status=ACCEPTED, headers={"Location": f"/api/v1/imports/{job.id}"})


def _job_id(request: web.Request) -> uuid.UUID:
    try:
        return uuid.UUID(request.match_info["import_id"])
    except ValueError:
        raise ImportNotFound from None


async def _options(
    session: AsyncSession, principal: Principal, said: NewImportBody, *, vendor_id: int | None
) -> dict[str, object]:
    """What is kept of what was said. Raises VendorNotFound and NoSuchIntent."""
    if vendor_id is not None:
        await seen_vendor(session, principal, vendor_id)
    ids = await editing.intent_ids_named(session, principal, said.intents, vendor_id=vendor_id) if said.intents else []
    return {"apply": said.apply, "audience": said.audience, "intent_ids": ids, "said_by": said.said_by}


def _decisions(body: ApplyBody) -> Decisions:
    if len({one.number for one in body.rows}) != len(body.rows):
        raise BadRequest("rows: a row is named twice.")
    rows = [RowDecision(one.number, Decision(one.action), one.question, one.answer) for one in body.rows]
    policies = Policies(Decision(body.duplicates), Decision(body.conflicts))
    return Decisions(policies, rows, body.use_suggestions)


async def _texts(
    session: AsyncSession, job: ImportJob, rows: Sequence[ImportRow]
) -> Mapping[tuple[str, int], tuple[str, str]]:
    """Question and answer of the entries and rows that these rows meet."""
    entries, numbers = met_by(rows)
    texts = {("entry", at): found for at, found in (await texts_of_entries(session, acting_for(job), entries)).items()}
    for row in await rows_numbered(session, acting_for(job), job.id, numbers) if numbers else ():
        texts["row", row.number] = (row.row.get("question", ""), row.row.get("answer", ""))
    return texts


async def _parameters(session: AsyncSession, job: ImportJob) -> Parameters:
    """The vendor's parameters, while a person looks at the preview."""
    if job.vendor_id is None or job.state != State.PREVIEW.value:
        return {}
    return {one.key: one for one in await parameters_of(session, acting_for(job), job.vendor_id)}


def _suggestions(rows: Sequence[ImportRow], parameters: Parameters) -> dict[int, Sequence[Suggestion]]:
    return {
        row.id: suggest(row.row["answer"], parameters, topic=row.row["question"]) for row in rows if "answer" in row.row
    }
