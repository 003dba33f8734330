"""Statements about imports: their jobs, and which of them are due."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, CursorResult, Select, delete, exists, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.models import ImportJob, ImportRow, Lane
from bot.tenancy.principal import PLATFORM, Principal
from bot.tenancy.scope import changeable_by
from knowledge.errors import ImportNotFound
from knowledge.repository.pages import Page

PREFIX = "import"
KEPT_FOR = timedelta(days=30)
PURGED_ROWS = 5_000
_LOOKED_AT = 100


class State(StrEnum):
    """Where an import is; `preview` waits for a person, the last three are final."""

    WAITING = "waiting"
    READING = "reading"
    PREVIEW = "preview"
    IMPORTING = "importing"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


WORKED_ON = (State.WAITING, State.READING, State.IMPORTING)
FINAL = (State.DONE, State.FAILED, State.CANCELLED)


@dataclass(frozen=True, slots=True)
class NewImport:
    """An import to begin, of the bytes of a file or of what is at a URL."""

    file_name: str
    vendor_id: int | None = None
    data: bytes | None = field(default=None, repr=False)
    content_type: str | None = None
    url: str | None = None
    options: Mapping[str, Any] = field(default_factory=dict)


def lane_of(job_id: uuid.UUID) -> str:
    """The lane (`bot.outbox`) that an import is worked on in."""
    return f"{PREFIX}:{job_id}"


async def add_job(session: AsyncSession, principal: Principal, new: NewImport, *, now: datetime) -> ImportJob:
    """Add a waiting job to the principal's tenant."""
    job = ImportJob(
        tenant_id=principal.tenant_id, vendor_id=new.vendor_id, state=State.WAITING.value, file_name=new.file_name,
        content_type=new.content_type, url=new.url, data=new.data, options=dict(new.options), found={}, counts={},
        total=0, done=0, attempts=0, staged=False, created_by=principal.label, created_at=now, updated_at=now,
    )  # fmt: skip
    session.add(job)
    await session.flush()
    return job


async def job_row(session: AsyncSession, principal: Principal, job_id: uuid.UUID) -> ImportJob:
    """A job. Raises ImportNotFound for one that isn't there, or into what the principal can't change."""
    statement = select(ImportJob).where(ImportJob.id == job_id).execution_options(populate_existing=True)
    row: ImportJob | None = await session.scalar(changeable_by(principal, statement, ImportJob))
    if row is None:
        raise ImportNotFound
    return row


async def job_for_update(session: AsyncSession, principal: Principal, job_id: uuid.UUID) -> ImportJob:
    """A job that nobody else changes until this transaction ends. Raises ImportNotFound."""
    statement = select(ImportJob.id).where(ImportJob.id == job_id).with_for_update()
    await session.execute(changeable_by(principal, statement, ImportJob))
    return await job_row(session, principal, job_id)


async def list_jobs(
    session: AsyncSession, principal: Principal, page: Page, *, state: str | None, vendor_id: int | None
) -> tuple[list[ImportJob], int]:
    """The page's jobs, the newest first, and how many there are."""
    conditions: list[ColumnElement[bool]] = [] if state is None else [ImportJob.state == state]
    if vendor_id is not None:
        conditions.append(ImportJob.vendor_id == vendor_id)
    statement: Select[Any] = select(ImportJob).where(*conditions)
    ordered = statement.order_by(ImportJob.created_at.desc(), ImportJob.id).limit(page.limit).offset(page.offset)
    rows = await session.scalars(changeable_by(principal, ordered, ImportJob))
    counting = select(func.count(ImportJob.id)).where(*conditions)
    total = await session.scalar(changeable_by(principal, counting, ImportJob))
    return list(rows), total or 0


async def count_open(session: AsyncSession, principal: Principal) -> int:
    """How many jobs of the principal's tenant or vendor are being worked on, or wait for it."""
    counting = select(func.count(ImportJob.id)).where(ImportJob.state.in_(WORKED_ON))
    return await session.scalar(changeable_by(principal, counting, ImportJob)) or 0


async def data_of(session: AsyncSession, principal: Principal, job_id: uuid.UUID) -> bytes:
    """The bytes that were sent."""
    statement: Select[Any] = select(ImportJob.data).where(ImportJob.id == job_id)
    return await session.scalar(changeable_by(principal, statement, ImportJob)) or b""


async def advance(
    session: AsyncSession, principal: Principal, job_id: uuid.UUID, *, at: State, to: Mapping[str, Any]
) -> bool:
    """Write the values `to` to a job that is in the state `at`; False, and nothing written, where it isn't."""
    statement = update(ImportJob).where(ImportJob.id == job_id, ImportJob.state == at.value).values(**to)
    done = await session.execute(changeable_by(principal, statement, ImportJob))
    return isinstance(done, CursorResult) and done.rowcount == 1


async def delete_job(session: AsyncSession, principal: Principal, job_id: uuid.UUID) -> None:
    """Remove a job that has no rows any more, with its lane."""
    await session.execute(changeable_by(principal, delete(ImportJob).where(ImportJob.id == job_id), ImportJob))
    await session.execute(delete(Lane).where(Lane.key == lane_of(job_id)))


async def due_imports(session: AsyncSession, now: datetime, *, limit: int) -> Sequence[str]:
    """Lanes of jobs that have something to be done and that nobody holds."""
    is_due = or_(ImportJob.state.in_(WORKED_ON), ImportJob.staged)
    statement = select(ImportJob.id).where(is_due).order_by(ImportJob.created_at).limit(_LOOKED_AT)
    keys = [lane_of(job_id) for job_id in await session.scalars(statement)]
    if not keys:
        return []
    holding = select(Lane.key).where(Lane.key.in_(keys), Lane.lease_until > now, Lane.owner.is_not(None))
    held = set(await session.scalars(holding))
    return [key for key in keys if key not in held][:limit]


async def purge_imports(session: AsyncSession, now: datetime) -> None:
    """Delete what is left of old imports, so many rows at a time that no other writer waits long."""
    old = (ImportJob.updated_at < now - KEPT_FOR, ImportJob.state.not_in(WORKED_ON), ~ImportJob.staged)
    jobs = select(ImportJob.id).where(*old)
    rows = select(ImportRow.id).where(ImportRow.job_id.in_(jobs)).limit(PURGED_ROWS)
    await session.execute(delete(ImportRow).where(ImportRow.id.in_(rows)))
    empty = jobs.where(~exists().where(ImportRow.job_id == ImportJob.id))
    for job_id in list(await session.scalars(empty)):
        await delete_job(session, PLATFORM, job_id)
