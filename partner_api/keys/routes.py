"""HTTP in and out: keys, for super admins."""

from __future__ import annotations

from bot.web.surface import Route, Surface
from partner_api.api import Api


def key_routes(surface: Surface, api: Api) -> list[Route]:
    """Keys and partners, for super admins."""
    return []
