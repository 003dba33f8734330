"""Keys of the platform's operator: who may manage partners and their keys over HTTP."""

from __future__ import annotations

import uuid
from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from bot.clock import Clock
from bot.models import OperatorKey
from bot.security.keys import Purpose, derive_key
from bot.security.tokens import hash_token, hashes_match, random_token
from partner_api.keys import repository
from partner_api.keys.errors import InvalidOperatorKey, MissingOperatorKey, NoSuchOperatorKey
from partner_api.keys.service import key_name

KEY_PREFIX = "op_"
HINT_LENGTH = 4
MAX_LENGTH = 200


class OperatorKeys:
    """The verbs on operator's keys. `secret_key` is the platform's."""

    def __init__(self, secret_key: str, *, clock: Clock) -> None:
        self._hash_key = derive_key(secret_key, Purpose.OPERATOR_KEY)
        self._clock = clock

    async def issue(
        self, session: AsyncSession, name: str, *, valid_for: timedelta | None = None
    ) -> tuple[OperatorKey, str]:
        """A new key's row, and the key itself, which is shown this once. Raises WrongKeyRequest for nonsense."""
        name = key_name(name)
        now, key = self._clock.now(), random_token(KEY_PREFIX)
        row = OperatorKey(
            id=uuid.uuid4(),
            name=name,
            key_hash=hash_token(self._hash_key, key),
            hint=key[-HINT_LENGTH:],
            created_at=now,
            expires_at=now + valid_for if valid_for else None,
        )
        session.add(row)
        await session.flush()
        return row, key

    async def verify(self, session: AsyncSession, authorization: list[str]) -> OperatorKey:
        """The key in `authorization`, all the request's Authorization headers.

        Raises MissingOperatorKey where there is none, or more than one to choose from; InvalidOperatorKey for one
        that is unknown, expired or revoked.
        """
        scheme, _, key = (authorization[0] if len(authorization) == 1 else "").strip().partition(" ")
        key = key.strip()
        if scheme.lower() != "bearer" or not key:
            raise MissingOperatorKey
        if not key.startswith(KEY_PREFIX) or len(key) > MAX_LENGTH:
            raise InvalidOperatorKey
        key_hash = hash_token(self._hash_key, key)
        row = await repository.find_operator(session, key_hash)
        if row is None or not hashes_match(row.key_hash, key_hash) or row.revoked_at is not None:
            raise InvalidOperatorKey
        if row.expires_at is not None and row.expires_at <= self._clock.now():
            raise InvalidOperatorKey
        return row

    async def revoke(self, session: AsyncSession, key_id: uuid.UUID) -> OperatorKey:
        """End a key at once. Raises NoSuchOperatorKey."""
        row = await repository.get_operator(session, key_id)
        if row is None:
            raise NoSuchOperatorKey
        row.revoked_at = row.revoked_at or self._clock.now()
        return row
