"""HTTP in and out: health."""

from __future__ import annotations

from aiohttp import web

from bot.web.openapi import Operation
from bot.web.responses import json_response
from bot.web.surface import Route, Surface
from partner_api.api import Api
from partner_api.health import service
from partner_api.health.schemas import Health
from partner_api.keys.routes_surface import CALLER

PATH = "/api/partner/v1/health"
HEALTH = Operation(
    summary="Check the API's health",
    tag="Health",
    description="Whose key this is and until when, what works at present, and in `warnings` what there is to be done.",
    answers={200: Health},
)


def health_routes(surface: Surface, api: Api) -> list[Route]:
    """The health check."""

    async def health(request: web.Request) -> web.Response:
        return json_response(await service.health(api, request[CALLER]))

    return [surface.route("GET", PATH, health, operation=HEALTH)]
