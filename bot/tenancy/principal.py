"""The principal: on whose behalf a request or a job acts."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from enum import StrEnum


class PrincipalKind(StrEnum):
    PLATFORM = "platform"
    PARTNER = "partner"
    BOT = "bot"
    API_KEY = "api_key"
    LOCAL = "local"


@dataclass(frozen=True, slots=True)
class Principal:
    """Whoever acts, the one tenant it may see, and the one vendor or company where it is bound to one.

    `id` identifies it within its kind (partner key, bot) and is safe to log. Only the platform
    itself has no tenant; `bot.tenancy.scope` lets it see all of them. A principal with a `vendor_id`
    sees that vendor's rows, and of rows that a tenant's vendors share it sees but doesn't change them.

    A partner's principal sees one `environment` (`sandbox` or `production`) of what has both, with a
    `company_id` that company's rows alone, and with `all_companies` every tenant's companies and theirs.
    """

    kind: PrincipalKind
    id: str
    tenant_id: uuid.UUID | None
    vendor_id: int | None = None
    environment: str | None = None
    company_id: uuid.UUID | None = None
    all_companies: bool = False

    def __post_init__(self) -> None:
        if (self.tenant_id is None) != (self.kind is PrincipalKind.PLATFORM):
            raise ValueError("every principal but the platform belongs to exactly one tenant")
        if self.vendor_id is not None and self.tenant_id is None:
            raise ValueError("whoever is bound to a vendor belongs to its tenant")
        if (self.company_id is not None or self.all_companies) and self.environment is None:
            raise ValueError("companies are seen in one environment")
        if self.company_id is not None and self.all_companies:
            raise ValueError("nobody is bound to one company and sees all of them")

    @property
    def label(self) -> str:
        """Kind and id, as records of changes keep them."""
        return f"{self.kind}:{self.id}"


PLATFORM = Principal(kind=PrincipalKind.PLATFORM, id="platform", tenant_id=None)
