"""The verbs on jobs."""

from __future__ import annotations

import uuid
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from bot.db.engine import Database
from bot.logging import get_logger
from bot.models import AsyncJob
from bot.tenancy.principal import Principal
from bot.webhooks.callbacks import enqueue
from partner_api.jobs import repository
from partner_api.jobs.errors import JobEnded, JobOpen
from partner_api.jobs.payload import callback_of
from partner_api.jobs.states import OPEN, JobState

PURGED_AT_ONCE = 100
PURGE_EVERY = timedelta(hours=1)

log = get_logger(__name__)


async def cancel(
    session: AsyncSession, principal: Principal, job_id: uuid.UUID, *, base_url: str, now: datetime
) -> tuple[AsyncJob, list[str]]:
    """End an open job as cancelled, delete its recording, and tell of it; gives the lanes to wake after the commit.

    Raises JobNotFound, and JobEnded for a job that has ended already.
    """
    job = await repository.job_for_update(session, principal, job_id)
    if job.state not in OPEN:
        raise JobEnded
    job.state, job.ended_at, job.due_at = JobState.CANCELLED.value, now, None
    await session.flush()
    await repository.delete_recording(session, job.id)
    callback = callback_of(job, results=None, base_url=base_url, now=now)
    return job, [] if callback is None else [await enqueue(session, callback, now=now)]


async def erase(session: AsyncSession, principal: Principal, job_id: uuid.UUID) -> None:
    """Remove a job's results before their time. Raises JobNotFound, and JobOpen for a job that has not ended."""
    job = await repository.job_for_update(session, principal, job_id)
    if job.state in OPEN:
        raise JobOpen
    await repository.erase_results(session, [job.id])


def purging(database: Database) -> Callable[[datetime], Awaitable[None]]:
    """The chore that removes results past their time, and recordings of jobs that have ended.

    Each so many at a time, so that no other writer waits long.
    """

    async def purge(now: datetime) -> None:
        found, erased, deleted = PURGED_AT_ONCE, 0, 0
        while found == PURGED_AT_ONCE:
            async with database.unit_of_work() as session:
                expired = await repository.expired_jobs(session, now, limit=PURGED_AT_ONCE)
                await repository.erase_results(session, expired)
                stale = await repository.stale_recordings(session, limit=PURGED_AT_ONCE)
                for job_id in stale:
                    await repository.delete_recording(session, job_id)
            found = max(len(expired), len(stale))
            erased, deleted = erased + len(expired), deleted + len(stale)
        if erased or deleted:
            log.info("call_results_purged", results=erased, recordings=deleted)

    return purge
