"""Statements about vendors, and their version, which every change of what answers are made of raises."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.models import KnowledgeEntry, Vendor
from bot.tenancy.principal import Principal, PrincipalKind
from bot.tenancy.scope import visible_to
from knowledge.entries import VendorCard
from knowledge.errors import VendorNotFound

_BY_SCOPE: Sequence[Any] = (KnowledgeEntry.scope, func.count())


@dataclass(frozen=True, slots=True)
class NewVendor:
    code: str
    name: str
    short_name: str | None = None
    contact_phone: str | None = None
    contact_email: str | None = None
    address: str | None = None
    subscription_plan: str = "basic"
    created_by: str | None = None


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


async def vendor_row(session: AsyncSession, principal: Principal, vendor_id: int) -> Vendor:
    """All of a vendor, to show or to change. Raises VendorNotFound."""
    statement = visible_to(principal, select(Vendor).where(Vendor.id == vendor_id), Vendor)
    found: Vendor | None = await session.scalar(statement)
    if found is None:
        raise VendorNotFound
    return found


async def vendor_rows(
    session: AsyncSession, principal: Principal, *, is_active: bool | None = None, plan: str | None = None
) -> list[Vendor]:
    """The vendors that the principal may see, the oldest first, narrowed where told so."""
    statement = select(Vendor).order_by(Vendor.id)
    if is_active is not None:
        statement = statement.where(Vendor.is_active == is_active)
    if plan is not None:
        statement = statement.where(Vendor.subscription_plan == plan)
    return list(await session.scalars(visible_to(principal, statement, Vendor)))


async def entry_counts(session: AsyncSession, principal: Principal, vendor_id: int) -> dict[str, int]:
    """How many active entries of its own the vendor has, by scope."""
    statement = (
        select(*_BY_SCOPE)
        .where(KnowledgeEntry.vendor_id == vendor_id, KnowledgeEntry.is_active)
        .group_by(KnowledgeEntry.scope)
    )
    rows = await session.execute(visible_to(principal, statement, KnowledgeEntry))
    return {str(scope): int(count) for scope, count in rows}


async def add_vendor(session: AsyncSession, principal: Principal, new: NewVendor, *, now: datetime) -> int:
    """Add a vendor to the principal's tenant and return its id."""
    vendor = Vendor(
        tenant_id=principal.tenant_id, code=new.code, name=new.name, short_name=new.short_name,
        contact_phone=new.contact_phone, contact_email=new.contact_email, address=new.address,
        subscription_plan=new.subscription_plan, subscription_status="active", is_active=True,
        created_by=new.created_by, updated_by=new.created_by, created_at=now, updated_at=now,
    )  # fmt: skip
    session.add(vendor)
    await session.flush()
    return vendor.id


async def seen_vendor(session: AsyncSession, principal: Principal, vendor_id: int) -> VendorCard:
    """The vendor's row. Raises VendorNotFound where there is none that the principal may see."""
    vendor = await vendor_card(session, principal, vendor_id)
    if vendor is None:
        raise VendorNotFound(vendor_id)
    return vendor


def within_tenant_of(principal: Principal, owned: VendorCard | KnowledgeEntry) -> Principal:
    """The principal itself, or one for the tenant that `owned` belongs to where it may see all of them."""
    if principal.tenant_id is not None:
        return principal
    return replace(principal, kind=PrincipalKind.BOT, id=f"tenant:{owned.tenant_id}", tenant_id=owned.tenant_id)


async def bump(session: AsyncSession, principal: Principal, *which: ColumnElement[bool]) -> None:
    """Raise the version of the vendors concerned, so that every process reads them anew."""
    statement = update(Vendor).where(*which).values(knowledge_version=Vendor.knowledge_version + 1)
    await session.execute(visible_to(principal, statement, Vendor))
