"""The worker of calls: each job has a lane of its own, in which its call is analysed and its end told."""

from __future__ import annotations

import asyncio
import uuid
from collections import Counter
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import event
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession

from bot.logging import get_logger, log_context
from bot.models import AsyncJob, CallRecording
from bot.outbox.lanes import Lease, LeaseLost, parked
from bot.outbox.retry import RetryPolicy
from bot.tenancy.principal import PLATFORM
from bot.uninterrupted import uninterrupted
from bot.webhooks.callbacks import enqueue
from partner_api.api import Api
from partner_api.caller import Environment
from partner_api.calls import sandbox
from partner_api.calls.analysis.analyse import Analyst, Results
from partner_api.calls.analysis.call import Call
from partner_api.calls.analysis.errors import MESSAGES, AnalysisFailed, Failure
from partner_api.calls.fetching import fetch
from partner_api.calls.repository import recording_of
from partner_api.jobs.errors import JobNotFound
from partner_api.jobs.payload import callback_of
from partner_api.jobs.repository import delete_recording, due_jobs, job_for_update, job_row
from partner_api.jobs.states import OPEN, PREFIX, JobState

# A transcriber that was left alone for a while (`bot.speech.breaker`) is asked again before the last attempt.
RETRIES = RetryPolicy(max_attempts=3, first=timedelta(seconds=20), longest=timedelta(seconds=60))
# Each may hold a recording and its speech, and most of the time only waits for a transcriber. The sandbox has
# places of its own, so that it answers at once whatever production is at.
MOST_HELD = {Environment.PRODUCTION.value: 4, Environment.SANDBOX.value: 4}
# How often it is looked whether a call is still wanted, so that a cancelled one soon leaves its transcriber to others.
LOOK_SECONDS = 2.0

log = get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """A job that is being worked on; `attempts` counts this start."""

    job_id: uuid.UUID
    environment: str
    request: Mapping[str, Any]
    attempts: int


@dataclass(frozen=True, slots=True)
class Completed:
    results: Results


@dataclass(frozen=True, slots=True)
class Failed:
    failure: Failure


@dataclass(frozen=True, slots=True)
class Again:
    """Nothing came of it this time, and may after `delay`."""

    delay: timedelta


@dataclass(frozen=True, slots=True)
class Dropped:
    """The job was cancelled meanwhile: nothing is written and nothing sent."""


Result = Completed | Failed | Again | Dropped


class JobCancelled(Exception):
    """Somebody cancelled the job, or took it over, while it was worked on."""


