"""Statements about which vendors have the values that a text asks for."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.models import Vendor, VendorParameter
from bot.tenancy.principal import Principal
from bot.tenancy.scope import visible_to
from knowledge.contact import CONTACT_KEYS

_VENDORS: Sequence[Any] = (Vendor.id, Vendor.code)
_HOLDERS: Sequence[Any] = (VendorParameter.param_key, VendorParameter.vendor_id)


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
