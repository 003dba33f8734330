"""Partners and their provisioning keys."""

from __future__ import annotations

import re
import uuid
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from bot.clock import Clock
from bot.errors import BadRequest, Unauthenticated
from bot.models import Partner, PartnerKey, Tenant
from bot.security.tokens import hash_token, hashes_match, random_token
from bot.tenancy import repository
from bot.tenancy.errors import KeyTaken, PartnerDisabled
from bot.tenancy.principal import Principal, PrincipalKind

KEY_PREFIX = "pk_provision_"
HINT_LENGTH = 4
MAX_KEY_LENGTH = 200
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
# Keys that stand in documents and examples, and so in everybody's hands.
_GUESSABLE = (uuid.UUID(int=0), uuid.UUID(int=2**128 - 1))


@dataclass(frozen=True, slots=True)
class VerifiedPartner:
    """The partner behind a key, and the principal to act as: its id is the key's, safe to log."""

    partner_id: uuid.UUID
    tenant_id: uuid.UUID
    principal: Principal


class Partners:
    """The verbs on partners. `key_hash_key` is the subkey that provisioning keys are hashed with."""

    def __init__(self, *, clock: Clock, key_hash_key: bytes) -> None:
        self._clock = clock
        self._key_hash_key = key_hash_key

    async def create(self, session: AsyncSession, name: str, *, slots: int) -> Partner:
        """A new partner with a tenant of its own and `slots` to use. Raises BadRequest for nonsense."""
        if not name.strip():
            raise BadRequest("A partner needs a name.")
        if slots < 0:
            raise BadRequest("A partner can't have fewer than 0 slots.")
        now = self._clock.now()
        tenant = Tenant(id=uuid.uuid4(), name=name, created_at=now, updated_at=now)
        session.add(tenant)
        await session.flush()
        partner = Partner(
            id=uuid.uuid4(),
            tenant_id=tenant.id,
            name=name,
            slots_total=slots,
            slots_used=0,
            is_active=True,
            created_at=now,
            updated_at=now,
        )
        session.add(partner)
        await session.flush()
        return partner

    async def issue_key(self, session: AsyncSession, partner: Partner) -> str:
        """A new provisioning key of `partner`, shown once."""
        key = random_token(KEY_PREFIX)
        await self._keep(session, partner, key)
        return key

    async def revoke_keys(self, session: AsyncSession, partner: Partner) -> None:
        """End every provisioning key that `partner` has."""
        await repository.revoke_keys(session, partner.id, now=self._clock.now())

    async def import_key(self, session: AsyncSession, partner: Partner, *, key: str) -> None:
        """Let `partner` go on using a UUID key that it has from elsewhere.

        Raises BadRequest for what isn't a UUID or stands in every document, KeyTaken when a
        partner has it already.
        """
        canonical = _canonical(key)
        if not _UUID.fullmatch(canonical) or uuid.UUID(canonical) in _GUESSABLE:
            raise BadRequest("Only a UUID that is nobody else's can be imported as a key.")
        if await repository.find_key(session, self._hash(canonical)) is not None:
            raise KeyTaken
        await self._keep(session, partner, canonical)

    async def verify(self, session: AsyncSession, presented: str) -> VerifiedPartner:
        """Who presents this key.

        Raises Unauthenticated for an unknown or revoked key, PartnerDisabled for a disabled partner.
        """
        if len(presented) > MAX_KEY_LENGTH:
            raise Unauthenticated
        presented_hash = self._hash(_canonical(presented))
        found = await repository.find_key(session, presented_hash)
        if found is None or not hashes_match(found[0].key_hash, presented_hash) or found[0].revoked_at is not None:
            raise Unauthenticated
        key, partner = found
        if not partner.is_active:
            raise PartnerDisabled
        principal = Principal(kind=PrincipalKind.PARTNER, id=str(key.id), tenant_id=partner.tenant_id)
        return VerifiedPartner(partner.id, partner.tenant_id, principal)

    async def _keep(self, session: AsyncSession, partner: Partner, key: str) -> None:
        session.add(
            PartnerKey(
                id=uuid.uuid4(),
                tenant_id=partner.tenant_id,
                partner_id=partner.id,
                key_hash=self._hash(key),
                hint=key[-HINT_LENGTH:],
                created_at=self._clock.now(),
            )
        )
        await session.flush()

    def _hash(self, key: str) -> str:
        return hash_token(self._key_hash_key, key)


def _canonical(key: str) -> str:
    """UUIDs are written in either case; our own keys are taken as they are."""
    key = key.strip()
    return key.lower() if _UUID.fullmatch(key) else key
