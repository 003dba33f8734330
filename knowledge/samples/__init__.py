"""Sample vendors to try the platform with: two that manage rented homes, in one tenant, and a café in another."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime
from importlib.resources import files

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from bot.clock import Clock
from bot.db.engine import Database
from bot.models import Intent
from bot.tenancy.principal import Principal, PrincipalKind
from knowledge import repository
from knowledge.entries import Audience
from knowledge.parameters import ParameterType
from knowledge.repository import NewEntry, NewParameter, NewVendor

RENTAL, CAFE = "rental", "cafe"


class SampleParameter(msgspec.Struct, frozen=True):
    category: str
    key: str
    value: str
    display_name: str
    data_type: ParameterType = ParameterType.TEXT
    unit: str | None = None


class SampleEntry(msgspec.Struct, frozen=True):
    question: str
    answer: str
    keywords: str = ""
    audience: Audience = Audience.ALL
    replaces: str | None = None


class SampleVendor(msgspec.Struct, frozen=True):
    code: str
    name: str
    short_name: str
    contact_phone: str
    address: str
    parameters: tuple[SampleParameter, ...]
    entries: tuple[SampleEntry, ...]
    customized: tuple[SampleEntry, ...]
    contact_email: str | None = None


class SampleIntent(msgspec.Struct, frozen=True):
    name: str
    description: str
    examples: tuple[str, ...]


class SampleTenant(msgspec.Struct, frozen=True):
    """One tenant's vendors, and the entries and intents that they share."""

    vendors: tuple[SampleVendor, ...]
    entries: tuple[SampleEntry, ...]
    intents: tuple[SampleIntent, ...]


def read_samples(name: str) -> SampleTenant:
    """The samples `rental` or `cafe`."""
    return msgspec.json.decode(files(__name__).joinpath(f"{name}.json").read_bytes(), type=SampleTenant)


async def load_samples(database: Database, clock: Clock, *, rental: uuid.UUID, cafe: uuid.UUID) -> Mapping[str, int]:
    """Write the samples into the two tenants and return vendor ids by code (`ANJU`, `HAOSHI`, `XIANGKOU`).

    A vendor that exists already is left as it is, so this may run at every start.
    """
    vendors: dict[str, int] = {}
    async with database.unit_of_work() as session:
        for tenant_id, name in ((rental, RENTAL), (cafe, CAFE)):
            principal = Principal(PrincipalKind.BOT, f"samples:{name}", tenant_id)
            vendors |= await _load(session, principal, read_samples(name), clock)
    return vendors


async def _load(session: AsyncSession, principal: Principal, sample: SampleTenant, clock: Clock) -> dict[str, int]:
    vendors: dict[str, int] = {}
    existing = {
        vendor.code: await repository.vendor_id_of(session, principal, vendor.code) for vendor in sample.vendors
    }
    shared: dict[str, int] = {}
    if not any(existing.values()):
        for entry in sample.entries:
            shared[entry.question] = await repository.add_entry(session, principal, _new(entry), now=clock.now())
        for intent in sample.intents:
            session.add(_intent(intent, principal, clock.now()))
    for vendor in sample.vendors:
        vendors[vendor.code] = existing[vendor.code] or await _load_vendor(session, principal, vendor, shared, clock)
    return vendors


async def _load_vendor(
    session: AsyncSession, principal: Principal, vendor: SampleVendor, shared: Mapping[str, int], clock: Clock
) -> int:
    now = clock.now()
    new = NewVendor(
        vendor.code, vendor.name, vendor.short_name, vendor.contact_phone, vendor.contact_email, vendor.address
    )
    vendor_id = await repository.add_vendor(session, principal, new, now=now)
    parameters: Sequence[NewParameter] = [
        NewParameter(one.category, one.key, one.value, one.data_type, one.display_name, unit=one.unit)
        for one in vendor.parameters
    ]
    await repository.put_parameters(session, principal, vendor_id, parameters, now=now)
    for entry in vendor.entries:
        await repository.add_entry(session, principal, _new(entry, vendor_id), now=now)
    for entry in vendor.customized:
        if entry.replaces is not None and entry.replaces in shared:
            await repository.customise(session, principal, shared[entry.replaces], _new(entry, vendor_id), now=now)
    return vendor_id


def _intent(intent: SampleIntent, principal: Principal, now: datetime) -> Intent:
    return Intent(
        tenant_id=principal.tenant_id,
        name=intent.name,
        description=intent.description,
        examples=list(intent.examples),
        created_at=now,
        updated_at=now,
    )


def _new(entry: SampleEntry, vendor_id: int | None = None) -> NewEntry:
    return NewEntry(entry.question, entry.answer, vendor_id, entry.keywords, entry.audience)
