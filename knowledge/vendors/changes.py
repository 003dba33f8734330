"""The record of changes: who changed which vendor or parameter, really and by their own word."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from bot.models import KnowledgeChange, Vendor, VendorParameter
from knowledge.repository.changes import Action, Author, Subject

VENDOR_FIELDS = (
    "code", "name", "short_name", "contact_phone", "contact_email", "address", "subscription_plan", "is_active",
)  # fmt: skip
PARAMETER_FIELDS = ("category", "param_value", "data_type", "display_name", "description", "unit", "is_active")
Fields = Mapping[str, Any]


def fields_of(row: Vendor | VendorParameter) -> dict[str, Any]:
    """What of a row is recorded when it changes."""
    names = VENDOR_FIELDS if isinstance(row, Vendor) else PARAMETER_FIELDS
    return {name: getattr(row, name) for name in names}


def record(
    session: AsyncSession,
    row: Vendor | VendorParameter,
    author: Author,
    *,
    before: Fields | None,
    now: datetime,
    action: Action,
) -> bool:
    """Add the record of what became of `row`, which was `before`; whether anything differs at all.

    A parameter's record holds its key besides. `row` must have been flushed.
    """
    after = fields_of(row)
    differing = [name for name, value in after.items() if before is None or before[name] != value]
    if not differing:
        return False
    is_vendor = isinstance(row, Vendor)
    key = {} if isinstance(row, Vendor) else {"param_key": row.param_key}
    session.add(
        KnowledgeChange(
            tenant_id=row.tenant_id,
            vendor_id=row.id if isinstance(row, Vendor) else row.vendor_id,
            subject=(Subject.VENDOR if is_vendor else Subject.PARAMETER).value,
            subject_id=row.id,
            action=action.value,
            before=None if before is None else key | {name: before[name] for name in differing},
            after=key | {name: after[name] for name in differing},
            principal=author.principal.label,
            said_by=author.said_by,
            created_at=now,
        )
    )
    return True
