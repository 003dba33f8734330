"""The worker of imports: each has a lane of its own, in which it is read, brought in, or cleaned up after."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from bot.logging import get_logger
from bot.models import ImportJob
from bot.outbox.lanes import Lease
from bot.tenancy.principal import PLATFORM
from bot.webhooks.sender import SafeSender
from knowledge.errors import ImportNotFound
from knowledge.importing import applying, preview
from knowledge.importing.applying import Prepared
from knowledge.importing.errors import ImportRefused, Refusal
from knowledge.importing.fetching import fetch
from knowledge.importing.reading import read
from knowledge.importing.rows import Reading
from knowledge.importing.work import Step, Stopped, Work, step_of, work_of
from knowledge.repository.import_rows import count_rows
from knowledge.repository.imports import PREFIX, State, advance, data_of, due_imports, job_row

MOST_ATTEMPTS = 3
# Each may have a reading process of up to a gigabyte, and holds all rows of a file.
AT_ONCE = 2
AUTO = "auto"

log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Previewed:
    """The rows are kept, and compared with `version` of the knowledge."""

    reading: Reading
    version: int


@dataclass(frozen=True, slots=True)
class Failed:
    code: str
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Cleaned:
    """Nothing of an ended import is staged any more."""


Result = Previewed | Prepared | Failed | Cleaned | None


class ImportWorker:
    """Works lanes `import:<job>` (see `bot.outbox.lanes.LaneWorker`), at most `AT_ONCE` in this process."""

    prefix = PREFIX

    def __init__(self, sender: SafeSender) -> None:
        self._sender = sender
        self._slots = asyncio.Semaphore(AT_ONCE)
        self._working = 0

    async def take(self, session: AsyncSession, lease: Lease, now: datetime) -> Work | None:
        job = await _find(session, lease.key)
        # An import may take a minute; those that wait here would take the places of conversations.
        if job is None or self._working >= AT_ONCE:
            return None
        step = step_of(job)
        if step in (Step.READ, Step.APPLY) and job.attempts >= MOST_ATTEMPTS:
            _fail(job, Failed(ImportRefused(Refusal.INTERRUPTED).code), now=now)
            step = step_of(job)
        if step is None:
            return None
        if step is Step.READ:
            job.state = State.READING.value
        if step is not Step.CLEAN:
            job.attempts += 1
            job.updated_at = now
        return work_of(job, step)

    async def due(self, session: AsyncSession, now: datetime, *, limit: int) -> Sequence[str]:
        return await due_imports(session, now, limit=min(limit, AT_ONCE - self._working))

    async def next_due(self, session: AsyncSession, key: str) -> datetime | None:
        """Now or never: what this process has no room for is left to the sweep."""
        job = await _find(session, key)
        is_due = job is not None and step_of(job) is not None and self._working < AT_ONCE
        return job.updated_at if job is not None and is_due else None

    async def perform(self, lease: Lease, item: Work) -> Result:
        self._working += 1
        try:
            async with self._slots:
                return await self._perform(lease, item)
        except ImportRefused as refused:
            return Failed(refused.code, refused.values)
        except Stopped:
            return None
        finally:
            self._working -= 1

    async def finish(self, session: AsyncSession, lease: Lease, item: Work, result: Result) -> None:
        now = lease.clock.now()
        if isinstance(result, Prepared):
            done = await applying.finish(session, item, result, now=now)
            log.info("import_applied" if done else "import_starts_over", import_id=str(item.job_id))
            return
        job = await job_row(session, PLATFORM, item.job_id)
        if isinstance(result, Cleaned):
            job.staged = False
        elif isinstance(result, Failed) and step_of(job) is item.step:
            log.info("import_failed", import_id=str(job.id), code=result.code)
            _fail(job, result, now=now)
        elif isinstance(result, Previewed):
            await _keep(session, item, result, now=now)

    async def _perform(self, lease: Lease, work: Work) -> Result:
        if work.step is Step.READ:
            reading = await self._read(lease, work)
            return Previewed(reading, await preview.store(lease, work, reading))
        if work.step is Step.APPLY:
            return await applying.prepare(lease, work)
        await applying.clean(lease, work)
        return Cleaned()

    async def _read(self, lease: Lease, work: Work) -> Reading:
        if work.url is not None:
            page = await fetch(self._sender, work.url)
            return await read(page.data, filename=page.file_name, content_type=page.content_type)
        async with lease.database.reading(heavy=True) as session:
            data = await data_of(session, work.principal, work.job_id)
        return await read(data, filename=work.file_name, content_type=work.content_type)


async def _find(session: AsyncSession, key: str) -> ImportJob | None:
    try:
        return await job_row(session, PLATFORM, uuid.UUID(key.partition(":")[2]))
    except (ImportNotFound, ValueError):
        return None


async def _keep(session: AsyncSession, work: Work, result: Previewed, *, now: datetime) -> None:
    """End the reading: the bytes go, and the preview waits, or is brought in at once where that was asked for."""
    reading = result.reading
    found = {"version": result.version, "title": reading.title, "needs_questions": reading.needs_questions}
    state = State.IMPORTING if work.options.get("apply") == AUTO else State.PREVIEW
    values = {
        "state": state.value, "data": None, "format": reading.format.value, "found": found, "attempts": 0,
        "counts": await count_rows(session, work.principal, work.job_id), "updated_at": now,
    }  # fmt: skip
    rows = 0 if state is State.IMPORTING else len(reading.rows) + len(reading.problems)
    values |= {"done": rows, "total": rows}
    await advance(session, work.principal, work.job_id, at=State.READING, to=values)
    log.info("import_read", import_id=str(work.job_id), rows=len(reading.rows), format=reading.format.value)


def _fail(job: ImportJob, failed: Failed, *, now: datetime) -> None:
    job.state, job.error, job.data, job.updated_at = State.FAILED.value, failed.code, None, now
    job.found = job.found | {"error_values": dict(failed.values)}
