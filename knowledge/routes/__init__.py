"""HTTP in and out of the chat engine: one module a resource, all of one surface."""

from __future__ import annotations

from bot.web.surface import Route, Surface
from knowledge.routes.api import Api
from knowledge.routes.chat import chat_routes
from knowledge.routes.entries import entry_routes
from knowledge.routes.export import export_routes
from knowledge.routes.imports import import_routes
from knowledge.routes.intents import intent_routes
from knowledge.routes.search import search_routes
from knowledge.routes.surface import chat_surface, vendors_surface
from knowledge.routes.unanswered import unanswered_routes
from knowledge.routes.usage import usage_routes
from knowledge.routes.vendors import vendor_routes

__all__ = ["Api", "knowledge_routes", "knowledge_surfaces"]


def knowledge_surfaces(api: Api) -> list[Surface]:
    """The surfaces of `/chat/v1` and `/api/v1`."""
    return [chat_surface(api), vendors_surface(api)]


def knowledge_routes(api: Api) -> list[Route]:
    """Every route of the chat engine."""
    managing = vendors_surface(api)
    return [
        *chat_routes(chat_surface(api), api),
        *vendor_routes(managing, api),
        *export_routes(managing, api),
        *entry_routes(managing, api),
        *import_routes(managing, api),
        *search_routes(managing, api),
        *intent_routes(managing, api),
        *unanswered_routes(managing, api),
        *usage_routes(managing, api),
    ]
