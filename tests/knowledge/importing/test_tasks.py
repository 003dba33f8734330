from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.exc import OperationalError

from bot.clock import ManualClock
from bot.db.engine import Database
from bot.models import ImportJob
from bot.outbox.lanes import LEASE
from bot.outbox.runner import LaneRunner
from bot.tenancy.principal import Principal
from bot.webhooks.sender import SafeSender
from knowledge import repository
from knowledge.importing import jobs, preview
from knowledge.importing.jobs import Decisions
from knowledge.importing.tasks import MOST_ATTEMPTS, ImportWorker
from knowledge.repository import NewEntry, NewVendor, staging
from knowledge.repository.imports import KEPT_FOR, NewImport, State, job_row, lane_of, purge_imports
from knowledge.repository.listing import EntryFilter, list_entries
from knowledge.repository.pages import Page
from tests.support.waiting import eventually

ROWS = 70
FAQ = "question,answer\n" + "".join(f"第{number}號方案的內容,答案{number}\n" for number in range(ROWS))
AUTO: Mapping[str, Any] = {"apply": "auto"}


@dataclass
class Bench:
    """One vendor, and a worker of its imports."""

    database: Database
    clock: ManualClock
    principal: Principal
    vendor_id: int
    runner: LaneRunner
    sender: SafeSender

    async def begin(self, *, options: Mapping[str, Any] = AUTO, **more: Any) -> uuid.UUID:
        new = NewImport("faq.csv", self.vendor_id, **({"data": FAQ.encode()} | more), options=options)
        async with self.database.unit_of_work() as session:
            return (await jobs.begin(session, self.principal, new, now=self.clock.now())).id

    async def work(self, job_id: uuid.UUID) -> ImportJob:
        await self.runner.work([lane_of(job_id)])
        return await self.job(job_id)

    async def job(self, job_id: uuid.UUID) -> ImportJob:
        async with self.database.reading() as session:
            return await job_row(session, self.principal, job_id)

    async def is_done(self, job_id: uuid.UUID) -> bool:
        return (await self.job(job_id)).state == State.DONE.value

    async def entries(self) -> int:
        """How many entries anybody can see, in lists or in answers."""
        async with self.database.reading() as session:
            _, total = await list_entries(session, self.principal, EntryFilter(), Page())
            known = await repository.knowledge_of(session, self.principal, self.vendor_id)
        assert len(known.entries) == total
        return total

    async def learn(self, question: str) -> None:
        async with self.database.unit_of_work() as session:
            await repository.add_entry(
                session, self.principal, NewEntry(question, "x", self.vendor_id), now=self.clock.now()
            )


@pytest.fixture
async def bench(database: Database, clock: ManualClock, tenants: tuple[Principal, Principal]) -> AsyncIterator[Bench]:
    async with database.unit_of_work() as session:
        vendor_id = await repository.add_vendor(session, tenants[0], NewVendor("V", "V"), now=clock.now())
    sender = SafeSender()
    runner = LaneRunner(database, clock, workers=[ImportWorker(sender)])
    yield Bench(database, clock, tenants[0], vendor_id, runner, sender)
    await sender.close()


