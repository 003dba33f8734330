"""The principal: on whose behalf a request or a job acts."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from enum import StrEnum


class PrincipalKind(StrEnum):
    PLATFORM = "platform"
    PARTNER = "partner"
    BOT = "bot"


@dataclass(frozen=True, slots=True)
class Principal:
    """Whoever acts, and the one tenant it may see.

    `id` identifies it within its kind (partner key, bot) and is safe to log. Only the platform
    itself has no tenant; `bot.tenancy.scope` lets it see all of them.
    """

    kind: PrincipalKind
    id: str
    tenant_id: uuid.UUID | None

    def __post_init__(self) -> None:
        if (self.tenant_id is None) != (self.kind is PrincipalKind.PLATFORM):
            raise ValueError("every principal but the platform belongs to exactly one tenant")


PLATFORM = Principal(kind=PrincipalKind.PLATFORM, id="platform", tenant_id=None)
