"""Statements about vendors' parameters."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.models import Vendor, VendorParameter
from bot.tenancy.principal import Principal
from bot.tenancy.scope import visible_to
from knowledge.contact import CONTACT_KEYS
from knowledge.entries import VendorCard
from knowledge.errors import VendorNotFound
from knowledge.parameters import Parameter, ParameterType
from knowledge.repository.vendors import bump, vendor_card, within_tenant_of

_BY_CATEGORY: Sequence[Any] = (VendorParameter.category, func.count())
_VENDORS: Sequence[Any] = (Vendor.id, Vendor.code)
_HOLDERS: Sequence[Any] = (VendorParameter.param_key, VendorParameter.vendor_id)


@dataclass(frozen=True, slots=True)
class NewParameter:
    category: str
    key: str
    value: str
    data_type: ParameterType = ParameterType.TEXT
    display_name: str | None = None
    description: str | None = None
    unit: str | None = None


async def put_parameters(
    session: AsyncSession, principal: Principal, vendor_id: int, new: Sequence[NewParameter], *, now: datetime
) -> None:
    """Add the vendor's parameters, or change those whose key exists. Raises VendorNotFound."""
    vendor = await begin_change(session, principal, vendor_id)
    rows = {row.param_key: row for row in await parameter_rows(session, principal, vendor_id)}
    write_parameters(session, vendor, new, rows=rows, now=now)


async def begin_change(session: AsyncSession, principal: Principal, vendor_id: int) -> VendorCard:
    """The vendor, whose version is raised first: of two changes at once the second waits for the first.

    Raises VendorNotFound.
    """
    vendor = await vendor_card(session, principal, vendor_id)
    if vendor is None:
        raise VendorNotFound
    await bump(session, within_tenant_of(principal, vendor), Vendor.id == vendor_id)
    return vendor


def write_parameters(
    session: AsyncSession,
    vendor: VendorCard,
    new: Sequence[NewParameter],
    *,
    rows: dict[str, VendorParameter],
    now: datetime,
) -> None:
    """Bring `rows`, the vendor's parameters by key, to what `new` says; what it doesn't change keeps its time."""
    for item in new:
        row = rows.get(item.key)
        if row is None:
            row = VendorParameter(tenant_id=vendor.tenant_id, vendor_id=vendor.id, param_key=item.key, created_at=now)
            session.add(row)
            rows[item.key] = row
        values = {
            "category": item.category, "param_value": item.value, "data_type": item.data_type.value,
            "display_name": item.display_name, "description": item.description, "unit": item.unit, "is_active": True,
        }  # fmt: skip
        if any(getattr(row, name) != value for name, value in values.items()):
            for name, value in values.items():
                setattr(row, name, value)
            row.updated_at = now


async def parameter_rows(
    session: AsyncSession, principal: Principal, vendor_id: int, *, category: str | None = None
) -> list[VendorParameter]:
    """The vendor's parameters, the oldest first."""
    statement = select(VendorParameter).where(VendorParameter.vendor_id == vendor_id).order_by(VendorParameter.id)
    if category is not None:
        statement = statement.where(VendorParameter.category == category)
    return list(await session.scalars(visible_to(principal, statement, VendorParameter)))


async def category_counts(session: AsyncSession, principal: Principal, vendor_id: int) -> dict[str, int]:
    """How many active parameters the vendor has, by category, in the order in which these came up."""
    statement = (
        select(*_BY_CATEGORY)
        .where(VendorParameter.vendor_id == vendor_id, VendorParameter.is_active)
        .group_by(VendorParameter.category)
        .order_by(func.min(VendorParameter.id))
    )
    rows = await session.execute(visible_to(principal, statement, VendorParameter))
    return {str(category): int(count) for category, count in rows}


async def parameters_of(session: AsyncSession, principal: Principal, vendor_id: int) -> list[Parameter]:
    """The vendor's active parameters."""
    rows = await parameter_rows(session, principal, vendor_id)
    return [_parameter(row) for row in rows if row.is_active]


async def vendors_without(
    session: AsyncSession, principal: Principal, keys: Collection[str], *, vendor_id: int | None
) -> dict[str, list[str]]:
    """For each of `keys` the codes of the active vendors that have no value for it, where there are any.

    `vendor_id` None looks at all vendors of the tenant. What a vendor's record says of how to reach it isn't
    looked for.
    """
    keys = set(keys) - CONTACT_KEYS
    if not keys:
        return {}
    which = (Vendor.is_active,) if vendor_id is None else (Vendor.id == vendor_id,)
    wanted = select(*_VENDORS).where(*which).order_by(Vendor.id)
    vendors = {row.id: row.code for row in await session.execute(visible_to(principal, wanted, Vendor))}
    holding = select(*_HOLDERS).where(
        VendorParameter.param_key.in_(keys), VendorParameter.is_active, func.trim(VendorParameter.param_value) != ""
    )
    rows = await session.execute(visible_to(principal, holding, VendorParameter))
    having = {(row.param_key, row.vendor_id) for row in rows}
    missing = {key: [code for at, code in vendors.items() if (key, at) not in having] for key in sorted(keys)}
    return {key: codes for key, codes in missing.items() if codes}


def _parameter(row: VendorParameter) -> Parameter:
    # A type that is not known (any more) is shown as it was written.
    known = row.data_type in {kind.value for kind in ParameterType}
    return Parameter(
        key=row.param_key, value=row.param_value, type=ParameterType(row.data_type) if known else ParameterType.TEXT,
        unit=row.unit, display_name=row.display_name, description=row.description,
    )  # fmt: skip
