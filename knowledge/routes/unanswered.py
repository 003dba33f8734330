"""HTTP in and out of unanswered questions: `/api/v1/unanswered`."""

from __future__ import annotations

from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncSession

from bot.models import UnansweredCluster
from bot.tenancy.principal import Principal
from bot.web.requests import read_model, read_query
from bot.web.responses import json_response
from bot.web.surface import Route, Surface
from knowledge import unanswered
from knowledge.errors import NoSuchQuestion
from knowledge.repository.changes import Author
from knowledge.repository.pages import Page
from knowledge.repository.unanswered import (
    ClusterFilter,
    State,
    cluster_row,
    latest_texts,
    list_clusters,
    list_questions,
)
from knowledge.repository.vendors import seen_vendor
from knowledge.routes.api import Api
from knowledge.routes.operations import unanswered as operations
from knowledge.routes.requests import path_id
from knowledge.routes.surface import needs_manage
from knowledge.schemas.fields import PageQuery
from knowledge.schemas.unanswered import (
    AnswerBody,
    Answered,
    ClusterAnswer,
    ClusterList,
    QuestionsQuery,
    cluster_shown,
    with_questions,
)
from knowledge.writing import given_by, noted, written_entry

CREATED = 201


def unanswered_routes(surface: Surface, api: Api) -> list[Route]:
    """The routes of unanswered questions."""
    routes = Unanswered(api)
    one = "/api/v1/unanswered/{question_id}"
    return [
        surface.route("GET", "/api/v1/unanswered", routes.listed, operation=operations.LIST),
        surface.route("GET", one, routes.get, operation=operations.GET),
        surface.route("POST", f"{one}/answer", routes.answer, operation=operations.ANSWER),
        surface.route("POST", f"{one}/dismiss", routes.dismiss, operation=operations.DISMISS),
        surface.route("POST", f"{one}/reopen", routes.reopen, operation=operations.REOPEN),
    ]


class Unanswered:
    """The handlers: each reads a request, calls one verb of `knowledge.unanswered`, and shows what came of it."""

    def __init__(self, api: Api) -> None:
        self._api = api

    async def listed(self, request: web.Request) -> web.Response:
        principal, query = needs_manage(request), read_query(request, QuestionsQuery)
        wanted, page = (
            ClusterFilter(State(query.state), query.vendor_id, query.audience),
            Page(query.limit, query.offset),
        )
        async with self._api.database.reading() as session:
            if query.vendor_id is not None:
                await seen_vendor(session, principal, query.vendor_id)
            rows, total = await list_clusters(session, principal, wanted, page)
            texts = await latest_texts(session, principal, [row.id for row in rows])
        items = [cluster_shown(row, texts[row.id]) for row in rows]
        return json_response(ClusterList(items, total, page.limit, page.offset))

    async def get(self, request: web.Request) -> web.Response:
        principal, cluster_id = needs_manage(request), path_id(request, NoSuchQuestion())
        query = read_query(request, PageQuery)
        async with self._api.database.reading() as session:
            row = await cluster_row(session, principal, cluster_id)
            texts = await latest_texts(session, principal, [row.id])
            questions = await list_questions(session, principal, row.id, Page(query.limit, query.offset))
        shown = with_questions(row, texts[row.id], questions, limit=query.limit, offset=query.offset)
        return json_response(shown)

    async def answer(self, request: web.Request) -> web.Response:
        principal, cluster_id = needs_manage(request), path_id(request, NoSuchQuestion())
        body = await read_model(request, AnswerBody)
        author, now = Author(principal, body.said_by), self._api.clock.now()
        async with self._api.database.unit_of_work() as session:
            row = await cluster_row(session, principal, cluster_id)
            given = await given_by(session, principal, body, vendor_id=row.vendor_id)
            entry = await unanswered.answer(session, author, cluster_id, given=given, now=now)
            question, note = await _shown(session, principal, row), await noted(session, principal, entry)
        return json_response(Answered(question, await written_entry(self._api.engine, note)), status=CREATED)

    async def dismiss(self, request: web.Request) -> web.Response:
        principal, cluster_id = needs_manage(request), path_id(request, NoSuchQuestion())
        async with self._api.database.unit_of_work() as session:
            row = await unanswered.dismiss(session, principal, cluster_id)
            answer = await _shown(session, principal, row)
        return json_response(answer)

    async def reopen(self, request: web.Request) -> web.Response:
        principal, cluster_id = needs_manage(request), path_id(request, NoSuchQuestion())
        async with self._api.database.unit_of_work() as session:
            row = await unanswered.reopen(session, principal, cluster_id)
            answer = await _shown(session, principal, row)
        return json_response(answer)


async def _shown(session: AsyncSession, principal: Principal, row: UnansweredCluster) -> ClusterAnswer:
    return cluster_shown(row, (await latest_texts(session, principal, [row.id]))[row.id])
