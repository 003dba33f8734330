"""HTTP in and out: calls."""

from __future__ import annotations

from bot.web.surface import Route, Surface
from partner_api.api import Api


def call_routes(surface: Surface, api: Api) -> list[Route]:
    """Accept calls for analysis."""
    return []
