"""The whole OpenAPI 3.1 document, from the routes that there are.

Source: OpenAPI Specification 3.1.1, whose schemas are JSON Schema 2020-12.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from bot.web.documentation.guide import Guide, JsonObject
from bot.web.documentation.operations import IDEMPOTENCY_KEY, json_schema_of_types, operation_of, template_of
from bot.web.documentation.schemas import Schemas
from bot.web.openapi import Operation
from bot.web.surface import Route

VERSION = "3.1.0"
Described = Sequence[tuple[Route, Operation]]


def openapi_document(routes: Iterable[Route], guide: Guide) -> JsonObject:
    """The document of the routes that say what they do and whose surface `guide` names."""
    described = described_routes(routes, guide)
    schemas = Schemas(models=_models(described), answers=[*_answers(described), *guide.types], texts=guide.texts)
    paths: dict[str, JsonObject] = {}
    for route, operation in described:
        surface = guide.surfaces[route.surface.name]
        item = paths.setdefault(template_of(route), {})
        item[route.method.lower()] = operation_of(route, operation, guide=surface, schemas=schemas)
    # Queries are told parameter by parameter.
    bodies = {operation.body for _, operation in described}
    schemas.drop(query for _, operation in described if (query := operation.query) is not None and query not in bodies)
    named = {operation.tag for _, operation in described}
    return {
        "openapi": VERSION,
        "info": {"title": guide.title, "version": guide.version, "description": guide.description},
        "servers": [{"url": "/"}],
        "tags": [{"name": name, "description": text} for name, text in guide.tags.items() if name in named],
        "paths": paths,
        **({"webhooks": dict(guide.webhooks)} if guide.webhooks else {}),
        "components": {
            "securitySchemes": dict(guide.security_schemes),
            "parameters": {"IdempotencyKey": IDEMPOTENCY_KEY},
            "schemas": dict(sorted(schemas.components.items())),
        },
    }


def described_routes(routes: Iterable[Route], guide: Guide) -> Described:
    """The routes that belong into the document, with what they say."""
    return [
        (route, route.operation)
        for route in routes
        if route.operation is not None and route.surface.name in guide.surfaces
    ]


def _models(described: Described) -> Iterable[type]:
    for _, operation in described:
        yield from (model for model in (operation.body, operation.query) if model is not None)


def _answers(described: Described) -> Iterable[object]:
    for _, operation in described:
        yield from json_schema_of_types(operation)
