"""Keys to the Partner API: made and shown this once, changed, rolled, revoked."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from bot.clock import Clock
from bot.models import Partner, PartnerApiKey, WebhookSigner
from bot.security.tokens import random_token
from bot.tenancy.principal import PLATFORM, Principal, PrincipalKind
from partner_api.caller import Environment
from partner_api.keys import repository
from partner_api.keys.allow_list import allow_list
from partner_api.keys.errors import AmbiguousPartner, KeyEnded, NoSuchKey, NoSuchPartner, SlotsInUse, WrongKeyRequest
from partner_api.keys.verifying import KEY_PREFIXES, SECRET_PREFIX, KeyHashes
from partner_api.wire import shown_line

DEFAULT_DAYS = 365
LONGEST_DAYS = 3650
DEFAULT_RATE_LIMIT = 1000
HIGHEST_RATE_LIMIT = 60_000
LONGEST_OVERLAP = timedelta(days=30)
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


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyChanges:
    """What to change of a key; None leaves it as it is. `valid_for` counts from now."""

    name: str | None = None
    is_active: bool | None = None
    rate_limit: int | None = None
    allowed_ips: Sequence[str] | None = None
    valid_for: timedelta | None = None


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
        row = self._row(partner, request)
        await self._check_company(session, partner, request)
        signer = WebhookSigner(
            id=row.signer_id,
            tenant_id=row.tenant_id,
            environment=row.environment,
            version=1,
            created_at=row.created_at,
        )
        session.add(signer)
        await session.flush()
        return await self._keep(session, row, signer=signer)

    async def roll(
        self, session: AsyncSession, old: PartnerApiKey, *, overlap: timedelta, valid_for: timedelta, created_by: str
    ) -> IssuedKey:
        """A new key and secret in the place of `old`, which goes on for `overlap` at most.

        Both are signed for with one secret, so that callbacks are verified as before. Raises KeyEnded (409) where
        the old one is over already, WrongKeyRequest (400) for a wrong duration.
        """
        now = self._clock.now()
        if old.revoked_at is not None or old.expires_at <= now:
            raise KeyEnded
        if not timedelta(0) <= overlap <= LONGEST_OVERLAP:
            raise WrongKeyRequest(f"The overlap must be 0 to {LONGEST_OVERLAP // timedelta(hours=1)} hours.")
        copied = ("tenant_id", "environment", "company_id", "partner_id", "signer_id", "name", "all_companies")
        row = PartnerApiKey(
            **{column: getattr(old, column) for column in (*copied, "rate_limit", "is_active")},
            allowed_ips=list(old.allowed_ips),
            replaces_id=old.id,
            created_by=created_by,
            created_at=now,
            expires_at=self._expiry(valid_for),
        )
        old.expires_at = min(old.expires_at, now + overlap)
        return await self._keep(session, row, signer=await repository.signer_of(session, old))

    def change(self, row: PartnerApiKey, changes: KeyChanges) -> None:
        """Change a key. Raises WrongKeyRequest (400) for nonsense, KeyEnded (409) for a revoked key."""
        if row.revoked_at is not None:
            raise KeyEnded
        if changes.name is not None:
            row.name = key_name(changes.name)
        if changes.is_active is not None:
            row.is_active = changes.is_active
        if changes.rate_limit is not None:
            row.rate_limit = _rate_limit(changes.rate_limit)
        if changes.allowed_ips is not None:
            row.allowed_ips = allow_list(changes.allowed_ips)
        if changes.valid_for is not None:
            row.expires_at = self._expiry(changes.valid_for)

    def revoke(self, row: PartnerApiKey) -> None:
        """End a key at once and for ever."""
        row.revoked_at = row.revoked_at or self._clock.now()

    async def _check_company(self, session: AsyncSession, partner: Partner, request: KeyRequest) -> None:
        if request.company_id is None:
            return
        if request.all_companies:
            raise WrongKeyRequest("A key is bound to one company or sees all of them, not both.")
        environment = request.environment.value
        owner = Principal(PrincipalKind.PARTNER, str(partner.id), partner.tenant_id, environment=environment)
        if await repository.find_company(session, owner, request.company_id) is None:
            raise WrongKeyRequest(f"This partner has no company with this id in its {environment} environment.")

    def _row(self, partner: Partner, request: KeyRequest) -> PartnerApiKey:
        return PartnerApiKey(
            tenant_id=partner.tenant_id,
            environment=request.environment.value,
            company_id=request.company_id,
            partner_id=partner.id,
            signer_id=uuid.uuid4(),
            name=key_name(request.name or f"{partner.name} {request.environment}"[:MAX_NAME]),
            all_companies=request.all_companies,
            rate_limit=_rate_limit(request.rate_limit),
            allowed_ips=allow_list(request.allowed_ips),
            is_active=True,
            created_by=request.created_by,
            created_at=self._clock.now(),
            expires_at=self._expiry(request.valid_for),
        )

    async def _keep(self, session: AsyncSession, row: PartnerApiKey, *, signer: WebhookSigner) -> IssuedKey:
        """Give `row` its key and secret, and keep it."""
        api_key, api_secret = random_token(KEY_PREFIXES[Environment(row.environment)]), random_token(SECRET_PREFIX)
        row.id = uuid.uuid4()
        row.key_hash, row.secret_hash = self._hashes.of_key(api_key), self._hashes.of_secret(api_secret)
        row.hint = api_key[-HINT_LENGTH:]
        session.add(row)
        await session.flush()
        return IssuedKey(row, signer, api_key, api_secret)

    def _expiry(self, valid_for: timedelta) -> datetime:
        if not timedelta(0) < valid_for <= timedelta(days=LONGEST_DAYS):
            raise WrongKeyRequest(f"A key must expire within 1 to {LONGEST_DAYS} days.")
        return self._clock.now() + valid_for


def key_name(given: str) -> str:
    """What a key is called. Raises WrongKeyRequest (400) for what is no line of text, or a long one."""
    try:
        name = shown_line(given)
    except ValueError as wrong:
        raise WrongKeyRequest(f"A key's name {wrong}.") from None
    if len(name) > MAX_NAME:
        raise WrongKeyRequest(f"A key needs a name of at most {MAX_NAME} characters.")
    return name


def _rate_limit(given: int) -> int:
    if not 1 <= given <= HIGHEST_RATE_LIMIT:
        raise WrongKeyRequest(f"A rate limit must be 1 to {HIGHEST_RATE_LIMIT} requests a minute.")
    return given


@dataclass(frozen=True, slots=True, kw_only=True)
class PartnerChanges:
    """What to change of a partner; None leaves it as it is. One that isn't active is refused everywhere."""

    name: str | None = None
    slots: int | None = None
    is_active: bool | None = None


