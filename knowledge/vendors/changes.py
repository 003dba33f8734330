"""The record of changes: who changed which vendor or parameter, really and by their own word."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from bot.models import Vendor, VendorParameter
from knowledge.repository import changes
from knowledge.repository.changes import Action, Author, Change, Subject

VENDOR_FIELDS = (
    "code", "name", "short_name", "contact_phone", "contact_email", "address", "subscription_plan", "is_active",
)  # fmt: skip
PARAMETER_FIELDS = ("category", "param_value", "data_type", "display_name", "description", "unit", "is_active")
Fields = Mapping[str, Any]


def fields_of(row: Vendor | VendorParameter) -> dict[str, Any]:
    """What of a row is recorded when it changes."""
    names = VENDOR_FIELDS if isinstance(row, Vendor) else PARAMETER_FIELDS
    return {name: getattr(row, name) for name in names}


async def record(
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
    change = Change(Subject.VENDOR, row.id, action, before, fields_of(row))
    if isinstance(row, VendorParameter):
        change = replace(change, subject=Subject.PARAMETER, key={"param_key": row.param_key})
    return await changes.record(session, author, change, of=row, now=now)
