"""Statements about vendors' parameters."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.models import Vendor, VendorParameter
from bot.tenancy.principal import Principal
from bot.tenancy.scope import visible_to
from knowledge.parameters import Parameter, ParameterType
from knowledge.repository.vendors import bump, seen_vendor, within_tenant_of


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
    vendor = await seen_vendor(session, principal, vendor_id)
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
    await bump(session, within_tenant_of(principal, vendor), Vendor.id == vendor_id)


async def parameters_of(session: AsyncSession, principal: Principal, vendor_id: int) -> list[Parameter]:
    """The vendor's active parameters."""
    statement = select(VendorParameter).where(VendorParameter.vendor_id == vendor_id, VendorParameter.is_active)
    rows = await session.scalars(visible_to(principal, statement, VendorParameter))
    return [_parameter(row) for row in rows]


def _parameter(row: VendorParameter) -> Parameter:
    # A type that is not known (any more) is shown as it was written.
    known = row.data_type in {kind.value for kind in ParameterType}
    return Parameter(
        key=row.param_key, value=row.param_value, type=ParameterType(row.data_type) if known else ParameterType.TEXT,
        unit=row.unit, display_name=row.display_name, description=row.description,
    )  # fmt: skip
