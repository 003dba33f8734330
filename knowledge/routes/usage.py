"""HTTP out of what the language model cost: `/api/v1/usage`."""

from __future__ import annotations

from datetime import timedelta

from aiohttp import web

from bot.web.openapi import Operation
from bot.web.requests import read_query
from bot.web.responses import json_response
from bot.web.surface import Route, Surface
from knowledge.errors import VendorNotFound
from knowledge.repository.usage import usage_of
from knowledge.repository.vendors import seen_vendor
from knowledge.routes.api import Api
from knowledge.routes.surface import needs_manage
from knowledge.schemas.usage import DaySpent, Spent, UsageAnswer, UsageQuery

DEFAULT_DAYS = 30
USAGE = Operation(
    summary="What the language model cost, by day, vendor and caller",
    tag="Model usage",
    description="`since` and `until` are days in UTC, both included, at most 366 days apart; the last 30 unless given.",
    query=UsageQuery,
    answers={200: UsageAnswer},
    errors=(VendorNotFound,),
)


def usage_routes(surface: Surface, api: Api) -> list[Route]:
    """The route of the language model's usage."""

    async def usage(request: web.Request) -> web.Response:
        principal, query = needs_manage(request), read_query(request, UsageQuery)
        until = query.until or api.clock.now().date()
        since = query.since or until - timedelta(days=DEFAULT_DAYS - 1)
        async with api.database.reading() as session:
            if query.vendor_id is not None:
                await seen_vendor(session, principal, query.vendor_id)
            rows = await usage_of(session, principal, since=since, until=until, vendor_id=query.vendor_id)
        items = [
            DaySpent(
                row.calls, row.failures, row.tokens, row.milliseconds,
                day=row.day, vendor_id=row.vendor_id, caller=row.caller,
            )
            for row in rows
        ]  # fmt: skip
        total = Spent(
            sum(item.calls for item in items),
            sum(item.failures for item in items),
            sum(item.tokens for item in items),
            sum(item.milliseconds for item in items),
        )
        return json_response(UsageAnswer(since, until, total, items))

    return [surface.route("GET", "/api/v1/usage", usage, operation=USAGE)]
