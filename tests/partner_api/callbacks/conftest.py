"""Jobs whose end is told to a receiver on loopback, and the worker that tells it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest

from bot.clock import ManualClock
from bot.db.engine import Database
from bot.outbox.runner import LaneRunner
from bot.webhooks.delivery.worker import CallbackWorker
from bot.webhooks.repository.deliveries import due_lanes
from partner_api.api import Api
from tests.partner_api.conftest import Office
from tests.support.callbacks import Receiver
from tests.support.partners import Answered, MadeKey, api_on, make_key
from tests.support.settings import MakeSettings


@dataclass(frozen=True)
class Callbacks:
    """An office whose calls' callbacks go to `receiver`; `work` sends what is due."""

    office: Office
    receiver: Receiver
    runner: LaneRunner
    clock: ManualClock

    async def ended_job(self, **changes: Any) -> str:
        """The id of a job that was cancelled, whose callback is due."""
        job_id = await self.office.job(webhook_url=self.receiver.url, **changes)
        answer = await self.office.call("POST", f"/jobs/{job_id}/cancel", key=changes.get("key"))
        assert answer.status == 200, answer
        return job_id

    async def work(self, *, after: timedelta = timedelta(0)) -> None:
        """Send what is due once `after` has gone by."""
        self.clock.advance(after)
        async with self.office.api.database.reading() as session:
            lanes = await due_lanes(session, self.clock.now(), limit=500)
        await self.runner.work(lanes)
        await self.runner.idle()

    async def fail_for_good(self) -> None:
        """Make every attempt of what is due."""
        for after in (timedelta(0), timedelta(seconds=30), timedelta(seconds=270)):
            await self.work(after=after)

    async def call(self, method: str, path: str, *, key: MadeKey | None = None, **more: Any) -> Answered:
        return await self.office.call(method, path, key=key, **more)

    async def another_key(self, **changes: Any) -> MadeKey:
        """Another key of the same partner."""
        return await make_key(self.office.api, await self.office.partner(), **changes)

    async def deliveries(self, job_id: str) -> list[Any]:
        answer = await self.call("GET", f"/jobs/{job_id}/deliveries")
        found: list[Any] = answer.body["deliveries"]
        return found


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    made = Receiver()
    await made.listen()
    yield made
    await made.close()


@pytest.fixture
async def api(
    sqlite_database: Database, clock: ManualClock, settings: MakeSettings, receiver: Receiver, woken: list[str]
) -> AsyncIterator[Api]:
    made = api_on(sqlite_database, settings(ssrf_allow=receiver.pair), clock, wake=woken.extend)
    yield made
    await made.sender.close()


@pytest.fixture
async def callbacks(office: Office, receiver: Receiver, clock: ManualClock) -> AsyncIterator[Callbacks]:
    worker = CallbackWorker(office.api.sender, office.api.signers, jitter=lambda: 0.0, deadline=0.3)
    runner = LaneRunner(office.api.database, clock, workers=[worker])
    yield Callbacks(office, receiver, runner, clock)
    await runner.stop(grace=1)
