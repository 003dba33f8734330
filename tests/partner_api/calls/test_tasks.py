"""Jobs of calls: worked on, tried again, cancelled, lost and found, and told of once."""

from __future__ import annotations

import asyncio
import base64
import uuid
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy.exc import OperationalError
from sqlalchemy.ext.asyncio import AsyncSession

from bot.models import AsyncJob
from bot.outbox.lanes import LEASE
from bot.speech.port import AudioUnreadable, SpeechError, TranscriberTimeout, TranscriberUnavailable, Transcript
from bot.tenancy.principal import Principal
from partner_api.calls import tasks
from partner_api.calls.tasks import MOST_HELD, RETRIES, CallWorker
from partner_api.jobs.repository import job_row
from partner_api.jobs.states import lane_of
from tests.partner_api.calls.conftest import Desk, MakeDesk
from tests.partner_api.conftest import office_on
from tests.support.waiting import eventually

RECORDING = (Path(__file__).parents[2] / "data" / "two_voices.ogg").read_bytes()
CALL = base64.b64encode(RECORDING).decode()
# Its first seconds, in which the agent alone speaks.
SHORT = base64.b64encode(RECORDING[:12_000]).decode()
FIELDS = [
    "transcript", "language", "duration_seconds", "segments", "tone_analysis", "content_analysis", "scores",
    "overall_score", "model",
]  # fmt: skip
LONG = timedelta(minutes=5)


async def test_a_transcript_is_analysed_and_told_of(desk: Desk, woken: list[str]) -> None:
    job = await desk.done()
    assert (job.state, job.error_code, job.due_at, job.attempts) == ("completed", None, None, 1)
    assert job.ended_at == desk.clock.now()
    assert job.results_until == desk.clock.now() + timedelta(days=30)
    assert job.results is not None
    assert list(job.results) == FIELDS
    assert job.results["transcript"] == "Agent: Thank you for calling.\nCustomer: What does it cost?"
    assert await desk.recordings() == []
    [callback] = await desk.callbacks()
    assert (callback["status"], callback["call_id"]) == ("completed", str(job.call_id))
    assert list(callback["results"]) == FIELDS
    assert [lane.partition(":")[0] for lane in woken] == ["call", "callback"]


async def test_each_voice_of_a_recording_is_transcribed_and_measured(desk: Desk) -> None:
    job = await desk.done(audio_file=CALL, transcript=None, channels=["customer", "agent"])
    results = job.results or {}
    assert results["duration_seconds"] == pytest.approx(59.3, abs=0.2)
    assert [(one["speaker"], one["channel"]) for one in results["segments"]][:3] == [
        ("customer", 0), ("agent", 1), ("customer", 0),
    ]  # fmt: skip
    assert results["segments"][0]["start"] == pytest.approx(1.0, abs=0.1)
    assert results["tone_analysis"]["talk_share"]["customer"] == {"value": 0.59, "unit": "ratio", "source": "audio"}
    assert desk.ears.asked == len(results["segments"]) == 11


async def test_a_transcript_beside_a_recording_is_what_was_said(desk: Desk) -> None:
    results = (await desk.done(audio_file=CALL)).results or {}
    assert results["transcript"].startswith("Agent: Thank you")
    assert results["tone_analysis"]["silence_share"]["source"] == "audio"
    assert desk.ears.asked == 0


async def test_nobody_is_told_where_nobody_wants_to_know(desk: Desk) -> None:
    assert (await desk.done(webhook_url=None)).state == "completed"
    assert await desk.callbacks() == []


async def test_without_a_transcriber_a_recording_fails(make_desk: MakeDesk) -> None:
    desk = await make_desk(speech=False)
    job = await desk.done(audio_file=SHORT, transcript=None)
    assert (job.state, job.error_code, job.results) == ("failed", "transcription_unavailable", None)
    [callback] = await desk.callbacks()
    assert callback["error"] == {"code": job.error_code, "message": job.error_message}
    assert await desk.recordings() == []


