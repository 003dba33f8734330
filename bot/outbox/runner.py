"""The runner: claims lanes and works them, different lanes in parallel, each lane in order."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Iterable, Sequence
from contextlib import suppress
from functools import partial
from typing import Any

from sqlalchemy.exc import SQLAlchemyError

from bot.clock import Clock
from bot.db.engine import Database
from bot.logging import get_logger
from bot.outbox import repository
from bot.outbox.lanes import LEASE, SLOT, LaneWorker, Lease, LeaseLost

CONCURRENCY = 32
SWEEP_SECONDS = 2.0
SWEEP_LIMIT = 500
# What is postponed for longer is the sweep's.
LONGEST_TIMER_SECONDS = 60.0
RENEW_SECONDS = LEASE.total_seconds() / 3

log = get_logger(__name__)


class LaneRunner:
    """Works the lanes of all `workers` in this process, at most `concurrency` at once."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        *,
        workers: Iterable[LaneWorker[Any, Any]],
        concurrency: int = CONCURRENCY,
    ) -> None:
        self._database = database
        self._clock = clock
        self._workers = {worker.prefix: worker for worker in workers}
        self._slots = asyncio.Semaphore(concurrency)
        self._owner = uuid.uuid4()
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._held: set[str] = set()
        self._background: list[asyncio.Task[None]] = []
        self._stopping = False

    def start(self) -> None:
        """Begin to sweep for due lanes and to renew the leases of those being worked."""
        self._background = [asyncio.create_task(self._sweep()), asyncio.create_task(self._renew())]

    async def stop(self, *, grace: float) -> None:
        """Finish the items being worked on, for at most `grace` seconds, and give their lanes back.

        What is not finished by then is dropped where it stands; its rows are picked up by the next
        process once the lease has run out.
        """
        self._stopping = True
        for task in self._background:
            task.cancel()
        if self._tasks:
            _, late = await asyncio.wait(self._tasks.values(), timeout=grace)
            for task in late:
                task.cancel()
        await asyncio.gather(*self._background, *self._tasks.values(), return_exceptions=True)

    async def work(self, keys: Sequence[str]) -> None:
        """Work these lanes until each has nothing due; those that this process is at already are
        left to that, since a lane looks for newly due items before it is given up."""
        if started := [self._start(key) for key in keys if key not in self._tasks and not self._stopping]:
            await asyncio.wait(started)

    def _start(self, key: str) -> asyncio.Task[None]:
        task = asyncio.create_task(self._work(key))
        self._tasks[key] = task
        task.add_done_callback(partial(self._ended, key))
        return task

    def _ended(self, key: str, task: asyncio.Task[None]) -> None:
        """Forget the task of a lane. A fault of the worker's own is told of; the sweep tries the lane
        again once its lease has run out."""
        self._tasks.pop(key, None)
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("lane_failed", lane=key, exc_info=error)

    async def idle(self) -> None:
        """Wait until no lane is being worked in this process."""
        while self._tasks:
            await asyncio.wait(list(self._tasks.values()))
            await asyncio.sleep(0)

    async def _work(self, key: str) -> None:
        worker = self._workers.get(key.partition(":")[0])
        if worker is None:
            log.error("lane_without_worker", lane=key)
            return
        try:
            async with self._slots:
                SLOT.set(self._slots)
                while not self._stopping and await self._drain(worker, key):
                    pass
        except LeaseLost:
            log.warning("lease_lost", lane=key)
        except (SQLAlchemyError, OSError):
            # The store failed half-way. The rows still say what is due, and the sweep comes back.
            log.exception("lane_interrupted", lane=key)

    async def _drain(self, worker: LaneWorker[Any, Any], key: str) -> bool:
        """Work a lane until nothing is due; True when something became due while it was given back."""
        async with self._database.unit_of_work() as session:
            now = self._clock.now()
            fence = await repository.claim(session, key, owner=self._owner, now=now, until=now + LEASE)
            if fence is None:
                return False
            lease = Lease(key=key, owner=self._owner, fence=fence, database=self._database, clock=self._clock)
            item = await self._next(session, worker, lease)
        self._held.add(key)
        try:
            while item is not None:
                result = await worker.perform(lease, item)
                async with lease.transaction() as session:
                    await worker.finish(session, lease, item, result)
                    item = await self._next(session, worker, lease)
        finally:
            self._held.discard(key)
        async with self._database.reading() as session:
            due_at = await worker.next_due(session, key)
        if due_at is None:
            return False
        wait = (due_at - self._clock.now()).total_seconds()
        if 0 < wait <= LONGEST_TIMER_SECONDS:
            asyncio.get_running_loop().call_later(wait, self._look_again, key)
        return wait <= 0

    def _look_again(self, key: str) -> None:
        """What was postponed is due now; waiting for the sweep would cost it precious seconds."""
        if key not in self._tasks and not self._stopping:
            self._start(key)

    async def _next(self, session: Any, worker: LaneWorker[Any, Any], lease: Lease) -> Any:
        """Take the next item; when there is none, give the lane back in the same transaction."""
        now = self._clock.now()
        item = None if self._stopping else await worker.take(session, lease, now)
        if item is None:
            await repository.release(session, lease.key, fence=lease.fence, now=now)
        return item

    async def _sweep(self) -> None:
        """Find the due lanes whose wake-up was lost, or whose worker was."""
        while True:
            try:
                for worker in self._workers.values():
                    async with self._database.reading() as session:
                        due = await worker.due(session, self._clock.now(), limit=SWEEP_LIMIT)
                    for key in due:
                        if key not in self._tasks:
                            self._start(key)
            except (SQLAlchemyError, OSError):
                log.exception("sweep_failed")
            await asyncio.sleep(SWEEP_SECONDS)

    async def _renew(self) -> None:
        """Keep the leases of slow work alive, all with one statement."""
        while True:
            await asyncio.sleep(RENEW_SECONDS)
            if not self._held:
                continue
            with suppress(SQLAlchemyError, OSError):
                async with self._database.unit_of_work() as session:
                    until = self._clock.now() + LEASE
                    await repository.renew(session, list(self._held), owner=self._owner, until=until)
