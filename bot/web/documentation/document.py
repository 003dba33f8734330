"""The whole OpenAPI 3.1 document, from the routes that there are.

Sources: OpenAPI Specification 3.1.1, whose schemas are JSON Schema 2020-12; Redocly's `x-tagGroups`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from bot.web.documentation.guide import Guide, JsonObject
from bot.web.documentation.operations import IDEMPOTENCY_KEY, json_schema_of_types, operation_of, template_of
from bot.web.documentation.schemas import Schemas
from bot.web.openapi import Operation
from bot.web.surface import Route

VERSION = "3.1.0"
TITLE = "Shopkeeper API"
API_VERSION = "1.0"
INTRODUCTION = """\
Every answer has an `X-Request-ID`: tell it when you ask about a request. New fields may be added to any answer.
"""
Described = Sequence[tuple[Route, Operation]]
Value = TypeVar("Value")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Chapter:
    """What one API has in the document."""

    guide: Guide
    paths: Mapping[str, JsonObject]
    schemas: Mapping[str, JsonObject]
    tags: Mapping[str, str]


def openapi_document(routes: Iterable[Route], guides: Sequence[Guide]) -> JsonObject:
    """The document of the routes that say what they do and whose surface one of the `guides` names.

    An API without such a route isn't in it at all. Raises ValueError where two APIs call different things by one name.
    """
    routes = list(routes)
    found = [(guide, described_routes(routes, guide)) for guide in guides]
    chapters = [_chapter(described, guide) for guide, described in found if described]
    told = [INTRODUCTION, *(f"## {one.guide.name}\n\n{one.guide.description}" for one in chapters)]
    webhooks = _merged(one.guide.webhooks for one in chapters)
    return {
        "openapi": VERSION,
        "info": {"title": TITLE, "version": API_VERSION, "description": "\n".join(told)},
        "servers": [{"url": "/"}],
        "tags": [{"name": name, "description": text} for name, text in _merged(one.tags for one in chapters).items()],
        "x-tagGroups": [{"name": one.guide.name, "tags": list(one.tags)} for one in chapters],
        "paths": _merged(one.paths for one in chapters),
        **({"webhooks": webhooks} if webhooks else {}),
        "components": {
            "securitySchemes": _merged(one.guide.security_schemes for one in chapters),
            "parameters": {"IdempotencyKey": IDEMPOTENCY_KEY},
            "schemas": dict(sorted(_merged(one.schemas for one in chapters).items())),
        },
    }


def described_routes(routes: Iterable[Route], guide: Guide) -> Described:
    """The routes that belong into the guide's chapter, with what they say."""
    return [
        (route, route.operation)
        for route in routes
        if route.operation is not None and route.surface.name in guide.surfaces
    ]


def _chapter(described: Described, guide: Guide) -> _Chapter:
    answers = [*_answers(described), *guide.types]
    schemas = Schemas(models=_models(described), answers=answers, texts=guide.texts, names=guide.names)
    paths: dict[str, JsonObject] = {}
    for route, operation in described:
        surface = guide.surfaces[route.surface.name]
        item = paths.setdefault(template_of(route), {})
        item[route.method.lower()] = operation_of(route, operation, guide=surface, schemas=schemas)
    # Queries are told parameter by parameter.
    bodies = {operation.body for _, operation in described}
    schemas.drop(query for _, operation in described if (query := operation.query) is not None and query not in bodies)
    named = {operation.tag for _, operation in described}
    tags = {name: text for name, text in guide.tags.items() if name in named}
    return _Chapter(guide=guide, paths=paths, schemas=schemas.components, tags=tags)


def _merged(parts: Iterable[Mapping[str, Value]]) -> dict[str, Value]:
    """All parts in one. Raises ValueError where a name means something else in another part."""
    merged: dict[str, Value] = {}
    for part in parts:
        for name, value in part.items():
            if merged.setdefault(name, value) != value:
                raise ValueError(f"two APIs have something different of the name {name!r} in the document")
    return merged


def _models(described: Described) -> Iterable[type]:
    for _, operation in described:
        yield from (model for model in (operation.body, operation.query) if model is not None)


def _answers(described: Described) -> Iterable[Any]:
    for _, operation in described:
        yield from json_schema_of_types(operation)
