"""Statements about the rows of imports, and about the entries that imports are compared with and exports hold.

A job's rows are its tenant's; who may see the job is asked before.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice
from typing import Any

from sqlalchemy import ColumnElement, Select, bindparam, case, delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import defer

from bot.db.statements import table_of
from bot.models import ImportJob, ImportRow, KnowledgeEntry
from bot.tenancy.principal import Principal, PrincipalKind
from bot.tenancy.scope import visible_to
from knowledge.entries import Scope
from knowledge.repository.entries import seen_by_vendor
from knowledge.repository.pages import Page

ROWS_A_TURN = 1_000
_COMPARED: Sequence[Any] = (
    KnowledgeEntry.id, KnowledgeEntry.question_summary, KnowledgeEntry.answer, KnowledgeEntry.audience,
)  # fmt: skip
_LIGHT: Sequence[Any] = (
    ImportRow.id, ImportRow.number, ImportRow.state, ImportRow.row["decided"].as_string(), ImportRow.meets,
)  # fmt: skip
_ROWS = table_of(ImportRow)
_COMPARED_ANEW = (
    update(_ROWS).where(_ROWS.c.id == bindparam("at")).values(state=bindparam("now"), meets=bindparam("met"))
)
_COUNTED: Sequence[Any] = (ImportRow.state, func.count())


class RowState(StrEnum):
    NEW = "new"
    DUPLICATE = "duplicate"
    CONFLICT = "conflict"
    ERROR = "error"
    IMPORTED = "imported"
    SKIPPED = "skipped"


class Decision(StrEnum):
    """What to do with a row: it becomes an entry, takes the place of what it meets, or is left out."""

    ADD = "add"
    REPLACE = "replace"
    SKIP = "skip"


@dataclass(frozen=True, slots=True)
class LightRow:
    """A row without its texts. `meets` is the list that `knowledge.importing.preview` writes."""

    id: int
    number: int
    state: RowState
    decided: Decision | None
    meets: Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class KnownEntry:
    """What a new row is compared with."""

    id: int
    question: str
    answer: str
    audience: str


def acting_for(job: ImportJob) -> Principal:
    """The principal that works on a job: it sees the job's tenant, and nothing else."""
    return Principal(PrincipalKind.BOT, f"import:{job.id}", job.tenant_id)


async def known_entries(session: AsyncSession, principal: Principal, vendor_id: int | None) -> list[KnownEntry]:
    """The entries that a vendor's answers come from; without a vendor those that all share. The oldest first."""
    statement = select(*_COMPARED).where(*_in_use(vendor_id)).order_by(KnowledgeEntry.id)
    return [KnownEntry(*row) for row in await session.execute(visible_to(principal, statement, KnowledgeEntry))]


async def entries_after(
    session: AsyncSession, principal: Principal, vendor_id: int | None, *, scope: str | None, after: int
) -> list[KnowledgeEntry]:
    """The next of those entries, by id, for whoever reads them all; with a `scope` those of that scope alone."""
    which = [*_in_use(vendor_id), KnowledgeEntry.id > after]
    if scope is not None:
        which.append(KnowledgeEntry.scope == scope)
    statement: Select[Any] = select(KnowledgeEntry).options(defer(KnowledgeEntry.vector)).where(*which)
    some = statement.order_by(KnowledgeEntry.id).limit(ROWS_A_TURN)
    return list(await session.scalars(visible_to(principal, some, KnowledgeEntry)))


async def texts_of_entries(
    session: AsyncSession, principal: Principal, ids: Collection[int]
) -> dict[int, tuple[str, str]]:
    """Question and answer of those of the entries that are there and in use."""
    if not ids:
        return {}
    statement = select(*_COMPARED).where(KnowledgeEntry.id.in_(ids), KnowledgeEntry.is_active)
    found = await session.execute(visible_to(principal, statement, KnowledgeEntry))
    return {at: (question, answer) for at, question, answer, _ in found}


async def add_rows(session: AsyncSession, rows: Sequence[Mapping[str, Any]]) -> None:
    """Add rows; each mapping has a value for every column but the id."""
    await session.execute(insert(ImportRow), list(rows))


