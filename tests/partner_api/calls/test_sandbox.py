"""The sandbox answers at once, with what a partner's developers need to see."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import Any

import pytest

from partner_api import calls
from partner_api.caller import Environment
from partner_api.calls import sandbox
from partner_api.calls.analysis.call import Call
from partner_api.calls.analysis.errors import Failure
from partner_api.calls.analysis.turns import turns_of
from tests.partner_api.calls.conftest import Desk, MakeDesk
from tests.partner_api.calls.test_tasks import CALL

URL = "https://partner.example/call.mp3"
SAMPLES = json.loads(files(calls).joinpath("samples.json").read_text(encoding="utf-8"))
EACH = [(language, call_type) for language, samples in SAMPLES.items() for call_type in samples]


@pytest.fixture
async def desk(make_desk: MakeDesk) -> Desk:
    return await make_desk(speech=False, key={"environment": Environment.SANDBOX})


async def results(desk: Desk, **changes: Any) -> dict[str, Any]:
    job = await desk.done(**changes)
    assert job.state == "completed"
    return job.results or {}


async def test_a_transcript_is_really_analysed(desk: Desk) -> None:
    found = await results(desk)
    assert (found["sandbox"], found["transcript"][:6]) == (True, "Agent:")


@pytest.mark.parametrize(("language", "call_type"), EACH)
async def test_an_address_gets_a_sample_that_fits_and_is_not_fetched(language: str, call_type: str) -> None:
    found = await sandbox.answer(Call(call_type=call_type, language=language), url=URL)
    sample = SAMPLES[language][call_type]
    assert (found["language"], found["duration_seconds"]) == (language, sample["seconds"])
    assert [one["text"] for one in found["segments"]] == [one["text"] for one in sample["turns"]]
    assert found["tone_analysis"]["talk_share"]["agent"]["source"] == "segments"
    assert found["overall_score"] > 5


async def test_bytes_are_really_listened_to(desk: Desk) -> None:
    found = await results(desk, audio_file=CALL, transcript=None, call_type="sales_call")
    assert found["duration_seconds"] == pytest.approx(59.3, abs=0.2)
    assert found["tone_analysis"]["talk_share"]["agent"] == {"value": 0.59, "unit": "ratio", "source": "audio"}
    assert found["tone_analysis"]["pace"]["agent"]["value"] is None, "the words are a sample's"
    assert found["transcript"].startswith("Agent: ")


@pytest.mark.parametrize("code", [*Failure])
async def test_an_address_can_ask_for_a_failure(desk: Desk, code: Failure) -> None:
    job = await desk.done(audio_file=f"https://sandbox.example/fail/{code}", transcript=None)
    assert (job.state, job.error_code, job.attempts) == ("failed", code.value, 1)
    assert len(await desk.callbacks()) == 1


async def test_a_failure_that_nobody_knows_is_that_of_an_address(desk: Desk) -> None:
    job = await desk.done(audio_file="https://sandbox.example/fail/nonsense", transcript=None)
    assert job.error_code == "audio_fetch_failed"


@pytest.mark.parametrize(("asked", "seconds"), [("0.5", 0.5), ("7", 7.0), ("600", 60.0), ("1.2.3", 0.0)])
async def test_an_address_can_ask_for_patience(monkeypatch: pytest.MonkeyPatch, asked: str, seconds: float) -> None:
    slept: list[float] = []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)

    monkeypatch.setattr("partner_api.calls.sandbox.asyncio.sleep", sleep)
    await sandbox.answer(Call(call_type="general"), url=f"https://sandbox.example/slow/{asked}")
    assert slept == [seconds]


async def test_broken_bytes_fail_as_they_do_in_production(desk: Desk) -> None:
    job = await desk.done(audio_file=CALL[:400], transcript=None)
    assert job.error_code == "audio_unreadable"


def test_a_language_without_samples_gets_english_and_any_call_type_gets_one() -> None:
    assert sandbox.sample_of(Call(call_type="general", language="fr"))[0] == "en"
    assert sandbox.sample_of(Call(call_type="general", language="zh-TW"))[0] == "zh"


@pytest.mark.parametrize(("language", "call_type"), EACH)
def test_samples_are_conversations_in_order(language: str, call_type: str) -> None:
    sample = SAMPLES[language][call_type]
    turns = turns_of(sample["turns"])
    assert {turn.speaker for turn in turns} == {"agent", "customer"}
    assert [turn.start for turn in turns] == sorted(turn.start or 0 for turn in turns)
    assert all((turn.end or 0) <= sample["seconds"] for turn in turns)
