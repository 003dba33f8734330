"""Who calls the Partner API, as its services see it."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.tenancy.principal import Principal


class Environment(StrEnum):
    """Two worlds that never see each other's data."""

    SANDBOX = "sandbox"
    PRODUCTION = "production"


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """The verified bearer of a `pk_sandbox_` or `pk_production_` key and its secret.

    `principal` carries tenant, environment and company for `bot.tenancy.scope`; its id is the key's.
    """

    key_id: uuid.UUID
    partner_id: uuid.UUID
    signer_id: uuid.UUID
    environment: Environment
    expires_at: datetime
    principal: Principal

    @property
    def idempotency_scope(self) -> str:
        """What its idempotency keys belong to: the signer, which a rolled key hands on as it does its requests."""
        return f"partner:{self.signer_id}"

    @property
    def is_sandbox(self) -> bool:
        return self.environment is Environment.SANDBOX