class CallWorker:
    """Works lanes `call:<job>` (see `bot.outbox.lanes.LaneWorker`)."""

    prefix = PREFIX

    def __init__(self, api: Api) -> None:
        self._api = api
        self._analyst = Analyst(speech=api.speech, llm=api.llm)
        self._held: Counter[str] = Counter()

    async def take(self, session: AsyncSession, lease: Lease, now: datetime) -> Work | None:
        job = await _locked(session, lease.key)
        if job is None or not self._is_due(job, now):
            return None
        work = Work(job_id=job.id, environment=job.environment, request=job.request, attempts=job.attempts + 1)
        # `due_at` stays as it is: should this process die, the job is due as soon as its lease has run out.
        job.state, job.attempts = JobState.PROCESSING.value, work.attempts
        job.started_at = job.started_at or now
        return work

    async def due(self, session: AsyncSession, now: datetime, *, limit: int) -> Sequence[str]:
        found: list[str] = []
        for environment, most in MOST_HELD.items():
            if room := min(limit, most - self._held[environment]):
                found += await due_jobs(session, now, limit=room, environment=environment)
        return found

    async def next_due(self, session: AsyncSession, key: str) -> datetime | None:
        """When it is tried again; what this process has no room for is left to the sweep."""
        try:
            job = await job_row(session, PLATFORM, _id_in(key))
        except (JobNotFound, ValueError):
            return None
        return job.due_at if job.state in OPEN and self._has_room(job) else None

    async def perform(self, lease: Lease, item: Work) -> Result:
        log_context(job_id=str(item.job_id), attempts=item.attempts)
        self._held[item.environment] += 1
        try:
            # It waits for processes, transcribers and models, which are bound by themselves.
            async with parked():
                return await self._perform(lease, item)
        except asyncio.CancelledError:
            # This process ends, which says nothing of the call: however often that happens, it costs no attempt.
            with suppress(LeaseLost, SQLAlchemyError, OSError):
                await uninterrupted(_give_back(lease, item))
            raise
        finally:
            self._held[item.environment] -= 1

    async def finish(self, session: AsyncSession, lease: Lease, item: Work, result: Result) -> None:
        """Write what came of it: results, the recording's end and the callback, all or nothing."""
        job = await _locked(session, lease.key)
        if job is None or job.state != JobState.PROCESSING or isinstance(result, Dropped):
            await delete_recording(session, item.job_id)
            return
        now = lease.clock.now()
        if isinstance(result, Again):
            job.state, job.due_at = JobState.QUEUED.value, now + result.delay
            return
        results = result.results if isinstance(result, Completed) else None
        self._end(job, result, now=now)
        await delete_recording(session, job.id)
        await session.flush()
        base_url = self._api.settings.base_url
        if (callback := callback_of(job, results=results, base_url=base_url, now=now)) is not None:
            self._wake_after(session, await enqueue(session, callback, now=now))
        log.info("call_ended", state=job.state, error_code=job.error_code)

    def _is_due(self, job: AsyncJob, now: datetime) -> bool:
        return job.state in OPEN and job.due_at is not None and job.due_at <= now and self._has_room(job)

    def _has_room(self, job: AsyncJob) -> bool:
        return self._held[job.environment] < MOST_HELD[job.environment]

    def _end(self, job: AsyncJob, result: Completed | Failed, *, now: datetime) -> None:
        job.due_at, job.ended_at = None, now
        if isinstance(result, Completed):
            job.state, job.results = JobState.COMPLETED.value, result.results
            job.results_until = now + timedelta(days=self._api.settings.call_results_days)
        else:
            job.state = JobState.FAILED.value
            job.error_code, job.error_message = result.failure.value, MESSAGES[result.failure]

    def _wake_after(self, session: AsyncSession, lane: str) -> None:
        """Wake a lane once there is something for it to see."""
        event.listen(session.sync_session, "after_commit", lambda _: self._api.wake([lane]), once=True)

    async def _perform(self, lease: Lease, item: Work) -> Result:
        if item.attempts > RETRIES.max_attempts:
            # Its process died with it that often.
            return Failed(Failure.INTERNAL_ERROR)
        try:
            return Completed(await self._results(lease, item))
        except JobCancelled:
            return Dropped()
        except (LeaseLost, SQLAlchemyError):
            raise
        except AnalysisFailed as failed:
            log.info("call_not_analysed", code=failed.failure, cause=type(failed.__cause__).__name__)
            return _failed(failed, item)
        except Exception:
            # Whatever goes wrong with one call must neither stop its lane nor lose the job: it is tried
            # again, and at last its partner is told.
            log.exception("call_analysis_broke")
            return _failed(AnalysisFailed(Failure.INTERNAL_ERROR), item)

    async def _results(self, lease: Lease, item: Work) -> Results:
        async with lease.database.reading(heavy=True) as session:
            recording = await recording_of(session, PLATFORM, item.job_id)
        if recording is None:
            raise JobCancelled
        call = call_of(item.request, recording)
        if item.environment == Environment.SANDBOX:
            return await sandbox.answer(call, url=recording.url)
        if call.transcript is None and self._api.speech is None:
            raise AnalysisFailed(Failure.TRANSCRIPTION_UNAVAILABLE)
        if call.audio is None and recording.url is not None:
            data, content_type = await fetch(self._api.sender, recording.url)
            call = replace(call, audio=data, content_type=content_type)

        async def still_wanted() -> None:
            async with lease.database.reading() as reading:
                if (await job_row(reading, PLATFORM, item.job_id)).state != JobState.PROCESSING:
                    raise JobCancelled

        return await _while_wanted(self._analyst.analyse(call, before_each=still_wanted), still_wanted)


async def _while_wanted(work: Coroutine[Any, Any, Results], still_wanted: Callable[[], Awaitable[None]]) -> Results:
    """What comes of `work`, which is broken off where `still_wanted` raises JobCancelled."""
    task = asyncio.create_task(work)
    try:
        while not (await asyncio.wait([task], timeout=LOOK_SECONDS))[0]:
            # A store that can't be read for a moment costs nobody the minutes that a transcriber has worked.
            with suppress(SQLAlchemyError, OSError):
                await still_wanted()
        return task.result()
    finally:
        task.cancel()
        await asyncio.wait([task])


def call_of(request: Mapping[str, Any], recording: CallRecording) -> Call:
    """A call as its job's request asks for it. Without `channels` the first channel is the agent's."""
    channels = request.get("channels") or ["agent", "customer"]
    return Call(
        call_type=request["call_type"],
        language=request.get("language"),
        agent_channel=channels.index("agent"),
        mask=bool(request.get("mask_personal")),
        audio=recording.data,
        content_type=recording.content_type or "",
        transcript=recording.transcript,
    )


def _failed(failed: AnalysisFailed, item: Work) -> Failed | Again:
    delay = RETRIES.delay(item.attempts) if failed.is_transient else None
    return Failed(failed.failure) if delay is None else Again(delay)


async def _give_back(lease: Lease, item: Work) -> None:
    async with lease.transaction() as session:
        job = await _locked(session, lease.key)
        if job is not None and job.state == JobState.PROCESSING:
            job.state, job.attempts = JobState.QUEUED.value, item.attempts - 1


async def _locked(session: AsyncSession, key: str) -> AsyncJob | None:
    try:
        return await job_for_update(session, PLATFORM, _id_in(key))
    except (JobNotFound, ValueError):
        return None


def _id_in(key: str) -> uuid.UUID:
    return uuid.UUID(key.partition(":")[2])