async def change_partner(
    session: AsyncSession, partner_id: uuid.UUID, changes: PartnerChanges, *, now: datetime
) -> Partner:
    """Change a partner. Raises NoSuchPartner, and SlotsInUse (409) for fewer slots than it uses."""
    row = await repository.find_partner(session, PLATFORM, partner_id, for_update=True)
    if row is None:
        raise NoSuchPartner
    if changes.slots is not None and changes.slots < row.slots_used:
        raise SlotsInUse(f"{row.slots_used} slots are in use: bots must be deleted before there can be fewer.")
    given = {"name": changes.name, "slots_total": changes.slots, "is_active": changes.is_active}
    for column, value in given.items():
        if value is not None:
            setattr(row, column, value)
    row.updated_at = now
    return row


async def partner_called(session: AsyncSession, name_or_id: str) -> Partner:
    """The partner with this id or exactly this name. Raises NoSuchPartner, and AmbiguousPartner for a shared name."""
    try:
        partner_id = uuid.UUID(name_or_id)
    except ValueError:
        named = await repository.partners_named(session, PLATFORM, name_or_id.strip())
        if len(named) > 1:
            ids = ", ".join(sorted(str(one.id) for one in named))
            raise AmbiguousPartner(f"More than one partner has this name. Give the id of one: {ids}.") from None
        found = named[0] if named else None
    else:
        found = await repository.find_partner(session, PLATFORM, partner_id)
    if found is None:
        hint = "`shopkeeper partner list` shows them, `shopkeeper partner create NAME --slots N` makes one."
        raise NoSuchPartner(f"{NoSuchPartner.message} {hint}")
    return found


async def key_to_change(session: AsyncSession, key_id: uuid.UUID) -> tuple[PartnerApiKey, Partner]:
    """A key and its partner, kept from others until the transaction ends. Raises NoSuchKey."""
    found = await repository.find_key(session, PLATFORM, key_id, for_update=True)
    if found is None:
        raise NoSuchKey
    return found
