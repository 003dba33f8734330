"""The timetable: names and times only. APScheduler fires in every process, a claim lets one run.

Two schedulers on one store run each job twice, so a job first claims its turn as a lane of its
own; every job is idempotent all the same.
"""

from __future__ import annotations

import uuid
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.interval import IntervalTrigger
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession

from bot.clock import Clock
from bot.db.engine import Database
from bot.logging import get_logger
from bot.outbox.repository import claim
from bot.tenancy.owners.repository import purge_claim_attempts
from bot.web.repository import purge_expired
from knowledge.repository.imports import purge_imports
from knowledge.repository.sessions import purge_sessions

Job = Callable[[AsyncSession, datetime], Awaitable[object]]
Chore = Callable[[datetime], Awaitable[object]]
TIMETABLE: tuple[tuple[str, timedelta, Job], ...] = (
    ("purge_idempotency_records", timedelta(hours=1), purge_expired),
    ("purge_claim_attempts", timedelta(hours=1), purge_claim_attempts),
    ("purge_chat_sessions", timedelta(hours=1), purge_sessions),
    ("purge_imports", timedelta(minutes=10), purge_imports),
)
# A turn ends a little before the next one begins, so that processes whose timers differ don't skip.
TURN_SHARE = 0.9

log = get_logger(__name__)


class Timetable:
    """Runs the jobs of `TIMETABLE`, each once an interval however many processes there are.

    `chores` are run likewise, but in transactions of their own, since they take longer than one should last.
    """

    def __init__(
        self, database: Database, clock: Clock, *, chores: Sequence[tuple[str, timedelta, Chore]] = ()
    ) -> None:
        self._database = database
        self._clock = clock
        self._chores = chores
        self._process = uuid.uuid4()
        self._scheduler = AsyncIOScheduler(timezone="UTC")

    def start(self) -> None:
        turns = [(self.run, entry) for entry in TIMETABLE] + [(self.run_chore, entry) for entry in self._chores]
        for run, entry in turns:
            trigger = IntervalTrigger(seconds=int(entry[1].total_seconds()))
            self._scheduler.add_job(run, trigger, args=entry, id=entry[0], coalesce=True)
        self._scheduler.start()

    def stop(self) -> None:
        if self._scheduler.running:
            self._scheduler.shutdown(wait=False)

    async def run(self, name: str, interval: timedelta, job: Job) -> bool:
        """Run a job unless another process had its turn within the interval; True when it ran."""

        async def turn(now: datetime) -> bool:
            async with self._database.unit_of_work() as session:
                if is_ours := await self._is_our_turn(session, name, interval, now):
                    await job(session, now)
            return is_ours

        return await self._ran(name, turn)

    async def run_chore(self, name: str, interval: timedelta, chore: Chore) -> bool:
        """Run a chore unless another process had its turn within the interval; True when it ran."""

        async def turn(now: datetime) -> bool:
            async with self._database.unit_of_work() as session:
                is_ours = await self._is_our_turn(session, name, interval, now)
            if is_ours:
                await chore(now)
            return is_ours

        return await self._ran(name, turn)

    async def _ran(self, name: str, turn: Callable[[datetime], Awaitable[bool]]) -> bool:
        """Take a turn and tell of it."""
        try:
            ran = await turn(self._clock.now())
        except (SQLAlchemyError, OSError):
            log.exception("timetable_job_failed", job=name)
            return False
        if ran:
            log.info("timetable_job_ran", job=name)
        return ran

    async def _is_our_turn(self, session: AsyncSession, name: str, interval: timedelta, now: datetime) -> bool:
        until = now + interval * TURN_SHARE
        return await claim(session, f"timetable:{name}", owner=self._process, now=now, until=until) is not None
