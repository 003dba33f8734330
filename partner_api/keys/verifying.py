"""Who calls: a key and its secret, as they stand in a request's headers."""

from __future__ import annotations

from dataclasses import dataclass, field

from sqlalchemy.ext.asyncio import AsyncSession

from bot.clock import Clock
from bot.errors import Unauthenticated
from bot.models import PartnerApiKey
from bot.security.keys import Purpose, derive_key
from bot.security.tokens import hash_token
from bot.tenancy.principal import Principal, PrincipalKind
from partner_api.caller import Caller, Environment
from partner_api.keys import repository
from partner_api.keys.errors import InvalidKey, KeyExpired, KeyInactive, KeyRevoked, MissingKey, MissingSecret

KEY_PREFIXES = {environment: f"pk_{environment}_" for environment in Environment}
SECRET_PREFIX = "sk_"  # noqa: S105 - how every secret begins
MAX_LENGTH = 200


@dataclass(frozen=True, slots=True)
class Credentials:
    """A key and a secret as they were sent."""

    key: str = field(repr=False)
    secret: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Verified:
    """A key that opens the API: whose it is, and what must hold beside it."""

    caller: Caller
    partner_is_active: bool
    rate_limit: int
    allowed_ips: tuple[str, ...]


class EndedKey(Exception):
    """The secret was right, but the key opens nothing (any more): `error` says why."""

    def __init__(self, caller: Caller, error: Unauthenticated) -> None:
        super().__init__(error.code)
        self.caller = caller
        self.error = error


class KeyHashes:
    """The keyed hashes by which alone keys and secrets are known. `secret_key` is the platform's."""

    def __init__(self, secret_key: str) -> None:
        self._key = derive_key(secret_key, Purpose.PARTNER_API_KEY)
        self._secret = derive_key(secret_key, Purpose.PARTNER_API_SECRET)

    def of_key(self, key: str) -> str:
        return hash_token(self._key, key)

    def of_secret(self, secret: str) -> str:
        return hash_token(self._secret, secret)


def credentials(authorization: list[str], secrets: list[str]) -> Credentials:
    """The one key and the one secret of a request.

    `authorization` and `secrets` are all its Authorization and all its X-API-Secret headers. Raises
    MissingKey and MissingSecret where there is none, or more than one to choose from.
    """
    if len(authorization) != 1:
        raise MissingKey
    scheme, _, key = authorization[0].strip().partition(" ")
    if scheme.lower() != "bearer" or not key.strip():
        raise MissingKey
    if len(secrets) != 1 or not secrets[0].strip():
        raise MissingSecret
    return Credentials(key.strip(), secrets[0].strip())


async def verify(session: AsyncSession, given: Credentials, hashes: KeyHashes, *, clock: Clock) -> Verified:
    """Whose key this is.

    Raises InvalidKey for an unknown key and for a wrong secret alike; EndedKey where the secret is right and
    the key is revoked, expired or switched off.
    """
    if not given.key.startswith(tuple(KEY_PREFIXES.values())) or max(len(given.key), len(given.secret)) > MAX_LENGTH:
        raise InvalidKey
    key_hash, secret_hash = hashes.of_key(given.key), hashes.of_secret(given.secret)
    # Both at once, so that an unknown key and a wrong secret cost the same. What is compared are keyed hashes, which
    # nobody outside can aim at: how long the store compares tells nothing.
    found = await repository.find_by_hashes(session, key_hash, secret_hash)
    if found is None:
        raise InvalidKey
    row, partner = found
    caller = caller_of(row)
    if row.revoked_at is not None:
        raise EndedKey(caller, KeyRevoked())
    if row.expires_at <= clock.now():
        raise EndedKey(caller, KeyExpired())
    if not row.is_active:
        raise EndedKey(caller, KeyInactive())
    return Verified(caller, partner.is_active, row.rate_limit, tuple(row.allowed_ips))


def caller_of(row: PartnerApiKey) -> Caller:
    """The caller that bears this key."""
    principal = Principal(
        kind=PrincipalKind.PARTNER,
        id=str(row.id),
        tenant_id=row.tenant_id,
        environment=row.environment,
        company_id=row.company_id,
        all_companies=row.all_companies,
    )
    return Caller(
        key_id=row.id,
        partner_id=row.partner_id,
        signer_id=row.signer_id,
        environment=Environment(row.environment),
        expires_at=row.expires_at,
        principal=principal,
    )
