"""Keys to the Partner API: made, and shown this once."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from bot.clock import Clock
from bot.models import Partner, PartnerApiKey, WebhookSigner
from bot.security.tokens import random_token
from bot.tenancy.principal import Principal, PrincipalKind
from partner_api.caller import Environment
from partner_api.keys import repository
from partner_api.keys.errors import WrongKeyRequest
from partner_api.keys.verifying import KEY_PREFIXES, SECRET_PREFIX, KeyHashes

DEFAULT_DAYS = 365
DEFAULT_RATE_LIMIT = 1000
HINT_LENGTH = 4
MAX_NAME = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyRequest:
    """The key to make. `company_id` binds it to one company; `all_companies` lets it see every partner's.

    `rate_limit` is in requests a minute; `allowed_ips` are addresses and networks, none for all.
    `created_by` is kept with it: who made it.
    """

    environment: Environment
    name: str = ""
    valid_for: timedelta = timedelta(days=DEFAULT_DAYS)
    company_id: uuid.UUID | None = None
    all_companies: bool = False
    rate_limit: int = DEFAULT_RATE_LIMIT
    allowed_ips: Sequence[str] = ()
    created_by: str = "cli"


@dataclass(frozen=True, slots=True)
class IssuedKey:
    """A new key: its row, whose callbacks it signs, and what is shown this once."""

    row: PartnerApiKey
    signer: WebhookSigner
    api_key: str = field(repr=False)
    api_secret: str = field(repr=False)


class PartnerApiKeys:
    """The verbs on keys. `hashes` are what they are known by."""

    def __init__(self, hashes: KeyHashes, *, clock: Clock) -> None:
        self._hashes = hashes
        self._clock = clock

    async def issue(self, session: AsyncSession, partner: Partner, request: KeyRequest) -> IssuedKey:
        """A new key of `partner`, with a signer of its own. Raises WrongKeyRequest (400) for nonsense."""
        await self._check(session, partner, request)
        signer = WebhookSigner(
            id=uuid.uuid4(),
            tenant_id=partner.tenant_id,
            environment=request.environment.value,
            version=1,
            created_at=self._clock.now(),
        )
        session.add(signer)
        await session.flush()
        return await self._keep(session, partner, request, signer=signer)

    async def _check(self, session: AsyncSession, partner: Partner, request: KeyRequest) -> None:
        if request.company_id is None:
            return
        if request.all_companies:
            raise WrongKeyRequest("A key is bound to one company or sees all of them, not both.")
        environment = request.environment.value
        owner = Principal(PrincipalKind.PARTNER, str(partner.id), partner.tenant_id, environment=environment)
        if await repository.find_company(session, owner, request.company_id) is None:
            raise WrongKeyRequest(f"This partner has no company with this id in its {environment} environment.")

    async def _keep(
        self, session: AsyncSession, partner: Partner, request: KeyRequest, *, signer: WebhookSigner
    ) -> IssuedKey:
        now = self._clock.now()
        api_key, api_secret = random_token(KEY_PREFIXES[request.environment]), random_token(SECRET_PREFIX)
        row = PartnerApiKey(
            id=uuid.uuid4(),
            tenant_id=partner.tenant_id,
            environment=request.environment.value,
            company_id=request.company_id,
            partner_id=partner.id,
            signer_id=signer.id,
            name=request.name.strip() or f"{partner.name} {request.environment}"[:MAX_NAME],
            all_companies=request.all_companies,
            key_hash=self._hashes.of_key(api_key),
            secret_hash=self._hashes.of_secret(api_secret),
            hint=api_key[-HINT_LENGTH:],
            rate_limit=request.rate_limit,
            allowed_ips=list(request.allowed_ips),
            is_active=True,
            created_by=request.created_by,
            created_at=now,
            expires_at=now + request.valid_for,
        )
        session.add(row)
        await session.flush()
        return IssuedKey(row, signer, api_key, api_secret)
