"""What the document says beyond single routes: the API as a whole, and each surface of it."""

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
    and `parameters` say what the names in paths stand for.
    """

    security: Sequence[Sequence[str]] = ()
    errors: Sequence[type[PlatformError]] = ()
    headers: Mapping[str, JsonObject] = field(default_factory=dict)
    parameters: Mapping[str, JsonObject] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Guide:
    """The frame of the document. Only surfaces that are named in `surfaces` are part of it."""

    title: str
    version: str
    description: str
    tags: Mapping[str, str]
    security_schemes: Mapping[str, JsonObject]
    surfaces: Mapping[str, SurfaceGuide]
    webhooks: Mapping[str, JsonObject] = field(default_factory=dict)
    # Types that `webhooks` refer to by name.
    types: Sequence[Any] = ()
    # By a pattern of their whole name, what else the schemas of texts say: `{".*_at": {"format": "date-time"}}`.
    texts: Mapping[str, JsonObject] = field(default_factory=dict)