@pytest.mark.parametrize(
    ("error", "code"),
    [(TranscriberUnavailable(), "transcription_failed"), (TranscriberTimeout(), "transcription_timeout")],
)
async def test_a_transcriber_that_fails_is_asked_again_and_then_no_more(
    desk: Desk, error: SpeechError, code: str
) -> None:
    desk.ears.errors = [error] * 9
    job = await desk.done(audio_file=SHORT, transcript=None)
    for attempt in range(1, RETRIES.max_attempts):
        assert (job.state, job.attempts, job.due_at) == (
            "queued",
            attempt,
            desk.clock.now() + (RETRIES.delay(attempt) or LONG),
        )
        assert await desk.callbacks() == []
        assert (await desk.work(job.id)).attempts == attempt, "not before it is due"
        desk.clock.advance(LONG)
        job = await desk.work(job.id)
    assert (job.state, job.error_code) == ("failed", code)
    assert len(await desk.callbacks()) == 1


async def test_a_transcriber_that_recovers_gives_results(desk: Desk) -> None:
    desk.ears.errors = [TranscriberUnavailable(), TranscriberUnavailable()]
    job = await desk.done(audio_file=SHORT, transcript=None)
    desk.clock.advance(LONG)
    assert (await desk.work(job.id)).state == "completed"


async def test_a_recording_that_nobody_can_read_fails_at_once(desk: Desk) -> None:
    desk.ears.errors = [AudioUnreadable()]
    assert (await desk.done(audio_file=SHORT, transcript=None)).error_code == "audio_unreadable"


async def test_a_recording_in_which_nothing_is_said_says_so(desk: Desk) -> None:
    desk.ears.said = Transcript("", None)
    assert (await desk.done(audio_file=SHORT, transcript=None)).error_code == "no_speech"


async def test_a_job_that_is_cancelled_meanwhile_leaves_nothing(desk: Desk) -> None:
    job_id = await desk.job(audio_file=SHORT, transcript=None)

    async def cancel() -> None:
        await desk.office.call("POST", f"/jobs/{job_id}/cancel")

    desk.ears.meanwhile = cancel
    job = await desk.work(job_id)
    assert (job.state, job.results, job.due_at) == ("cancelled", None, None)
    assert [told["status"] for told in await desk.callbacks()] == ["cancelled"], "of the cancelling alone"
    assert await desk.recordings() == []


async def test_a_transcriber_does_not_go_on_with_a_job_that_is_cancelled(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tasks, "LOOK_SECONDS", 0.01)
    job_id, broken_off = await desk.job(audio_file=SHORT, transcript=None), asyncio.Event()

    async def go_on() -> None:
        try:
            await desk.office.call("POST", f"/jobs/{job_id}/cancel")
            await asyncio.Event().wait()
        finally:
            broken_off.set()

    desk.ears.meanwhile = go_on
    assert (await asyncio.wait_for(desk.work(job_id), 30)).state == "cancelled"
    assert broken_off.is_set()


async def test_a_store_that_fails_for_a_moment_costs_no_transcript(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tasks, "LOOK_SECONDS", 0.01)
    looks: list[uuid.UUID] = []

    async def look(session: AsyncSession, principal: Principal, job_id: uuid.UUID) -> AsyncJob:
        looks.append(job_id)
        if len(looks) in (2, 3):
            raise OperationalError("select", None, OSError("gone for a moment"))
        return await job_row(session, principal, job_id)

    async def wait() -> None:
        await eventually(lambda: len(looks) > 4)

    monkeypatch.setattr(tasks, "job_row", look)
    desk.ears.meanwhile = wait
    job = await desk.done(audio_file=SHORT, transcript=None)
    assert (job.state, job.attempts) == ("completed", 1)


