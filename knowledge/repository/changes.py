"""The record of changes: who changed what, in the transaction that changed it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.models import KnowledgeChange, Vendor
from bot.models.columns import VendorShared
from bot.tenancy.principal import Principal
from bot.tenancy.scope import visible_to


class Subject(StrEnum):
    VENDOR = "vendor"
    PARAMETER = "parameter"
    ENTRY = "entry"
    INTENT = "intent"


class Action(StrEnum):
    CREATED = "created"
    UPDATED = "updated"
    DELETED = "deleted"
    CUSTOMIZED = "customized"
    IMPORTED = "imported"


@dataclass(frozen=True, slots=True)
class Author:
    """Who really calls, and what the caller said of that itself."""

    principal: Principal
    said_by: str | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """What became of one thing: its fields before (None: it wasn't there) and after (None: it is gone)."""

    subject: Subject
    subject_id: int
    action: Action
    before: Mapping[str, Any] | None = None
    after: Mapping[str, Any] | None = None


async def hold_vendors(session: AsyncSession, principal: Principal, vendor_id: int | None) -> None:
    """Let changes to what one vendor owns, or all vendors share, wait for each other.

    Every change takes this first, so that what it then checks (a name that is free, an entry that isn't
    customized yet) still holds when it writes. SQLite has one writer at a time anyway.
    """
    which = () if vendor_id is None else (Vendor.id == vendor_id,)
    statement = select(Vendor.id).where(*which).order_by(Vendor.id).with_for_update(key_share=True)
    await session.execute(visible_to(principal, statement, Vendor))


async def record(session: AsyncSession, author: Author, change: Change, *, of: VendorShared, now: datetime) -> bool:
    """Add the record of a change to `of`, with the fields that differ. False, and no record, where none does."""
    before, after = _difference(change.before, change.after)
    if before == after:
        return False
    session.add(
        KnowledgeChange(
            tenant_id=of.tenant_id, vendor_id=of.vendor_id, subject=change.subject.value,
            subject_id=change.subject_id, action=change.action.value, before=before, after=after,
            principal=author.principal.label, said_by=author.said_by, created_at=now,
        )
    )  # fmt: skip
    return True


async def history(
    session: AsyncSession, principal: Principal, subject: Subject, subject_id: int, *, limit: int, offset: int
) -> tuple[list[KnowledgeChange], int]:
    """The changes of one thing, newest first, and how many there are."""
    of_it = (KnowledgeChange.subject == subject.value, KnowledgeChange.subject_id == subject_id)
    statement = select(KnowledgeChange).where(*of_it).order_by(KnowledgeChange.id.desc()).limit(limit).offset(offset)
    rows = await session.scalars(visible_to(principal, statement, KnowledgeChange))
    counting = select(func.count(KnowledgeChange.id)).where(*of_it)
    total = await session.scalar(visible_to(principal, counting, KnowledgeChange))
    return list(rows), total or 0


def _difference(
    before: Mapping[str, Any] | None, after: Mapping[str, Any] | None
) -> tuple[dict[str, Any] | None, dict[str, Any] | None]:
    if before is None or after is None:
        return (dict(before) if before is not None else None, dict(after) if after is not None else None)
    changed = [name for name in after if before.get(name) != after[name]]
    return {name: before.get(name) for name in changed}, {name: after[name] for name in changed}
