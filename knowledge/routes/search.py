"""HTTP in and out of searching a vendor's knowledge with reasons: `/api/v1/knowledge/search`."""

from __future__ import annotations

from aiohttp import web

from bot.errors import BadRequest
from bot.web.openapi import Operation
from bot.web.requests import read_model
from bot.web.responses import json_response
from bot.web.surface import Route, Surface
from knowledge.errors import VendorNotFound
from knowledge.explaining import Search, explain
from knowledge.repository.vendors import seen_vendor
from knowledge.routes.api import Api
from knowledge.routes.operations import examples
from knowledge.routes.surface import needs_manage
from knowledge.schemas.search import SearchAnswer, SearchBody, explained

SEARCH = Operation(
    summary="Search a vendor's knowledge, with reasons",
    tag="Knowledge",
    description="What a customer's question would find, best first, and why: from `thresholds` on an entry is taken "
    "for sure, or for possible. `vendor_id` is required unless the credential is bound to a vendor.",
    body=SearchBody,
    answers={200: SearchAnswer},
    errors=(VendorNotFound,),
    **examples("search.search"),
)


def search_routes(surface: Surface, api: Api) -> list[Route]:
    """The one route of searching."""

    async def search(request: web.Request) -> web.Response:
        principal, body = needs_manage(request), await read_model(request, SearchBody)
        vendor_id = body.vendor_id or principal.vendor_id
        if vendor_id is None:
            raise BadRequest("vendor_id is required.")
        async with api.database.reading() as session:
            vendor = await seen_vendor(session, principal, vendor_id)
        wanted = Search(body.query, body.reader, body.top_k)
        explanation = await explain(api.engine.library, principal, vendor, search=wanted)
        return json_response(explained(body, vendor_id, explanation))

    return [surface.route("POST", "/api/v1/knowledge/search", search, operation=SEARCH)]
