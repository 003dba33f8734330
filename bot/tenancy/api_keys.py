"""API keys of tenants and vendors: issued, shown once, verified, revoked."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from sqlalchemy.ext.asyncio import AsyncSession

from bot.clock import Clock
from bot.errors import BadRequest, NotFound, Unauthenticated
from bot.models import ApiKey
from bot.security.tokens import hash_token, hashes_match, random_token
from bot.tenancy import repository
from bot.tenancy.principal import Principal, PrincipalKind

KEY_PREFIX = "vk_"
HINT_LENGTH = 4
MAX_KEY_LENGTH = 200
MAX_NAME = 100


class Rights(StrEnum):
    """What a key may do: everything, or only ask as a customer would (a web site's chat window)."""

    MANAGE = "manage"
    CHAT = "chat"


@dataclass(frozen=True, slots=True)
class KeyRequest:
    """The key to make: for one vendor, or with `vendor_id` None for all vendors of the tenant."""

    tenant_id: uuid.UUID
    name: str
    vendor_id: int | None = None
    rights: Rights = Rights.MANAGE
    valid_for: timedelta | None = None


@dataclass(frozen=True, slots=True)
class VerifiedKey:
    principal: Principal
    rights: Rights


class ApiKeys:
    """The verbs on API keys. `hash_key` is the subkey that they are hashed with."""

    def __init__(self, *, clock: Clock, hash_key: bytes) -> None:
        self._clock = clock
        self._hash_key = hash_key

    async def issue(self, session: AsyncSession, request: KeyRequest) -> tuple[ApiKey, str]:
        """A new key's row, and the key itself, which is shown this once. Raises BadRequest for nonsense."""
        name = request.name.strip()
        if not name or len(name) > MAX_NAME:
            raise BadRequest(f"A key needs a name of at most {MAX_NAME} characters.")
        now, key = self._clock.now(), random_token(KEY_PREFIX)
        row = ApiKey(
            id=uuid.uuid4(),
            tenant_id=request.tenant_id,
            vendor_id=request.vendor_id,
            name=name,
            rights=request.rights.value,
            key_hash=hash_token(self._hash_key, key),
            hint=key[-HINT_LENGTH:],
            created_at=now,
            expires_at=now + request.valid_for if request.valid_for else None,
        )
        session.add(row)
        await session.flush()
        return row, key

    async def verify(self, session: AsyncSession, presented: str) -> VerifiedKey:
        """Who presents this key. Raises Unauthenticated for an unknown, expired or revoked one."""
        if len(presented) > MAX_KEY_LENGTH:
            raise Unauthenticated
        presented_hash = hash_token(self._hash_key, presented)
        row = await repository.find_api_key(session, presented_hash)
        if row is None or not hashes_match(row.key_hash, presented_hash) or row.revoked_at is not None:
            raise Unauthenticated
        if row.expires_at is not None and row.expires_at <= self._clock.now():
            raise Unauthenticated
        principal = Principal(PrincipalKind.API_KEY, str(row.id), row.tenant_id, row.vendor_id)
        return VerifiedKey(principal, Rights(row.rights))

    async def revoke(self, session: AsyncSession, principal: Principal, key_id: uuid.UUID) -> ApiKey:
        """End a key at once. Raises NotFound for one that isn't the principal's."""
        row = await repository.api_key(session, principal, key_id)
        if row is None:
            raise NotFound("There is no API key with this id.")
        row.revoked_at = row.revoked_at or self._clock.now()
        return row
