"""What transcribers tell of a call's channels, made turns."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from bot.speech.port import (
    AudioTooLong,
    AudioUnreadable,
    Segment,
    SpeechError,
    TranscriberTimeout,
    TranscriberUnavailable,
    Transcript,
)
from partner_api.calls.analysis import transcribing
from partner_api.calls.analysis.audio import Part, Recording
from partner_api.calls.analysis.errors import AnalysisFailed, Failure
from partner_api.calls.analysis.transcribing import Spoken, transcribed
from partner_api.calls.analysis.turns import Turn
from partner_api.calls.analysis.wire import Channel, Heard

SOUND = Channel(((0.0, 30.0),), -20.0, None, 0.0)
STEREO = Recording(
    Heard(30.0, (SOUND, SOUND)),
    (Part(0, (0.0, 10.0), b"agent one"), Part(0, (20.0, 30.0), b"agent two"), Part(1, (5.0, 25.0), b"customer")),
)
MONO = Recording(Heard(30.0, (SOUND,)), (Part(0, (1.0, 9.0), b"agent one"),))
TOLD = {
    b"agent one": Transcript("Hi. Bye.", "en", (Segment("Hi.", 0.0, 1.0), Segment("Bye.", 8.0, 9.5))),
    b"agent two": Transcript("Yes.", "en", (Segment("Yes.", 1.0, 20.0),)),
    b"customer": Transcript("Hello.", "en", (Segment("Hello.", 2.0, 3.0),)),
}


class Told:
    """A transcriber that has an answer for each recording."""

    splits_at_pauses = False

    def __init__(self, answer: Callable[[bytes], Transcript] = TOLD.__getitem__) -> None:
        self.answer = answer
        self.asked: list[tuple[str, str | None, float]] = []

    async def transcribe(
        self, data: bytes, *, content_type: str = "", language: str | None = None, within: float
    ) -> Transcript:
        self.asked.append((content_type, language, within))
        await asyncio.sleep(0)
        return self.answer(data)

    async def close(self) -> None: ...


async def heard(transcriber: Told, recording: Recording = STEREO, *, agent_channel: int = 0) -> Spoken:
    async def go_on() -> None: ...

    return await transcribed(transcriber, recording, language="zh-TW", agent_channel=agent_channel, before_each=go_on)


async def test_channels_are_transcribed_by_themselves_and_woven_by_their_times() -> None:
    transcriber = Told()
    spoken = await heard(transcriber)
    assert spoken == Spoken(
        [
            Turn("agent", 0, 0.0, 1.0, "Hi."), Turn("customer", 1, 7.0, 8.0, "Hello."),
            Turn("agent", 0, 8.0, 9.5, "Bye."), Turn("agent", 0, 21.0, 30.0, "Yes."),
        ],
        "en",
    )  # fmt: skip
    assert {(kind, language) for kind, language, _ in transcriber.asked} == {("audio/flac", "zh")}


async def test_the_agent_is_on_the_channel_that_the_caller_says() -> None:
    spoken = await heard(Told(), agent_channel=1)
    assert [turn.speaker for turn in spoken.turns] == ["customer", "agent", "customer", "customer"]


async def test_on_one_channel_nobody_knows_who_speaks() -> None:
    assert {(turn.speaker, turn.channel) for turn in (await heard(Told(), MONO)).turns} == {("unknown", None)}


async def test_without_a_models_times_a_part_of_one_voice_has_those_it_was_heard_at() -> None:
    spoken = await heard(Told(lambda data: Transcript(data.decode(), None)))
    assert spoken.turns == [
        Turn("agent", 0, 0.0, 10.0, "agent one"), Turn("customer", 1, 5.0, 25.0, "customer"),
        Turn("agent", 0, 20.0, 30.0, "agent two"),
    ]  # fmt: skip


async def test_without_a_models_times_what_two_say_on_one_channel_has_none() -> None:
    spoken = await heard(Told(lambda data: Transcript(data.decode(), None)), MONO)
    assert spoken.turns == [Turn("unknown", None, None, None, "agent one")]


async def test_a_part_that_fails_for_a_moment_is_asked_for_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transcribing, "AGAIN_SECONDS", 0)
    errors = [TranscriberUnavailable()]

    def recovering(data: bytes) -> Transcript:
        if errors:
            raise errors.pop()
        return TOLD[data]

    assert len((await heard(Told(recovering))).turns) == 4


@pytest.mark.parametrize(
    ("error", "code", "is_transient"),
    [
        (TranscriberUnavailable(), Failure.TRANSCRIPTION_FAILED, True),
        (TranscriberTimeout(), Failure.TRANSCRIPTION_TIMEOUT, True),
        (AudioUnreadable(), Failure.AUDIO_UNREADABLE, False),
        (AudioTooLong(), Failure.AUDIO_TOO_LONG, False),
    ],
)
async def test_failures_have_their_codes(
    monkeypatch: pytest.MonkeyPatch, error: SpeechError, code: Failure, is_transient: bool
) -> None:
    monkeypatch.setattr(transcribing, "AGAIN_SECONDS", 0)

    def fail(data: bytes) -> Transcript:
        raise error

    with pytest.raises(AnalysisFailed) as failed:
        await heard(Told(fail))
    assert (failed.value.failure, failed.value.is_transient) == (code, is_transient)


async def test_what_is_heard_of_the_other_in_a_channel_is_no_turn_of_its_own() -> None:
    silent = Channel(((20.0, 29.0),), -20.0, None, 0.0)
    recording = Recording(Heard(30.0, (silent, SOUND)), STEREO.parts)
    assert [turn.text for turn in (await heard(Told(), recording)).turns] == ["Hello.", "Yes."]
