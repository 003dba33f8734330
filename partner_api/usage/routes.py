"""HTTP in and out: usage, for the keys themselves and for the operator."""

from __future__ import annotations

from aiohttp import web

from bot.web.openapi import Operation
from bot.web.requests import read_query
from bot.web.responses import json_response
from bot.web.surface import Route, Surface
from partner_api.api import Api
from partner_api.keys.errors import CompanyBound, NoSuchKey
from partner_api.keys.routes_surface import CALLER
from partner_api.usage.schemas import PeriodQuery, UsageQuery, UsageShown
from partner_api.usage.service import Usage
from partner_api.wire import uuid_of

OWN_USAGE = Operation(
    summary="What a key was used for",
    tag="Usage",
    description="Requests by endpoint with their errors and times, jobs and callbacks. Refused requests count.",
    query=UsageQuery,
    answers={200: UsageShown},
    errors=(CompanyBound,),
)
USAGE_OF_KEY = Operation(
    summary="What a key was used for", tag="Operator", query=PeriodQuery, answers={200: UsageShown}, errors=(NoSuchKey,)
)


def usage_routes(surface: Surface, api: Api) -> list[Route]:
    """Usage of the caller's key, or of its partner's."""
    usage = Usage(api.database, api.clock)

    async def own(request: web.Request) -> web.Response:
        query = read_query(request, UsageQuery)
        return json_response(await usage.of_caller(request[CALLER], query, every_key=query.key == "all"))

    return [surface.route("GET", "/api/partner/v1/usage", own, operation=OWN_USAGE)]


def admin_usage_routes(surface: Surface, api: Api) -> list[Route]:
    """Usage of any key, for the operator."""
    usage = Usage(api.database, api.clock)

    async def of_key(request: web.Request) -> web.Response:
        key_id = uuid_of(request.match_info["key_id"], NoSuchKey)
        return json_response(await usage.of_key(key_id, read_query(request, PeriodQuery)))

    return [surface.route("GET", "/api/partner/admin/keys/{key_id}/usage", of_key, operation=USAGE_OF_KEY)]
