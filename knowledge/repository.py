"""Every statement about vendors, parameters and entries.

All of them are narrowed to what the principal may see. What is read for a vendor is narrowed to the
vendor's own tenant besides, so that not even the platform's own principal mixes two tenants' entries.
Writes raise the version of every vendor that they concern, in the same transaction.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from bot.models import KnowledgeEntry, Vendor, VendorParameter
from bot.tenancy.principal import Principal, PrincipalKind
from bot.tenancy.scope import visible_to
from knowledge.entries import Audience, Entry, Scope, VendorCard, VendorKnowledge
from knowledge.errors import EntryNotFound, VendorNotFound
from knowledge.parameters import Parameter, ParameterType


@dataclass(frozen=True, slots=True)
class NewVendor:
    code: str
    name: str
    short_name: str | None = None
    contact_phone: str | None = None
    contact_email: str | None = None
    address: str | None = None


@dataclass(frozen=True, slots=True)
class NewParameter:
    category: str
    key: str
    value: str
    data_type: ParameterType = ParameterType.TEXT
    display_name: str | None = None
    description: str | None = None
    unit: str | None = None


@dataclass(frozen=True, slots=True)
class NewEntry:
    """An entry to add: global where `vendor_id` is None, else that vendor's own."""

    question: str
    answer: str
    vendor_id: int | None = None
    keywords: str = ""
    audience: Audience = Audience.ALL


async def vendor_card(session: AsyncSession, principal: Principal, vendor_id: int) -> VendorCard | None:
    """The vendor's row; None where there is none that the principal may see."""
    card = select(*(getattr(Vendor, name) for name in VendorCard.__dataclass_fields__)).where(Vendor.id == vendor_id)
    row = (await session.execute(visible_to(principal, card, Vendor))).first()
    return VendorCard(*row) if row is not None else None


async def vendor_id_of(session: AsyncSession, principal: Principal, code: str) -> int | None:
    """The id of the vendor with this code; None where there is none that the principal may see."""
    statement: Select[Any] = select(Vendor.id).where(Vendor.code == code)
    found: int | None = await session.scalar(visible_to(principal, statement, Vendor))
    return found


async def knowledge_of(session: AsyncSession, principal: Principal, vendor_id: int) -> VendorKnowledge:
    """The vendor's active parameters and entries; customized entries hide what they replace.

    Raises VendorNotFound. The version is read first: what changes meanwhile is at worst read twice.
    """
    vendor = await _vendor(session, principal, vendor_id)
    within = _within_tenant_of(principal, vendor)
    parameters = {item.key: item for item in await _parameters(session, within, vendor_id)}
    hiding = aliased(KnowledgeEntry)
    hidden = select(hiding.replaces_id).where(
        hiding.vendor_id == vendor_id, hiding.is_active, hiding.replaces_id.is_not(None)
    )
    rank = case({scope.value: at for at, scope in enumerate(Scope)}, value=KnowledgeEntry.scope, else_=len(Scope))
    statement = (
        select(KnowledgeEntry)
        .where(KnowledgeEntry.is_active, _of_vendor(vendor_id), KnowledgeEntry.id.not_in(hidden))
        .order_by(rank, KnowledgeEntry.id)
    )
    rows = list(await session.scalars(visible_to(within, statement, KnowledgeEntry)))
    entries = tuple(_entry(row) for row in rows)
    return VendorKnowledge(vendor.knowledge_version, parameters, entries, tuple(row.vector for row in rows))


async def store_vectors(session: AsyncSession, principal: Principal, blobs: Mapping[int, bytes]) -> None:
    """Keep entries' vectors with their rows. This changes no answer and so no version."""
    for entry_id, blob in blobs.items():
        statement = update(KnowledgeEntry).where(KnowledgeEntry.id == entry_id).values(vector=blob)
        await session.execute(visible_to(principal, statement, KnowledgeEntry))


async def add_vendor(session: AsyncSession, principal: Principal, new: NewVendor, *, now: datetime) -> int:
    """Add a vendor to the principal's tenant and return its id."""
    vendor = Vendor(
        tenant_id=principal.tenant_id, code=new.code, name=new.name, short_name=new.short_name,
        contact_phone=new.contact_phone, contact_email=new.contact_email, address=new.address,
        created_at=now, updated_at=now,
    )  # fmt: skip
    session.add(vendor)
    await session.flush()
    return vendor.id


