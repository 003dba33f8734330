"""HTTP in and out: bots."""

from __future__ import annotations

from bot.web.surface import Route, Surface
from partner_api.api import Api


def bot_routes(surface: Surface, api: Api) -> list[Route]:
    """Bot management."""
    return []
