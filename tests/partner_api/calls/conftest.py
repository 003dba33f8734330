"""A worker of calls beside the Partner API, with a transcriber that does as it is told."""

from __future__ import annotations

import json
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from typing import Any

import pytest
from sqlalchemy import select

from bot.clock import ManualClock
from bot.db.engine import Database
from bot.models import AsyncJob, CallRecording, WebhookDelivery
from bot.outbox.runner import LaneRunner
from bot.speech.port import Segment, SpeechError, Transcript
from bot.tenancy.principal import PLATFORM
from partner_api.api import Api
from partner_api.calls.analysis import transcribing
from partner_api.calls.tasks import CallWorker
from partner_api.jobs.repository import job_row
from partner_api.jobs.states import lane_of
from tests.partner_api.conftest import Office, office_on
from tests.support.partners import api_on, served
from tests.support.settings import MakeSettings

WEBHOOK = "https://partner.example/webhook/callback"
SAID = Transcript("Thank you for calling.", "en", (Segment("Thank you for calling.", 0.5, 2.0),))
Step = Callable[[], Awaitable[None]]


@dataclass
class Ears:
    """A transcriber that says `said`, raises its `errors` first, and does `meanwhile` while it listens."""

    said: Transcript = SAID
    errors: list[SpeechError] = field(default_factory=list)
    meanwhile: Step | None = None
    asked: int = 0
    splits_at_pauses: bool = False

    async def transcribe(
        self, data: bytes, *, content_type: str = "", language: str | None = None, within: float
    ) -> Transcript:
        self.asked += 1
        if self.meanwhile is not None:
            await self.meanwhile()
        if self.errors:
            raise self.errors.pop(0)
        return self.said

    async def close(self) -> None: ...


@dataclass
class Desk:
    """An office, and workers of its jobs."""

    office: Office
    api: Api
    clock: ManualClock
    ears: Ears

    def runner(self) -> LaneRunner:
        """A worker in a process of its own, as far as the store can tell."""
        return LaneRunner(self.api.database, self.clock, workers=[CallWorker(self.api)])

    async def job(self, **changes: Any) -> uuid.UUID:
        return uuid.UUID(await self.office.job(**({"webhook_url": WEBHOOK} | changes)))

    async def work(self, job_id: uuid.UUID) -> AsyncJob:
        await self.runner().work([lane_of(job_id)])
        return await self.row(job_id)

    async def done(self, **changes: Any) -> AsyncJob:
        """A new job, as it is once it was worked on."""
        return await self.work(await self.job(**changes))

    async def row(self, job_id: uuid.UUID) -> AsyncJob:
        async with self.api.database.reading() as session:
            return await job_row(session, PLATFORM, job_id, results=True)

    async def callbacks(self) -> list[Any]:
        """What callbacks tell, parsed."""
        return [json.loads(body) for body in await self.office.rows(select(WebhookDelivery.body))]

    async def recordings(self) -> list[CallRecording]:
        return await self.office.rows(select(CallRecording))


MakeDesk = Callable[..., Awaitable[Desk]]


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A transcriber is asked again at once."""
    monkeypatch.setattr(transcribing, "AGAIN_SECONDS", 0)


@pytest.fixture
async def make_desk(
    sqlite_database: Database, clock: ManualClock, settings: MakeSettings, woken: list[str]
) -> AsyncIterator[MakeDesk]:
    """`await make_desk(environment=..., ssrf_allow=...)`: an office whose key is of that environment."""
    async with AsyncExitStack() as stack:

        async def make(*, speech: bool = True, key: Mapping[str, Any] | None = None, **changes: Any) -> Desk:
            ears = Ears()
            heard = ears if speech else None
            api = api_on(sqlite_database, settings(**changes), clock, wake=woken.extend, speech=heard)
            stack.push_async_callback(api.sender.close)
            office = await office_on(api, await stack.enter_async_context(served(api)), **(key or {}))
            return Desk(office, api, clock, ears)

        yield make


@pytest.fixture
async def desk(make_desk: MakeDesk) -> Desk:
    return await make_desk()
