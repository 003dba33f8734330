"""Working on one import in the command's own process, with a bar that shows how far it is."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import datetime

from rich.progress import Progress, TaskID
from sqlalchemy.ext.asyncio import AsyncSession

from bot.cli.progress import progress_bar
from bot.clock import SystemClock
from bot.db.engine import Database
from bot.models import ImportJob
from bot.outbox.runner import LaneRunner
from bot.tenancy.principal import Principal
from bot.webhooks.sender import SafeSender
from knowledge.errors import WrongState
from knowledge.importing import jobs
from knowledge.importing.tasks import ImportWorker
from knowledge.repository.imports import WORKED_ON, State, job_row, lane_of

LOOK_SECONDS = 0.1
TRY_AGAIN_SECONDS = 0.5
GRACE_SECONDS = 2.0


class _ThisOneAlone(ImportWorker):
    """Leaves the imports that are due to the server that they were sent to."""

    async def due(self, session: AsyncSession, now: datetime, *, limit: int) -> Sequence[str]:
        return ()


async def followed(
    database: Database, sender: SafeSender, principal: Principal, job_id: uuid.UUID, *, quiet: bool
) -> ImportJob:
    """The job once nothing more is due of it. It is cancelled where the command is interrupted.

    A server on the same store may take it over at any time; then this looks on.
    """
    with progress_bar(quiet=quiet) as bar:
        shown = bar.add_task("reading", total=None)
        try:
            async with _worked_on(database, sender, job_id):
                return await _ended(database, principal, job_id, bar=bar, shown=shown)
        except asyncio.CancelledError:
            with suppress(WrongState):
                async with database.unit_of_work() as session:
                    await jobs.cancel(session, principal, job_id, now=SystemClock().now())
            raise


async def _ended(
    database: Database, principal: Principal, job_id: uuid.UUID, *, bar: Progress, shown: TaskID
) -> ImportJob:
    while True:
        async with database.reading() as session:
            job = await job_row(session, principal, job_id)
        bar.update(shown, description=job.state, completed=job.done, total=job.total or None)
        if State(job.state) not in WORKED_ON:
            return job
        await asyncio.sleep(LOOK_SECONDS)


@asynccontextmanager
async def _worked_on(database: Database, sender: SafeSender, job_id: uuid.UUID) -> AsyncIterator[None]:
    runner = LaneRunner(database, SystemClock(), workers=[_ThisOneAlone(sender)])
    runner.start()

    async def keep_working() -> None:
        while True:
            await runner.work([lane_of(job_id)])
            await asyncio.sleep(TRY_AGAIN_SECONDS)

    working = asyncio.create_task(keep_working())
    try:
        yield
    finally:
        working.cancel()
        await asyncio.gather(working, return_exceptions=True)
        await runner.stop(grace=GRACE_SECONDS)
