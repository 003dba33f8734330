"""What a route's documentation says, declared beside the route."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pydantic import BaseModel

from bot.errors import PlatformError


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One operation of the OpenAPI document (`bot.web.documentation` writes it).

    `body` and `query` are the models that the handler reads (`body_optional` where it does without a body);
    `answers` gives for each status the type of the answer (a msgspec Struct, or None for an answer without a body).
    `errors` are what it can be refused with beyond what every route of its surface can. `idempotent` tells that it
    takes an Idempotency-Key. `example` is a body that the operation accepts as it stands, but for the ids in it.
    """

    summary: str
    tag: str
    description: str = ""
    body: type[BaseModel] | None = None
    body_optional: bool = False
    query: type[BaseModel] | None = None
    answers: Mapping[int, Any] = field(default_factory=dict)
    errors: Sequence[type[PlatformError]] = ()
    idempotent: bool = False
    example: Mapping[str, Any] | None = None
