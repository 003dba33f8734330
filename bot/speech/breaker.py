"""A circuit breaker: a transcriber that keeps failing is left alone for a while, so that nobody waits for it."""

from __future__ import annotations

from datetime import timedelta

from bot.circuit import FAILURES, PAUSE, Circuit
from bot.clock import Clock
from bot.speech.port import SpeechError, Transcriber, TranscriberUnavailable, Transcript


class CircuitBreaker:
    """A `Transcriber` around another one.

    After `failures` times that it was unavailable in a row it refuses at once for `pause`; then one
    call is let through. A recording that can't be read says nothing against the transcriber.
    """

    def __init__(
        self, transcriber: Transcriber, clock: Clock, *, failures: int = FAILURES, pause: timedelta = PAUSE
    ) -> None:
        self._transcriber = transcriber
        self._circuit = Circuit(clock, failures=failures, pause=pause)

    @property
    def splits_at_pauses(self) -> bool:
        return self._transcriber.splits_at_pauses

    async def transcribe(
        self, data: bytes, *, content_type: str = "", language: str | None = None, within: float
    ) -> Transcript:
        if not self._circuit.lets_through():
            raise TranscriberUnavailable("left alone after repeated failures")
        try:
            transcript = await self._transcriber.transcribe(
                data, content_type=content_type, language=language, within=within
            )
        except TranscriberUnavailable:
            self._circuit.failed()
            raise
        except SpeechError:
            self._circuit.succeeded()
            raise
        self._circuit.succeeded()
        return transcript

    async def close(self) -> None:
        await self._transcriber.close()
