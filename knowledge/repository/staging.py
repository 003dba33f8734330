"""Statements that bring an import's entries in: unseen batch by batch, then seen all at once."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, bindparam, delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.db.statements import table_of
from bot.models import ImportRow, KnowledgeChange, KnowledgeEntry, Vendor
from bot.tenancy.principal import Principal
from bot.tenancy.scope import visible_to
from knowledge.repository.changes import Action, Subject, hold_vendors
from knowledge.repository.entries import EXISTING, STAGED
from knowledge.repository.import_rows import Decision, end_rows, in_batches
from knowledge.repository.vendors import bump

IMPORTED = "import"
FIELDS = ("question_summary", "answer", "keywords", "audience", "intent_ids")
_UNSTAGED_A_TURN = 500
_PUBLISHED_AT_ONCE = 500
_STAGED: Sequence[Any] = (ImportRow.id, ImportRow.entry_id, ImportRow.action)
_ROWS = table_of(ImportRow)
# One of the job's own rows, which were found by the job before.
_ROW = update(_ROWS).where(_ROWS.c.id == bindparam("at"))
_BECOMES = _ROW.values(entry_id=bindparam("entry"), action=Decision.ADD.value)
_TAKES_PLACE = _ROW.values(entry_id=bindparam("entry"), action=Decision.REPLACE.value, row=bindparam("texts"))
_REPLACING: Sequence[Any] = (ImportRow.entry_id, ImportRow.row)
_ENTRIES = table_of(KnowledgeEntry)
_BECOME = (
    update(_ENTRIES)
    .where(_ENTRIES.c.id == bindparam("at"))
    .values({name: bindparam(f"new_{name}") for name in FIELDS} | {"updated_at": bindparam("changed")})
)


@dataclass(frozen=True, slots=True)
class Staging:
    """An import that brings entries in, and in whose name. `vendor_id` is None for those that all share."""

    job_id: uuid.UUID
    tenant_id: uuid.UUID
    vendor_id: int | None
    principal: Principal
    author: str
    said_by: str | None


@dataclass(frozen=True, slots=True)
class Staged:
    """A row that becomes an entry: `state` is that as the record of changes knows it."""

    row_id: int
    state: Mapping[str, Any]
    keywords: str


@dataclass(frozen=True, slots=True)
class Replacing:
    """A row that takes an entry's place: its `row` anew, with what the entry `becomes` and the change's record."""

    row_id: int
    entry_id: int
    row: Mapping[str, Any]


async def version_of_knowledge(session: AsyncSession, staging: Staging) -> int:
    """A number that rises with every change of what the import's rows are compared with."""
    statement = select(func.sum(Vendor.knowledge_version)).where(*_vendors(staging))
    return await session.scalar(visible_to(staging.principal, statement, Vendor)) or 0


async def targets(session: AsyncSession, staging: Staging, ids: Collection[int]) -> dict[int, KnowledgeEntry]:
    """Those of the entries that are still there."""
    statement = select(KnowledgeEntry).where(KnowledgeEntry.id.in_(ids), EXISTING)
    rows = await session.scalars(visible_to(staging.principal, statement, KnowledgeEntry))
    return {row.id: row for row in rows}


async def stage(session: AsyncSession, staging: Staging, rows: Sequence[Staged], *, now: datetime) -> None:
    """Add entries that nobody sees yet, each with the record of its making."""
    if not rows:
        return
    adding = insert(KnowledgeEntry).returning(KnowledgeEntry.id, sort_by_parameter_order=True)
    ids = list(await session.scalars(adding, [_entry(staging, row, now) for row in rows]))
    changes = [
        _change_of(staging, entry_id, now) | {"after": dict(row.state)} for row, entry_id in zip(rows, ids, strict=True)
    ]
    await session.execute(insert(KnowledgeChange), changes)
    noted = [{"at": row.row_id, "entry": entry_id} for row, entry_id in zip(rows, ids, strict=True)]
    await session.execute(_BECOMES, noted)


async def stage_replacements(session: AsyncSession, staging: Staging, rows: Sequence[Replacing]) -> None:
    """Note what entries are to become. They stay as they are until `publish`."""
    if rows:
        noted = [{"at": row.row_id, "entry": row.entry_id, "texts": dict(row.row)} for row in rows]
        await session.execute(_TAKES_PLACE, noted)


