"""The wire of `/api/partner/admin`: partners and their keys."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Annotated

import msgspec
from pydantic import Field

from bot.models import Partner, PartnerApiKey
from partner_api.caller import Environment
from partner_api.keys.service import DEFAULT_DAYS, DEFAULT_RATE_LIMIT, HIGHEST_RATE_LIMIT, LONGEST_DAYS, IssuedKey
from partner_api.keys.verifying import KEY_PREFIXES
from partner_api.wire import SHOWN_LINE, PageQuery, RequestBody, timestamp

MAX_SLOTS = 1_000_000
DEFAULT_OVERLAP_HOURS = 24

PartnerName = Annotated[str, Field(max_length=200), SHOWN_LINE]
KeyName = Annotated[str, Field(max_length=100), SHOWN_LINE]
Days = Annotated[int, Field(ge=1, le=LONGEST_DAYS)]
RateLimit = Annotated[int, Field(ge=1, le=HIGHEST_RATE_LIMIT, description="Requests in any 60 seconds.")]
AllowedIps = Annotated[
    list[str], Field(max_length=100, description="Addresses and networks in CIDR notation; none for every address.")
]
# Types are taken as they are sent, but for what JSON has no type of.
Id = Annotated[uuid.UUID, Field(strict=False)]
ItsEnvironment = Annotated[Environment, Field(strict=False)]


class PartnerBody(RequestBody):
    """The partner to make."""

    name: PartnerName
    slots: Annotated[int, Field(ge=0, le=MAX_SLOTS, description="How many bots it has bought.")] = 0


class PartnerPatch(RequestBody):
    """What to change of a partner; what is left out stays as it is."""

    name: PartnerName | None = None
    slots: Annotated[int, Field(ge=0, le=MAX_SLOTS)] | None = None
    is_active: Annotated[bool | None, Field(description="False: every credential of it is refused.")] = None


class PartnersQuery(PageQuery):
    """Which partners to list: those whose name holds `search`."""

    search: Annotated[str, Field(max_length=200)] = ""


class KeyBody(RequestBody):
    """The key to make."""

    partner_id: Id
    environment: ItsEnvironment
    name: KeyName | None = None
    expires_days: Days = DEFAULT_DAYS
    company_id: Annotated[Id | None, Field(description="Binds the key to one company.")] = None
    all_companies: Annotated[bool, Field(description="Lets the key see the companies of every partner.")] = False
    rate_limit: RateLimit = DEFAULT_RATE_LIMIT
    allowed_ips: AllowedIps = Field(default_factory=list)


class KeyPatch(RequestBody):
    """What to change of a key; what is left out stays as it is. `expires_days` counts from now."""

    name: KeyName | None = None
    is_active: bool | None = None
    rate_limit: RateLimit | None = None
    allowed_ips: AllowedIps | None = None
    expires_days: Days | None = None


class RollBody(RequestBody):
    """How long the old key goes on, and how long the new one does."""

    overlap_hours: Annotated[float, Field(ge=0, le=720)] = DEFAULT_OVERLAP_HOURS
    expires_days: Days = DEFAULT_DAYS


class KeysQuery(PageQuery):
    """Which keys to list."""

    partner_id: uuid.UUID | None = None
    environment: Environment | None = None


class PartnerShown(msgspec.Struct, kw_only=True):
    """A partner as the operator sees it."""

    id: str
    tenant_id: str
    name: str
    slots_total: int
    slots_used: int
    is_active: bool
    created_at: str


class PartnerMade(PartnerShown, kw_only=True):
    """A new partner, with its provisioning key, which is shown this once."""

    provisioning_key: str


class PartnerList(msgspec.Struct):
    partners: list[PartnerShown]
    total: int
    limit: int
    offset: int


class KeyShown(msgspec.Struct, kw_only=True):
    """A key without its secrets. `status` is `active`, `inactive`, `expired` or `revoked`."""

    id: str
    partner_id: str
    partner: str
    environment: str
    name: str
    key: str
    status: str
    company_id: str | None
    all_companies: bool
    rate_limit: int
    allowed_ips: list[str]
    created_at: str
    created_by: str
    expires_at: str
    last_used_at: str | None
    revoked_at: str | None
    replaces_id: str | None


class KeyIssued(KeyShown, kw_only=True):
    """A new key, with what is shown this once."""

    api_key: str
    api_secret: str
    webhook_secret: str


class KeyList(msgspec.Struct):
    keys: list[KeyShown]
    total: int
    limit: int
    offset: int


def partner_shown(row: Partner) -> PartnerShown:
    return PartnerShown(
        id=str(row.id),
        tenant_id=str(row.tenant_id),
        name=row.name,
        slots_total=row.slots_total,
        slots_used=row.slots_used,
        is_active=row.is_active,
        created_at=timestamp(row.created_at),
    )


def partner_made(row: Partner, provisioning_key: str) -> PartnerMade:
    return PartnerMade(**msgspec.structs.asdict(partner_shown(row)), provisioning_key=provisioning_key)


def key_shown(row: PartnerApiKey, partner: Partner, now: datetime) -> KeyShown:
    return KeyShown(
        id=str(row.id),
        partner_id=str(partner.id),
        partner=partner.name,
        environment=row.environment,
        name=row.name,
        key=f"{KEY_PREFIXES[Environment(row.environment)]}...{row.hint}",
        status=status_of(row, now),
        company_id=str(row.company_id) if row.company_id else None,
        all_companies=row.all_companies,
        rate_limit=row.rate_limit,
        allowed_ips=row.allowed_ips,
        created_at=timestamp(row.created_at),
        created_by=row.created_by,
        expires_at=timestamp(row.expires_at),
        last_used_at=timestamp(row.last_used_at) if row.last_used_at else None,
        revoked_at=timestamp(row.revoked_at) if row.revoked_at else None,
        replaces_id=str(row.replaces_id) if row.replaces_id else None,
    )


def key_issued(issued: IssuedKey, partner: Partner, now: datetime, *, webhook_secret: str) -> KeyIssued:
    return KeyIssued(
        **msgspec.structs.asdict(key_shown(issued.row, partner, now)),
        api_key=issued.api_key,
        api_secret=issued.api_secret,
        webhook_secret=webhook_secret,
    )


def status_of(row: PartnerApiKey, now: datetime) -> str:
    if row.revoked_at is not None:
        return "revoked"
    if row.expires_at <= now:
        return "expired"
    return "active" if row.is_active else "inactive"
