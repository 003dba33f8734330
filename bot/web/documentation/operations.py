"""One route as an operation of the document."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import Any

from bot.errors import (
    BadRequest,
    Conflict,
    NotFound,
    PayloadTooLarge,
    PlatformError,
    RequestTimeout,
    Unauthenticated,
    Unavailable,
    UnprocessableRequest,
)
from bot.web.documentation.guide import JsonObject, SurfaceGuide
from bot.web.documentation.schemas import Schemas, shape_of
from bot.web.openapi import Media, Operation
from bot.web.responses import Envelope
from bot.web.surface import REQUEST_ID_HEADER, Route

JSON = "application/json"
MAX_KEY = 255
_VARIABLE = re.compile(r"\{(\w+)(?::[^{}]*)?\}")
_WORDS = re.compile(r"[^a-z0-9]+")
# What the edge itself answers, whatever the route.
_ALWAYS: tuple[type[PlatformError], ...] = (BadRequest, PlatformError, Unavailable)
_OF_BODIES = (PayloadTooLarge, RequestTimeout)
_OF_KEYS = (Conflict, UnprocessableRequest)
_WAITING = frozenset({Conflict.status, 429, Unavailable.status})
IDEMPOTENCY_KEY: JsonObject = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "A value of your own for this request. For 24 hours the same key with the same body gives the same "
    "answer and does nothing twice. `X-Idempotency-Key` is the same header.",
    "schema": {"type": "string", "minLength": 1, "maxLength": MAX_KEY, "pattern": "^[!-~]([ -~]*[!-~])?$"},
}
_REQUEST_ID: JsonObject = {
    "description": "Names this request; tell it when you ask about one.",
    "schema": {"type": "string"},
}
_RETRY_AFTER: JsonObject = {
    "description": "In how many seconds to ask again.",
    "schema": {"type": "integer", "minimum": 1},
}
_REPLAYED: JsonObject = {
    "description": "`true` where a kept answer is given again.",
    "schema": {"type": "string", "const": "true"},
}


def template_of(route: Route) -> str:
    """The route's path as OpenAPI writes it: `/jobs/{job_id}`, without what a variable must look like."""
    return _VARIABLE.sub(r"{\1}", route.path)


def operation_id(route: Route) -> str:
    """A name that stays while method and path do: `post_partner_v1_companies_create`."""
    path = template_of(route).removeprefix("/api")
    return _WORDS.sub("_", f"{route.method} {path}".lower()).strip("_")


def operation_of(route: Route, operation: Operation, *, guide: SurfaceGuide, schemas: Schemas) -> JsonObject:
    """The Operation Object of a route."""
    described: JsonObject = {
        "operationId": operation_id(route),
        "summary": operation.summary,
        "tags": [operation.tag],
    }
    if operation.description:
        described["description"] = operation.description
    if parameters := [*_in_path(route, guide), *_in_query(operation, schemas), *_in_headers(operation)]:
        described["parameters"] = parameters
    if content := _body(operation, schemas):
        described["requestBody"] = {"required": not operation.body_optional, "content": content}
    described["security"] = [{scheme: [] for scheme in together} for together in guide.security]
    described["responses"] = {
        str(status): answer
        for status, answer in sorted(
            [*_answers(operation, guide, schemas), *_refusals(route, operation, guide=guide, schemas=schemas)]
        )
    }
    return described


def errors_of(route: Route, operation: Operation, guide: SurfaceGuide) -> Mapping[int, list[PlatformError]]:
    """By status, every error that the route may be refused with; the more particular ones come last."""
    of_surface, own = _examples(guide.errors), _examples(operation.errors)
    found: list[type[PlatformError]] = [*_ALWAYS]
    if route.surface.authenticator is not None and not any(isinstance(one, Unauthenticated) for one in of_surface):
        found.append(Unauthenticated)
    if _VARIABLE.search(route.path) and not any(isinstance(one, NotFound) for one in own):
        found.append(NotFound)
    if operation.body is not None or operation.idempotent:
        found += _OF_BODIES
    if operation.idempotent:
        found += _OF_KEYS
    by_status = defaultdict(list)
    every = {(type(error), error.message): error for error in [*_examples(found), *of_surface, *own]}
    for error in every.values():
        by_status[error.status].append(error)
    return by_status


def _examples(errors: Iterable[type[PlatformError] | PlatformError]) -> list[PlatformError]:
    """An error of each class, and those that are given."""
    return [one() if isinstance(one, type) else one for one in errors]


