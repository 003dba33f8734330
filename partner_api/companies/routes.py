"""HTTP in and out: companies and agents."""

from __future__ import annotations

from bot.web.surface import Route, Surface
from partner_api.api import Api


def company_routes(surface: Surface, api: Api) -> list[Route]:
    """Create and list companies and agents."""
    return []
