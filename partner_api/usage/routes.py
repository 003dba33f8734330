"""HTTP in and out: usage."""

from __future__ import annotations

from bot.web.surface import Route, Surface
from partner_api.api import Api


def usage_routes(surface: Surface, api: Api) -> list[Route]:
    """Usage of the caller's key, or of its partner's."""
    return []
