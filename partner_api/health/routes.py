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
    answer_example={
        "status": "ok",
        "environment": "sandbox",
        "partner": {"id": "1b9498a4-62c0-4f9f-994a-74664a1a4d16", "name": "CompanyX Call Center"},
        "key": {
            "id": "f2cc9eb1-a649-49c8-adcd-0248bbf4b012",
            "name": "CompanyX Call Center sandbox",
            "hint": "x7Qa",
            "expires_at": "2027-11-22T03:00:00Z",
            "expires_in_days": 365,
            "company_id": None,
            "rate_limit": 1000,
        },
        "services": dict.fromkeys(("analysis", "transcription", "model", "callbacks"), "available"),
        "callbacks": {"paused_endpoints": 0, "failed_last_24h": 0},
        "jobs": {"queued": 0, "processing": 0, "oldest_queued_seconds": None},
        "warnings": [],
    },
)


def health_routes(surface: Surface, api: Api) -> list[Route]:
    """The health check."""

    async def health(request: web.Request) -> web.Response:
        return json_response(await service.health(api, request[CALLER]))

    return [surface.route("GET", PATH, health, operation=HEALTH)]
