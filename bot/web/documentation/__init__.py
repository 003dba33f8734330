"""The OpenAPI document of the routes, and the pages that show it."""

from bot.web.documentation.document import openapi_document
from bot.web.documentation.guide import Guide, SurfaceGuide
from bot.web.documentation.routes import documentation_routes

__all__ = ["Guide", "SurfaceGuide", "documentation_routes", "openapi_document"]
