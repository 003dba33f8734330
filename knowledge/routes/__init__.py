"""HTTP in and out of the chat engine: one module a resource, all of one surface."""

from __future__ import annotations

from bot.web.surface import Route, Surface
from knowledge.routes.api import Api
from knowledge.routes.entries import entry_routes
from knowledge.routes.surface import chat_surface, vendors_surface

__all__ = ["Api", "knowledge_routes", "knowledge_surfaces"]


def knowledge_surfaces(api: Api) -> list[Surface]:
    """The surfaces of `/chat/v1` and `/api/v1`."""
    return [chat_surface(api), vendors_surface(api)]


def knowledge_routes(api: Api) -> list[Route]:
    """Every route of the chat engine."""
    managing = vendors_surface(api)
    return [*entry_routes(managing, api)]
