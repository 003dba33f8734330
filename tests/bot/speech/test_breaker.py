from __future__ import annotations

from datetime import timedelta

import pytest

from bot.clock import ManualClock
from bot.speech.breaker import CircuitBreaker
from bot.speech.port import AudioUnreadable, SpeechError, TranscriberUnavailable, Transcript


class Failing:
    """A transcriber that raises what it is told to, then transcribes."""

    splits_at_pauses = True

    def __init__(self, *errors: SpeechError) -> None:
        self.errors = list(errors)
        self.calls = 0

    async def transcribe(
        self, data: bytes, *, content_type: str = "", language: str | None = None, within: float
    ) -> Transcript:
        self.calls += 1
        if self.errors:
            raise self.errors.pop(0)
        return Transcript("好", "zh")

    async def close(self) -> None:
        self.calls = -1


async def test_a_transcriber_that_keeps_failing_is_left_alone_for_a_while() -> None:
    clock, failing = ManualClock(), Failing(*[TranscriberUnavailable()] * 3)
    breaker = CircuitBreaker(failing, clock)
    for _ in range(5):
        with pytest.raises(TranscriberUnavailable):
            await breaker.transcribe(b"", within=1)
    assert failing.calls == 3
    clock.advance(timedelta(seconds=31))
    assert (await breaker.transcribe(b"", within=1)).text == "好"


async def test_recordings_that_cannot_be_read_say_nothing_against_it() -> None:
    failing = Failing(*[AudioUnreadable()] * 5)
    breaker = CircuitBreaker(failing, ManualClock())
    for _ in range(5):
        with pytest.raises(AudioUnreadable):
            await breaker.transcribe(b"", within=1)
    assert (await breaker.transcribe(b"", within=1)).language == "zh"
    await breaker.close()
    assert failing.calls == -1