class Interruption:
    """Lets a function fail at its nth call, as a process that is killed there would."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, module: Any, name: str, *, at: int) -> None:
        self._calls, self._at, self._real = 0, at, getattr(module, name)
        monkeypatch.setattr(module, name, self)

    async def __call__(self, *arguments: Any, **options: Any) -> Any:
        self._calls += 1
        if self._calls == self._at:
            raise OperationalError("interrupted", {}, Exception())
        return await self._real(*arguments, **options)


async def test_the_sweep_finds_an_import_whose_wake_up_was_lost(bench: Bench) -> None:
    job_id = await bench.begin()
    bench.runner.start()
    await eventually(lambda: bench.is_done(job_id))
    await bench.runner.stop(grace=1)
    assert await bench.entries() == ROWS


async def test_the_bytes_are_gone_once_they_are_read(bench: Bench) -> None:
    job = await bench.work(await bench.begin(options={}))
    async with bench.database.reading() as session:
        assert (job.state, await session.scalar(web_data(job.id))) == ("preview", None)


def web_data(job_id: uuid.UUID) -> Any:
    return ImportJob.__table__.select().with_only_columns(ImportJob.data).where(ImportJob.id == job_id)


@pytest.mark.parametrize("at", [1, 2])
async def test_an_import_that_was_interrupted_while_reading_is_read_again(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, at: int
) -> None:
    Interruption(monkeypatch, preview, "add_rows", at=at)
    job_id = await bench.begin(options={})
    assert (await bench.work(job_id)).state == "reading"
    bench.clock.advance(LEASE)
    again = await bench.work(job_id)
    assert (again.state, again.counts) == ("preview", {"new": ROWS})


@pytest.mark.parametrize(("name", "at"), [("stage", 1), ("stage", 3), ("publish", 1)])
async def test_an_import_that_was_interrupted_while_it_was_applied_is_seen_whole_or_not_at_all(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, name: str, at: int
) -> None:
    Interruption(monkeypatch, staging, name, at=at)
    job_id = await bench.begin()
    assert ((await bench.work(job_id)).state, await bench.entries()) == ("importing", 0)
    bench.clock.advance(LEASE)
    assert ((await bench.work(job_id)).state, await bench.entries()) == ("done", ROWS)


async def test_an_import_that_is_interrupted_again_and_again_fails_and_leaves_nothing(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    job_id = await bench.begin()
    for _ in range(MOST_ATTEMPTS):
        with monkeypatch.context() as patch:
            Interruption(patch, staging, "stage", at=2)
            await bench.work(job_id)
        bench.clock.advance(LEASE)
    job = await bench.work(job_id)
    assert (job.state, job.error, job.staged, await bench.entries()) == ("failed", "import_interrupted", False, 0)


async def test_an_import_that_is_cancelled_while_it_is_applied_leaves_nothing(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, job_id = staging.stage, await bench.begin()

    async def cancelling(*arguments: Any, **options: Any) -> None:
        await real(*arguments, **options)
        asyncio.get_running_loop().create_task(cancel())

    async def cancel() -> None:
        async with bench.database.unit_of_work() as session:
            if (await job_row(session, bench.principal, job_id)).state == State.IMPORTING.value:
                await jobs.cancel(session, bench.principal, job_id, now=bench.clock.now())

    monkeypatch.setattr(staging, "stage", cancelling)
    job = await bench.work(job_id)
    assert (job.state, job.staged, await bench.entries()) == ("cancelled", False, 0)


async def test_what_became_known_after_the_preview_is_not_brought_in_twice(bench: Bench) -> None:
    job_id = await bench.begin(options={})
    await bench.work(job_id)
    await bench.learn("第3號方案的內容")
    async with bench.database.unit_of_work() as session:
        await jobs.apply(session, bench.principal, job_id, Decisions(), now=bench.clock.now())
    assert (await bench.work(job_id)).counts == {"imported": ROWS - 1, "skipped": 1}


async def test_what_became_known_while_it_was_applied_is_not_brought_in_twice(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    real: Any = staging.hold
    learnt: list[int] = []

    async def learning(*arguments: Any) -> int:
        version: int = await real(*arguments)
        learnt.append(version)
        # As if somebody had changed something just before.
        return version + (len(learnt) == 1)

    monkeypatch.setattr(staging, "hold", learning)
    job = await bench.work(await bench.begin())
    assert (job.state, job.attempts, await bench.entries()) == ("done", 2, ROWS)


async def test_old_imports_are_deleted_and_their_entries_stay(bench: Bench) -> None:
    job_id = await bench.begin()
    await bench.work(job_id)
    for passed in (KEPT_FOR - timedelta(days=1), timedelta(days=2)):
        bench.clock.advance(passed)
        async with bench.database.unit_of_work() as session:
            await purge_imports(session, bench.clock.now())
    async with bench.database.reading() as session:
        assert (await session.scalars(ImportJob.__table__.select())).all() == []
    assert await bench.entries() == ROWS