async def test_what_a_lost_worker_began_is_done_once(desk: Desk) -> None:
    job_id, hangs, going_on = await desk.job(audio_file=SHORT, transcript=None), asyncio.Event(), asyncio.Event()

    async def hang() -> None:
        desk.ears.meanwhile = None
        hangs.set()
        await going_on.wait()

    desk.ears.meanwhile = hang
    frozen = asyncio.create_task(desk.runner().work([lane_of(job_id)]))
    await hangs.wait()
    desk.clock.advance(LEASE)
    assert (await desk.work(job_id)).state == "completed"
    going_on.set()
    await frozen
    assert ((await desk.row(job_id)).attempts, len(await desk.callbacks())) == (2, 1)


async def test_a_process_that_is_told_to_end_costs_a_call_no_attempt(desk: Desk) -> None:
    job_id = await desk.job(audio_file=SHORT, transcript=None)
    for _ in range(RETRIES.max_attempts + 1):
        runner, hangs = desk.runner(), asyncio.Event()

        async def hang(hangs: asyncio.Event = hangs) -> None:
            hangs.set()
            await asyncio.Event().wait()

        desk.ears.meanwhile = hang
        working = asyncio.create_task(runner.work([lane_of(job_id)]))
        await hangs.wait()
        await runner.stop(grace=0)
        await working
        job = await desk.row(job_id)
        assert (job.state, job.attempts) == ("queued", 0)
        desk.clock.advance(LEASE)
    desk.ears.meanwhile = None
    assert (await desk.work(job_id)).state == "completed"


async def test_a_job_that_takes_its_worker_down_with_it_ends(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    async def die(*_: object) -> None:
        raise asyncio.CancelledError

    job_id = await desk.job()
    with monkeypatch.context() as patched:
        patched.setattr(CallWorker, "perform", die)
        for _ in range(RETRIES.max_attempts):
            await asyncio.gather(desk.runner().work([lane_of(job_id)]), return_exceptions=True)
            desk.clock.advance(LEASE)
    job = await desk.work(job_id)
    assert (job.state, job.error_code) == ("failed", "internal_error")
    assert len(await desk.callbacks()) == 1


async def test_a_fault_of_ours_is_tried_again_and_then_told(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise KeyError("quotes what somebody said")

    monkeypatch.setattr(tasks, "call_of", broken)
    job = await desk.done()
    while job.state == "queued":
        desk.clock.advance(LONG)
        job = await desk.work(job.id)
    assert (job.error_code, job.attempts) == ("internal_error", RETRIES.max_attempts)
    assert "quotes" not in (job.error_message or "")


async def test_a_full_worker_leaves_jobs_to_others_and_looks_again(desk: Desk) -> None:
    jobs = [await desk.job(audio_file=SHORT, transcript=None) for _ in range(MOST_HELD["production"] + 1)]
    going_on, runner = asyncio.Event(), desk.runner()

    async def hang() -> None:
        await going_on.wait()

    desk.ears.meanwhile = hang
    working = asyncio.create_task(runner.work([lane_of(job_id) for job_id in jobs]))
    await eventually(lambda: desk.ears.asked == MOST_HELD["production"])
    going_on.set()
    await working
    states = sorted([(await desk.row(job_id)).state for job_id in jobs])
    assert states == ["completed"] * MOST_HELD["production"] + ["queued"]
    async with desk.api.database.reading() as session:
        assert len(await CallWorker(desk.api).due(session, desk.clock.now(), limit=10)) == 1


async def test_a_partner_does_not_wait_for_all_that_another_has_sent(desk: Desk) -> None:
    first = [await desk.job() for _ in range(MOST_HELD["production"] + 2)]
    other = await office_on(desk.api, desk.office.client)
    desk.clock.advance(timedelta(seconds=1))
    late = await other.job()
    async with desk.api.database.reading() as session:
        due = await CallWorker(desk.api).due(session, desk.clock.now(), limit=2)
    assert lane_of(uuid.UUID(late)) in due
    assert set(due) < {lane_of(job_id) for job_id in (*first, uuid.UUID(late))}


async def test_lanes_of_no_job_are_nothing_to_do(desk: Desk) -> None:
    await desk.runner().work(["call:nonsense", lane_of(uuid.uuid4())])
    assert await desk.callbacks() == []