async def unstage(session: AsyncSession, staging: Staging) -> bool:
    """Take back some of what was staged; False when nothing is left."""
    some = (
        select(*_STAGED)
        .where(ImportRow.job_id == staging.job_id, ImportRow.entry_id.is_not(None))
        .limit(_UNSTAGED_A_TURN)
    )
    rows = list(await session.execute(visible_to(staging.principal, some, ImportRow)))
    if not rows:
        return False
    forget = update(ImportRow).where(ImportRow.id.in_([row.id for row in rows])).values(entry_id=None, action=None)
    await session.execute(visible_to(staging.principal, forget, ImportRow))
    entries = [row.entry_id for row in rows]
    unseen = (KnowledgeEntry.id.in_(entries), KnowledgeEntry.origin == STAGED)
    gone = delete(KnowledgeEntry).where(*unseen).returning(KnowledgeEntry.id)
    ids = list(await session.scalars(visible_to(staging.principal, gone, KnowledgeEntry)))
    of_them = (KnowledgeChange.subject == Subject.ENTRY.value, KnowledgeChange.subject_id.in_(ids))
    changes = delete(KnowledgeChange).where(*of_them)
    await session.execute(visible_to(staging.principal, changes, KnowledgeChange))
    return True


async def hold(session: AsyncSession, staging: Staging) -> int:
    """Keep everybody else from changing what the rows were compared with; the version that it has now."""
    await hold_vendors(session, staging.principal, staging.vendor_id)
    return await version_of_knowledge(session, staging)


async def publish(session: AsyncSession, staging: Staging, *, now: datetime) -> None:
    """Let everybody see all that was staged, write what is replaced, and end the rows."""
    statement = select(*_STAGED).where(ImportRow.job_id == staging.job_id, ImportRow.entry_id.is_not(None))
    rows = list(await session.execute(visible_to(staging.principal, statement.order_by(ImportRow.id), ImportRow)))
    # Told by their ids, some at a time: planned as one join of tables that a moment ago were small, this
    # took PostgreSQL longer than a transaction may.
    for some in in_batches(rows, _PUBLISHED_AT_ONCE):
        await _show(session, staging, [row.entry_id for row in some if row.action == Decision.ADD.value], now=now)
        await _replace(session, staging, [row.id for row in some if row.action == Decision.REPLACE.value], now=now)
        await asyncio.sleep(0)
    await end_rows(session, staging.principal, staging.job_id)
    await bump(session, staging.principal, *_vendors(staging))


async def _show(session: AsyncSession, staging: Staging, ids: Sequence[int], *, now: datetime) -> None:
    if not ids:
        return
    seen = update(KnowledgeEntry).where(KnowledgeEntry.id.in_(ids), KnowledgeEntry.origin == STAGED)
    values = {"origin": IMPORTED, "is_active": True, "created_at": now, "updated_at": now}
    scoped = visible_to(staging.principal, seen.values(values), KnowledgeEntry)
    await session.execute(scoped, execution_options={"synchronize_session": False})


async def _replace(session: AsyncSession, staging: Staging, rows: Sequence[int], *, now: datetime) -> None:
    """Write what entries become, by their ids: joined to the rows' JSON, SQLite took a millisecond for each."""
    if not rows:
        return
    statement = select(*_REPLACING).where(ImportRow.id.in_(rows))
    found = [(at, row) for at, row in await session.execute(visible_to(staging.principal, statement, ImportRow))]
    becoming = [
        {"at": at, "changed": now} | {f"new_{name}": row["becomes"][name] for name in FIELDS} for at, row in found
    ]
    await session.execute(_BECOME, becoming)
    changes = [
        _change_of(staging, at, now) | {"before": row["before"], "after": row["after"]}
        for at, row in found
        if row["after"]
    ]
    if changes:
        await session.execute(insert(KnowledgeChange), changes)


def _vendors(staging: Staging) -> tuple[ColumnElement[bool], ...]:
    return () if staging.vendor_id is None else (Vendor.id == staging.vendor_id,)


def _entry(staging: Staging, row: Staged, now: datetime) -> dict[str, Any]:
    state = dict(row.state) | {"keywords": row.keywords, "is_active": False, "origin": STAGED}
    return {"tenant_id": staging.tenant_id, "created_at": now, "updated_at": now, **state}


def _change_of(staging: Staging, entry_id: int, now: datetime) -> dict[str, Any]:
    return {
        "tenant_id": staging.tenant_id, "vendor_id": staging.vendor_id, "subject": Subject.ENTRY.value,
        "subject_id": entry_id, "action": Action.IMPORTED.value, "principal": staging.author,
        "said_by": staging.said_by, "created_at": now,
    }  # fmt: skip
