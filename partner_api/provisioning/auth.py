"""Who calls: `Authorization: Bearer <provisioning key>`, and no other kind of credential."""

from __future__ import annotations

from bot.db.engine import Database
from bot.errors import Unauthenticated
from bot.tenancy.partners import Partners, VerifiedPartner
from partner_api.provisioning.errors import InvalidKey, MissingKey


class ProvisioningAuth:
    """Finds the partner behind an Authorization header."""

    def __init__(self, database: Database, partners: Partners) -> None:
        self._database = database
        self._partners = partners

    async def verify(self, headers: list[str]) -> VerifiedPartner:
        """The partner whose key stands in `headers`, all the request's Authorization headers.

        Raises MissingKey, InvalidKey (401) and PartnerDisabled (403).
        """
        key = bearer_token(headers)
        try:
            async with self._database.reading() as session:
                return await self._partners.verify(session, key)
        except Unauthenticated:
            raise InvalidKey from None


def bearer_token(headers: list[str]) -> str:
    """The one Bearer token. Raises MissingKey where there is none, or more than one to choose from."""
    if len(headers) != 1:
        raise MissingKey
    scheme, _, token = headers[0].strip().partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise MissingKey
    return token.strip()
