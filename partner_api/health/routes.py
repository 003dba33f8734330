"""HTTP in and out: health."""

from __future__ import annotations

from bot.web.surface import Route, Surface
from partner_api.api import Api


def health_routes(surface: Surface, api: Api) -> list[Route]:
    """The health check."""
    return []
