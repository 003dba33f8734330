"""What the document says beyond single routes: each API as a whole, and each surface of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from bot.errors import PlatformError

JsonObject = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class SurfaceGuide:
    """What holds for every route of a surface.

    `security` names the alternatives, each with the schemes that are needed together. `errors` are refusals
    that any route may answer with beyond its own: of the credential, of a limit. `headers` are answer headers,
    and `parameters` say what the names in paths stand for. `error_schema` is the name of the errors' schema, made
    from that of the surface's envelope where it is empty.
    """

    security: Sequence[Sequence[str]] = ()
    errors: Sequence[type[PlatformError] | PlatformError] = ()
    headers: Mapping[str, JsonObject] = field(default_factory=dict)
    parameters: Mapping[str, JsonObject] = field(default_factory=dict)
    error_schema: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Guide:
    """One API: a chapter of the document. Only surfaces that are named in `surfaces` are part of it.

    `name` heads the group of its `tags`, and `description`, which is Markdown.
    """

    name: str
    description: str
    tags: Mapping[str, str]
    security_schemes: Mapping[str, JsonObject]
    surfaces: Mapping[str, SurfaceGuide]
    webhooks: Mapping[str, JsonObject] = field(default_factory=dict)
    # Types that are told of by name alone, as by `webhooks`.
    types: Sequence[Any] = ()
    # By a pattern of their whole name, what else the schemas of texts say: `{".*_at": {"format": "date-time"}}`.
    texts: Mapping[str, JsonObject] = field(default_factory=dict)
    # Other names for the schemas of answers, where another API shows the same type in another way.
    names: Mapping[str, str] = field(default_factory=dict)