async def drop_rows(session: AsyncSession, principal: Principal, job_id: uuid.UUID) -> bool:
    """Remove some rows of a job; False when there are none any more."""
    some = select(ImportRow.id).where(ImportRow.job_id == job_id).limit(ROWS_A_TURN)
    gone = delete(ImportRow).where(ImportRow.id.in_(some)).returning(ImportRow.id)
    found = await session.execute(visible_to(principal, gone, ImportRow))
    return found.first() is not None


async def list_rows(
    session: AsyncSession, principal: Principal, job_id: uuid.UUID, page: Page, *, state: str | None = None
) -> tuple[list[ImportRow], int]:
    """The page's rows in their order, and how many there are."""
    conditions = [ImportRow.job_id == job_id, *([ImportRow.state == state] if state is not None else [])]
    statement: Select[Any] = select(ImportRow).where(*conditions).order_by(ImportRow.number)
    rows = await session.scalars(visible_to(principal, statement.limit(page.limit).offset(page.offset), ImportRow))
    total = await session.scalar(visible_to(principal, select(func.count(ImportRow.id)).where(*conditions), ImportRow))
    return list(rows), total or 0


async def rows_numbered(
    session: AsyncSession, principal: Principal, job_id: uuid.UUID, numbers: Collection[int]
) -> list[ImportRow]:
    """The rows of a job that have one of these numbers, in their order."""
    statement: Select[Any] = (
        select(ImportRow).where(ImportRow.job_id == job_id, ImportRow.number.in_(numbers)).order_by(ImportRow.number)
    )
    return list(await session.scalars(visible_to(principal, statement, ImportRow)))


async def readable_rows(session: AsyncSession, principal: Principal, job_id: uuid.UUID) -> list[ImportRow]:
    """All rows of a job that could be read, in their order."""
    which = (ImportRow.job_id == job_id, ImportRow.state != RowState.ERROR.value)
    statement: Select[Any] = select(ImportRow).where(*which).order_by(ImportRow.number)
    return list(await session.scalars(visible_to(principal, statement, ImportRow)))


async def light_rows(session: AsyncSession, principal: Principal, job_id: uuid.UUID) -> list[LightRow]:
    """All rows of a job in their order, without their texts."""
    statement = select(*_LIGHT).where(ImportRow.job_id == job_id).order_by(ImportRow.number)
    found = await session.execute(visible_to(principal, statement, ImportRow))
    return [
        LightRow(at, number, RowState(state), Decision(decided) if decided else None, meets)
        for at, number, state, decided, meets in found
    ]


async def count_rows(session: AsyncSession, principal: Principal, job_id: uuid.UUID) -> dict[str, int]:
    """How many rows of a job are in each state."""
    statement = select(*_COUNTED).where(ImportRow.job_id == job_id).group_by(ImportRow.state)
    found = {state: int(count) for state, count in await session.execute(visible_to(principal, statement, ImportRow))}
    return {state.value: found[state] for state in RowState if state in found}


async def compare_anew(session: AsyncSession, found: Sequence[tuple[int, RowState, list[Any]]]) -> None:
    """Write what rows of a job meet by now: the id, the state and `meets` of each."""
    await session.execute(_COMPARED_ANEW, [{"at": at, "now": state.value, "met": meets} for at, state, meets in found])


async def end_rows(session: AsyncSession, principal: Principal, job_id: uuid.UUID) -> None:
    """Say of each row what became of it, at the end of an import."""
    ended = case((ImportRow.entry_id.is_not(None), RowState.IMPORTED.value), else_=RowState.SKIPPED.value)
    which = (ImportRow.job_id == job_id, (ImportRow.state != RowState.ERROR.value) | ImportRow.entry_id.is_not(None))
    await session.execute(visible_to(principal, update(ImportRow).where(*which).values(state=ended), ImportRow))


def _in_use(vendor_id: int | None) -> tuple[ColumnElement[bool], ...]:
    is_active: ColumnElement[bool] = KnowledgeEntry.is_active.is_(True)
    return (is_active, KnowledgeEntry.scope == Scope.GLOBAL.value if vendor_id is None else seen_by_vendor(vendor_id))


def in_batches(items: Sequence[Any], size: int) -> Iterator[list[Any]]:
    """The items in lists of at most `size`."""
    left = iter(items)
    while batch := list(islice(left, size)):
        yield batch
