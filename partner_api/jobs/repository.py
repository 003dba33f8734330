"""The statements behind jobs."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, bindparam, delete, func, null, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import undefer

from bot.db.sqlite import HEAVY
from bot.models import AsyncJob, CallRecording, Lane, WebhookDelivery
from bot.tenancy.principal import Principal
from bot.tenancy.scope import visible_to
from partner_api.jobs.errors import JobNotFound
from partner_api.jobs.states import ENDED, OPEN, JobState, lane_of
from partner_api.wire import PageQuery

# Without statistics SQLite would look through every job that there ever was.
_OPEN_FIRST = ("INDEXED BY ix_async_jobs_due", "sqlite")
# Every call that is taken in asks for it, and the index alone answers: what is open has a `due_at`.
_OPEN_OF_KEY = (
    select(func.count())
    .select_from(AsyncJob)
    .with_hint(AsyncJob, "INDEXED BY ix_async_jobs_key", "sqlite")
    .where(AsyncJob.partner_api_key_id == bindparam("key_id"), AsyncJob.due_at.is_not(None))
)


@dataclass(frozen=True, slots=True)
class OpenJobs:
    """How many jobs wait and are worked on, and since when the longest waits."""

    queued: int
    processing: int
    oldest_queued: datetime | None


async def job_row(session: AsyncSession, principal: Principal, job_id: uuid.UUID, *, results: bool = False) -> AsyncJob:
    """A job, fresh from the store, with its `results` where they are wanted. Raises JobNotFound."""
    statement = select(AsyncJob).where(AsyncJob.id == job_id).execution_options(populate_existing=True)
    if results:
        statement = statement.options(undefer(AsyncJob.results))
    row: AsyncJob | None = await session.scalar(visible_to(principal, statement, AsyncJob))
    if row is None:
        raise JobNotFound
    return row


async def job_for_update(session: AsyncSession, principal: Principal, job_id: uuid.UUID) -> AsyncJob:
    """A job that nobody else changes until this transaction ends. Raises JobNotFound."""
    locking = select(AsyncJob.id).where(AsyncJob.id == job_id).with_for_update(key_share=True)
    await session.execute(visible_to(principal, locking, AsyncJob))
    return await job_row(session, principal, job_id)


async def list_jobs(
    session: AsyncSession, principal: Principal, page: PageQuery, *, state: str | None, company_id: uuid.UUID | None
) -> tuple[list[AsyncJob], int]:
    """The page's jobs, the newest first, and how many there are."""
    conditions: list[ColumnElement[bool]] = [] if state is None else [AsyncJob.state == state]
    if company_id is not None:
        conditions.append(AsyncJob.company_id == company_id)
    statement: Select[Any] = select(AsyncJob).where(*conditions)
    ordered = statement.order_by(AsyncJob.created_at.desc(), AsyncJob.id).limit(page.limit).offset(page.offset)
    rows = await session.scalars(visible_to(principal, ordered, AsyncJob))
    counting: Select[Any] = select(func.count(AsyncJob.id)).where(*conditions)
    total = await session.scalar(visible_to(principal, counting, AsyncJob))
    return list(rows), total or 0


async def count_open_of_key(session: AsyncSession, key_id: uuid.UUID) -> int:
    """How many jobs that were asked for with this key have not ended."""
    return await session.scalar(_OPEN_OF_KEY, {"key_id": key_id}) or 0


async def open_jobs(session: AsyncSession, principal: Principal) -> OpenJobs:
    """What waits and is worked on of the jobs that the principal may see."""
    columns: tuple[Any, ...] = (AsyncJob.state, func.count(), func.min(AsyncJob.created_at))
    statement = select(*columns).with_hint(AsyncJob, *_OPEN_FIRST).group_by(AsyncJob.state)
    statement = statement.where(AsyncJob.due_at.is_not(None), AsyncJob.state.in_(OPEN))
    found = {row[0]: row for row in await session.execute(visible_to(principal, statement, AsyncJob))}
    queued, processing = found.get(JobState.QUEUED), found.get(JobState.PROCESSING)
    return OpenJobs(queued[1] if queued else 0, processing[1] if processing else 0, queued[2] if queued else None)


async def due_jobs(
    session: AsyncSession, now: datetime, *, limit: int, environment: str | None = None
) -> Sequence[str]:
    """Lanes of jobs that are due and that nobody holds; with `environment` of that one alone.

    Partners take turns, so that nobody waits for all that another has sent; of each the longest due comes first.
    """
    held = select(Lane.key).where(Lane.owner.is_not(None), Lane.lease_until > now)
    taken = set(await session.scalars(held))
    # What is being worked on is due as well, and so counts among its partner's turns.
    turn = func.row_number().over(partition_by=AsyncJob.tenant_id, order_by=AsyncJob.due_at)
    due = select(AsyncJob.id).with_hint(AsyncJob, *_OPEN_FIRST).where(AsyncJob.due_at <= now)
    due = due.order_by(turn, AsyncJob.due_at).limit(limit + len(taken))
    if environment is not None:
        due = due.where(AsyncJob.environment == environment)
    keys = [lane_of(job_id) for job_id in await session.scalars(due)]
    return [key for key in keys if key not in taken][:limit]


async def delete_recording(session: AsyncSession, job_id: uuid.UUID) -> None:
    """Remove what a job worked on: it has ended."""
    gone = delete(CallRecording).where(CallRecording.job_id == job_id)
    # It may be 25 MB, whose pages SQLite goes through one by one.
    await _run(session, gone.prefix_with(HEAVY, dialect="sqlite"))


async def erase_results(session: AsyncSession, job_ids: Sequence[uuid.UUID]) -> None:
    """Remove the results of jobs, and the callbacks that carry them: one that was not sent yet never is."""
    told = update(WebhookDelivery).where(WebhookDelivery.async_job_id.in_(job_ids)).values(body=null())
    await _run(session, told)
    await _run(session, update(AsyncJob).where(AsyncJob.id.in_(job_ids)).values(results=null(), results_until=None))


async def expired_jobs(session: AsyncSession, now: datetime, *, limit: int) -> list[uuid.UUID]:
    """Jobs whose results are past their time."""
    statement = select(AsyncJob.id).where(AsyncJob.results_until <= now).limit(limit)
    return list(await session.scalars(statement))


async def stale_recordings(session: AsyncSession, *, limit: int) -> list[uuid.UUID]:
    """Jobs that have ended and whose recording is still there."""
    joined = select(CallRecording.job_id).join(AsyncJob, AsyncJob.id == CallRecording.job_id)
    return list(await session.scalars(joined.where(AsyncJob.state.in_(ENDED)).limit(limit)))


async def _run(session: AsyncSession, statement: Any) -> None:
    await session.execute(statement, execution_options={"synchronize_session": False})
