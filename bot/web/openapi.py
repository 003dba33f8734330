"""What a route's documentation says, declared beside the route."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pydantic import BaseModel

from bot.errors import PlatformError


@dataclass(frozen=True, slots=True, kw_only=True)
class Media:
    """A body or an answer that isn't JSON: the types that it may have, and what it holds."""

    types: Sequence[str]
    schema: Mapping[str, Any] = field(default_factory=lambda: {"type": "string", "format": "binary"})
    example: object = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One operation of the OpenAPI document (`bot.web.documentation` writes it).

    `body` and `query` are the models that the handler reads (`body_optional` where it does without a body);
    `uploads` are other kinds of body that it takes. `answers` gives for each status the type of the answer: a msgspec
    Struct, a Media, or None for an answer without a body; `headers` are those of its answers alone. `errors` are what
    it can be refused with beyond what every route of its surface can: classes, or errors whose message is an example.
    `parameters` are Parameter Objects beyond path and query. `idempotent` tells that a request with an Idempotency-Key
    is done once. `example` is a body that the operation accepts as it stands, but for the ids in it, and
    `answer_example` what it may answer.
    """

    summary: str
    tag: str
    description: str = ""
    body: type[BaseModel] | None = None
    body_optional: bool = False
    uploads: Sequence[Media] = ()
    query: type[BaseModel] | None = None
    parameters: Sequence[Mapping[str, Any]] = ()
    answers: Mapping[int, Any] = field(default_factory=dict)
    headers: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    errors: Sequence[type[PlatformError] | PlatformError] = ()
    idempotent: bool = False
    example: Mapping[str, Any] | None = None
    answer_example: object = None