async def put_parameters(
    session: AsyncSession, principal: Principal, vendor_id: int, new: Sequence[NewParameter], *, now: datetime
) -> None:
    """Add the vendor's parameters, or change those whose key exists. Raises VendorNotFound."""
    vendor = await _vendor(session, principal, vendor_id)
    statement = select(VendorParameter).where(VendorParameter.vendor_id == vendor_id)
    rows = await session.scalars(visible_to(principal, statement, VendorParameter))
    existing = {row.param_key: row for row in rows}
    for item in new:
        row = existing.get(item.key)
        if row is None:
            row = VendorParameter(tenant_id=vendor.tenant_id, vendor_id=vendor_id, param_key=item.key, created_at=now)
            session.add(row)
            existing[item.key] = row
        row.category, row.param_value, row.data_type = item.category, item.value, item.data_type.value
        row.display_name, row.description, row.unit = item.display_name, item.description, item.unit
        row.is_active, row.updated_at = True, now
    await _bump(session, _within_tenant_of(principal, vendor), Vendor.id == vendor_id)


async def add_entry(session: AsyncSession, principal: Principal, new: NewEntry, *, now: datetime) -> int:
    """Add an entry and return its id. Raises VendorNotFound; a global entry needs a principal with a tenant."""
    vendor = await _vendor(session, principal, new.vendor_id) if new.vendor_id is not None else None
    tenant_id = vendor.tenant_id if vendor else principal.tenant_id
    if tenant_id is None:
        raise ValueError("a global entry belongs to a tenant, and this principal has none")
    entry = KnowledgeEntry(
        tenant_id=tenant_id, vendor_id=new.vendor_id, scope=(Scope.VENDOR if vendor else Scope.GLOBAL).value,
        question_summary=new.question, answer=new.answer, keywords=new.keywords, audience=new.audience.value,
        created_at=now, updated_at=now,
    )  # fmt: skip
    session.add(entry)
    await session.flush()
    if vendor:
        await _bump(session, _within_tenant_of(principal, vendor), Vendor.id == vendor.id)
    else:
        await _bump(session, principal)
    return entry.id


async def customise(session: AsyncSession, principal: Principal, entry_id: int, new: NewEntry, *, now: datetime) -> int:
    """Give `new.vendor_id` its own wording of the global entry `entry_id`, and return the new entry's id.

    Raises VendorNotFound, and EntryNotFound where there is no such global entry of that vendor's tenant.
    """
    if new.vendor_id is None:
        raise ValueError("a customized entry belongs to a vendor")
    within = _within_tenant_of(principal, await _vendor(session, principal, new.vendor_id))
    statement = select(KnowledgeEntry.id).where(
        KnowledgeEntry.id == entry_id, KnowledgeEntry.scope == Scope.GLOBAL.value
    )
    if await session.scalar(visible_to(within, statement, KnowledgeEntry)) is None:
        raise EntryNotFound
    added = await add_entry(session, within, new, now=now)
    change = update(KnowledgeEntry).where(KnowledgeEntry.id == added)
    values = {"scope": Scope.CUSTOMIZED.value, "replaces_id": entry_id}
    await session.execute(visible_to(within, change.values(values), KnowledgeEntry))
    return added


async def _vendor(session: AsyncSession, principal: Principal, vendor_id: int) -> VendorCard:
    vendor = await vendor_card(session, principal, vendor_id)
    if vendor is None:
        raise VendorNotFound(vendor_id)
    return vendor


def _within_tenant_of(principal: Principal, vendor: VendorCard) -> Principal:
    """The principal itself, or one for the vendor's tenant where it may see all of them."""
    if principal.tenant_id is not None:
        return principal
    return replace(principal, kind=PrincipalKind.BOT, id=f"vendor:{vendor.id}", tenant_id=vendor.tenant_id)


def _of_vendor(vendor_id: int) -> ColumnElement[bool]:
    shared = and_(KnowledgeEntry.scope == Scope.GLOBAL.value, KnowledgeEntry.vendor_id.is_(None))
    return or_(KnowledgeEntry.vendor_id == vendor_id, shared)


async def _parameters(session: AsyncSession, principal: Principal, vendor_id: int) -> list[Parameter]:
    statement = select(VendorParameter).where(VendorParameter.vendor_id == vendor_id, VendorParameter.is_active)
    rows = await session.scalars(visible_to(principal, statement, VendorParameter))
    return [_parameter(row) for row in rows]


def _entry(row: KnowledgeEntry) -> Entry:
    return Entry(
        id=row.id, scope=Scope(row.scope), question=row.question_summary, answer=row.answer,
        keywords=row.keywords, audience=Audience(row.audience),
    )  # fmt: skip


def _parameter(row: VendorParameter) -> Parameter:
    # A type that is not known (any more) is shown as it was written.
    known = row.data_type in {kind.value for kind in ParameterType}
    return Parameter(
        key=row.param_key, value=row.param_value, type=ParameterType(row.data_type) if known else ParameterType.TEXT,
        unit=row.unit, display_name=row.display_name, description=row.description,
    )  # fmt: skip


async def _bump(session: AsyncSession, principal: Principal, *which: ColumnElement[bool]) -> None:
    """Raise the version of the vendors concerned, so that every process reads them anew."""
    statement = update(Vendor).where(*which).values(knowledge_version=Vendor.knowledge_version + 1)
    await session.execute(visible_to(principal, statement, Vendor))
