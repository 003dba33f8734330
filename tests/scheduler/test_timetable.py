from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession

from bot.clock import ManualClock
from bot.db.engine import Database
from bot.models import Channel, ClaimAttempt, IdempotencyRecord
from bot.tenancy.owners.repository import purge_claim_attempts
from scheduler.timetable import TIMETABLE, Timetable

HOUR = timedelta(hours=1)


class Job:
    """Counts its runs."""

    def __init__(self) -> None:
        self.runs = 0

    async def __call__(self, _session: AsyncSession, _now: datetime) -> None:
        self.runs += 1
        await asyncio.sleep(0)


async def test_of_many_processes_one_runs_a_job(database: Database, clock: ManualClock) -> None:
    job = Job()
    ran = await asyncio.gather(*(Timetable(database, clock).run("job", HOUR, job) for _ in range(6)))
    assert (sorted(ran), job.runs) == ([False] * 5 + [True], 1)


async def test_a_job_has_its_next_turn_with_the_next_interval(database: Database, clock: ManualClock) -> None:
    here, there, job = Timetable(database, clock), Timetable(database, clock), Job()
    assert await here.run("job", HOUR, job)
    clock.advance(HOUR * 0.8)
    assert not await there.run("job", HOUR, job)
    clock.advance(HOUR * 0.2)
    assert await there.run("job", HOUR, job)
    assert not await here.run("job", HOUR, job)


async def test_jobs_do_not_wait_for_each_other(database: Database, clock: ManualClock) -> None:
    timetable = Timetable(database, clock)
    assert [await timetable.run(name, HOUR, Job()) for name in ("one", "two")] == [True, True]


async def test_a_job_that_failed_gives_its_turn_back(database: Database, clock: ManualClock) -> None:
    async def fail(_session: AsyncSession, _now: datetime) -> None:
        raise SQLAlchemyError

    timetable = Timetable(database, clock)
    assert not await timetable.run("job", HOUR, fail)
    assert await timetable.run("job", HOUR, Job())


async def test_every_job_of_the_timetable_runs_on_each_store(database: Database, clock: ManualClock) -> None:
    timetable = Timetable(database, clock)
    assert all([await timetable.run(*entry) for entry in TIMETABLE])


async def test_expired_answers_are_removed_and_others_stay(database: Database, clock: ManualClock) -> None:
    now = clock.now()
    async with database.unit_of_work() as session:
        for key, expires_at in (("old", now - HOUR), ("new", now + HOUR)):
            record = IdempotencyRecord(scope="s", key_hash=key, request_hash="", created_at=now, expires_at=expires_at)
            session.add(record)
    await Timetable(database, clock).run(*TIMETABLE[0])
    async with database.reading() as session:
        kept = [await session.get(IdempotencyRecord, ("s", key)) is not None for key in ("old", "new")]
    assert kept == [False, True]


async def test_wrong_codes_are_forgotten_once_they_count_no_more(database: Database, clock: ManualClock) -> None:
    now, channel = clock.now(), Channel(is_central=True, name="x", basic_id="@x", secret_box=b"", token_box=b"")
    channel.created_at = channel.updated_at = now
    async with database.unit_of_work() as session:
        session.add(channel)
        await session.flush()
        for user_id, tried_at in (("old", now - HOUR), ("new", now - HOUR / 2)):
            session.add(ClaimAttempt(channel_id=channel.id, user_id=user_id, tried_at=tried_at))
    assert await Timetable(database, clock).run("purge_claim_attempts", HOUR, purge_claim_attempts)
    async with database.reading() as session:
        assert (await session.scalars(select(ClaimAttempt.user_id))).all() == ["new"]


async def test_a_timetable_starts_and_stops(database: Database, clock: ManualClock) -> None:
    timetable = Timetable(database, clock)
    timetable.stop()
    timetable.start()
    timetable.stop()
    timetable.stop()


async def test_of_many_processes_one_runs_a_chore(database: Database, clock: ManualClock) -> None:
    ran: list[datetime] = []

    async def chore(now: datetime) -> None:
        async with database.unit_of_work():
            ran.append(now)

    turns = await asyncio.gather(*(Timetable(database, clock).run_chore("chore", HOUR, chore) for _ in range(6)))
    assert (sorted(turns)[-2:], ran) == ([False, True], [clock.now()])
