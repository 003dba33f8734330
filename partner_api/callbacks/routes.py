"""HTTP in and out: callbacks."""

from __future__ import annotations

from bot.web.surface import Route, Surface
from partner_api.api import Api


def callback_routes(surface: Surface, api: Api) -> list[Route]:
    """Deliveries, redelivery, endpoints, test callbacks and the signing secret."""
    return []
