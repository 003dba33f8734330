"""The record of changes: who changed what, in the transaction that changed it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.models import KnowledgeChange, Vendor
from bot.models.columns import VendorOwned, VendorShared
from bot.tenancy.principal import Principal
from bot.tenancy.scope import visible_to
from knowledge.repository.pages import Page, read_page


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
    """What became of one thing: its fields before (None: it wasn't there) and after (None: it is gone).

    `key` are fields that tell which thing it is; the record holds them whatever differs.
    """

    subject: Subject
    subject_id: int
    action: Action
    before: Mapping[str, Any] | None = None
    after: Mapping[str, Any] | None = None
    key: Mapping[str, Any] = field(default_factory=dict)


async def hold_vendors(session: AsyncSession, principal: Principal, vendor_id: int | None) -> None:
    """Let changes to what one vendor owns, or all vendors share, wait for each other.

    Every change takes this first, so that what it then checks (a name that is free, an entry that isn't
    customized yet) still holds when it writes. SQLite has one writer at a time anyway.
    """
    which = () if vendor_id is None else (Vendor.id == vendor_id,)
    statement = select(Vendor.id).where(*which).order_by(Vendor.id).with_for_update(key_share=True)
    await session.execute(visible_to(principal, statement, Vendor))


async def record(
    session: AsyncSession, author: Author, change: Change, *, of: Vendor | VendorOwned | VendorShared, now: datetime
) -> bool:
    """Add the record of a change to `of`, with the fields that differ. False, and no record, where none does."""
    before, after = _difference(change.before, change.after)
    if before == after:
        return False
    session.add(
        KnowledgeChange(
            tenant_id=of.tenant_id, vendor_id=of.id if isinstance(of, Vendor) else of.vendor_id,
            subject=change.subject.value, subject_id=change.subject_id, action=change.action.value,
            before=None if before is None else {**change.key, **before},
            after=None if after is None else {**change.key, **after},
            principal=author.principal.label, said_by=author.said_by, created_at=now,
        )
    )  # fmt: skip
    return True


async def history(
    session: AsyncSession, principal: Principal, subject: Subject, subject_id: int, *, page: Page
) -> tuple[list[KnowledgeChange], int]:
    """The changes of one thing, newest first, and how many there are."""
    of_it = (KnowledgeChange.subject == subject.value, KnowledgeChange.subject_id == subject_id)
    newest_first = [KnowledgeChange.id.desc()]
    return await read_page(session, principal, KnowledgeChange, page, where=of_it, order=newest_first)


def _difference(
    before: Mapping[str, Any] | None, after: Mapping[str, Any] | None
) -> tuple[dict[str, Any] | None, dict[str, Any] | None]:
    if before is None or after is None:
        return (dict(before) if before is not None else None, dict(after) if after is not None else None)
    changed = [name for name in after if before.get(name) != after[name]]
    return {name: before.get(name) for name in changed}, {name: after[name] for name in changed}