def _body(operation: Operation, schemas: Schemas) -> JsonObject:
    """The kinds of body that the operation takes, by media type."""
    content: JsonObject = {}
    if operation.body is not None:
        content[JSON] = _with_example({"schema": schemas.of_model(operation.body)}, operation.example)
    for upload in operation.uploads:
        content |= _media(upload)
    return content


def _media(media: Media) -> JsonObject:
    return {kind: _with_example({"schema": dict(media.schema)}, media.example) for kind in media.types}


def _with_example(content: JsonObject, example: object) -> JsonObject:
    return content if example is None else {**content, "example": example}


def _in_path(route: Route, guide: SurfaceGuide) -> Iterable[JsonObject]:
    for name in _VARIABLE.findall(route.path):
        known: JsonObject = {"schema": {"type": "string"}, **guide.parameters.get(name, {})}
        yield {"name": name, "in": "path", "required": True, **known}


def _in_query(operation: Operation, schemas: Schemas) -> Iterable[JsonObject]:
    if operation.query is None:
        return
    for name, shape, required in schemas.properties(operation.query):
        schema = dict(shape)
        parameter: JsonObject = {"name": name, "in": "query", "required": required}
        if text := schema.pop("description", None):
            parameter["description"] = text
        yield {**parameter, "schema": _without_null(schema)}


def _without_null(schema: JsonObject) -> JsonObject:
    """A query has no null: what may be null in the model may be left out in the query."""
    if schema.get("default", "") is None:
        del schema["default"]
    choices = [one for one in schema.get("anyOf", ()) if one.get("type") != "null"]
    if len(choices) != 1:
        return schema
    return {**{name: value for name, value in schema.items() if name != "anyOf"}, **choices[0]}


def _in_headers(operation: Operation) -> Iterable[JsonObject]:
    yield from map(dict, operation.parameters)
    if operation.idempotent:
        yield {"$ref": "#/components/parameters/IdempotencyKey"}


def _answers(operation: Operation, guide: SurfaceGuide, schemas: Schemas) -> Iterable[tuple[int, JsonObject]]:
    headers = {REQUEST_ID_HEADER: _REQUEST_ID, **guide.headers, **operation.headers}
    if operation.idempotent:
        headers["Idempotency-Replayed"] = _REPLAYED
    for status, answer in operation.answers.items():
        told: JsonObject = {"description": HTTPStatus(status).phrase, "headers": headers}
        if isinstance(answer, Media):
            told["content"] = _media(answer)
        elif answer is not None:
            told["content"] = {JSON: _with_example({"schema": schemas.of_answer(answer)}, operation.answer_example)}
        yield status, told


def _refusals(
    route: Route, operation: Operation, *, guide: SurfaceGuide, schemas: Schemas
) -> Iterable[tuple[int, JsonObject]]:
    envelope = route.surface.envelope
    shape = schemas.add(guide.error_schema or _name_of(envelope), shape_of(envelope(PlatformError())))
    for status, errors in errors_of(route, operation, guide).items():
        if status in operation.answers:
            continue
        headers = {REQUEST_ID_HEADER: _REQUEST_ID}
        if status in _WAITING:
            headers["Retry-After"] = _RETRY_AFTER
        examples = {name: {"value": envelope(error)} for name, error in _named(errors)}
        yield (
            status,
            {
                "description": _told(errors),
                "headers": headers,
                "content": {JSON: {"schema": shape, "examples": examples}},
            },
        )


def _named(errors: Iterable[PlatformError]) -> Iterable[tuple[str, PlatformError]]:
    """The errors by their codes; those after the first of a code are numbered."""
    counts: Counter[str] = Counter()
    for error in errors:
        counts[error.code] += 1
        yield error.code if counts[error.code] == 1 else f"{error.code}_{counts[error.code]}", error


def _told(errors: Iterable[PlatformError]) -> str:
    """Each error's code with its usual words, as a list in Markdown."""
    return "\n".join(f"- `{error.code}`: {error.message}" for error in errors)


def _name_of(envelope: Envelope) -> str:
    """`code_and_message` -> `ErrorCodeAndMessage`: one schema a shape of errors."""
    words = getattr(envelope, "__name__", type(envelope).__name__).split("_")
    return "Error" + "".join(word.capitalize() for word in words if word)


def json_schema_of_types(operation: Operation) -> Iterable[Any]:
    """The types of an operation's answers."""
    return (answer for answer in operation.answers.values() if answer is not None and not isinstance(answer, Media))
