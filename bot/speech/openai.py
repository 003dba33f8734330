"""The adapter for OpenAI and every server that speaks its transcription API."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import openai
from openai.types.audio import Transcription, TranscriptionVerbose
from pydantic import SecretStr

from bot.openai_client import OpenAiClient, status_of
from bot.speech.finishing import finished
from bot.speech.port import (
    AudioTooLong,
    AudioUnreadable,
    Segment,
    TranscriberTimeout,
    TranscriberUnavailable,
    Transcript,
)
from bot.speech.prompting import prompt_for
from bot.speech.sounds import sound_of

# What OpenAI takes at most.
MOST_BYTES = 25 * 1024 * 1024
_TOO_LARGE = 413
_NOT_ITS_AUDIO = frozenset({400, 415, 422})


class OpenAiTranscriber:
    """`bot.speech.port.Transcriber` over one shared client.

    `base_url` None means OpenAI itself. Whisper models are asked for times, which the others don't
    tell.
    """

    def __init__(self, *, api_key: SecretStr, model: str, base_url: str | None = None) -> None:
        self._client = OpenAiClient(api_key=api_key, base_url=base_url)
        self._model = model
        self._with_times = "whisper" in model.lower()

    @property
    def splits_at_pauses(self) -> bool:
        return False

    async def transcribe(
        self, data: bytes, *, content_type: str = "", language: str | None = None, within: float
    ) -> Transcript:
        if len(data) > MOST_BYTES:
            raise AudioTooLong(f"{len(data)} bytes")
        sound = sound_of(data, content_type)
        file = (f"recording.{sound.suffix}", data, sound.content_type)
        try:
            # The library's own timeout is per attempt; this one holds for all attempts together.
            async with asyncio.timeout(within):
                return await self._ask(file, language, within=within)
        except (TimeoutError, openai.APITimeoutError):
            raise TranscriberTimeout(f"no transcript within {within:g} s") from None
        except openai.APIStatusError as error:
            told = status_of(error)
            if error.status_code == _TOO_LARGE:
                raise AudioTooLong(told) from None
            if error.status_code in _NOT_ITS_AUDIO:
                raise AudioUnreadable(told) from None
            raise TranscriberUnavailable(told) from None
        except (openai.OpenAIError, ValueError, TypeError) as error:
            raise TranscriberUnavailable(type(error).__name__) from None

    async def close(self) -> None:
        await self._client.close()

    async def _ask(self, file: tuple[str, bytes, str], language: str | None, *, within: float) -> Transcript:
        prompt = prompt_for(language)
        try:
            answer = await self._create(file, language, prompt, with_times=self._with_times, within=within)
        except openai.BadRequestError:
            if not self._with_times:
                raise
            # A compatible server that tells no times, or a recording that it can't read: then this fails as well.
            answer = await self._create(file, language, prompt, with_times=False, within=within)
            self._with_times = False
        # Compatible servers leave out what the type promises, so nothing is taken for granted here.
        if not isinstance(getattr(answer, "text", None), str):
            raise TranscriberUnavailable("an answer without text")
        return finished(answer.text, language=language or _told(answer), segments=tuple(_times(answer)), prompt=prompt)

    async def _create(
        self, file: tuple[str, bytes, str], language: str | None, prompt: str, *, with_times: bool, within: float
    ) -> Transcription | TranscriptionVerbose:
        transcriptions = (await self._client.ready()).audio.transcriptions
        told, asked = language or openai.omit, prompt or openai.omit
        if with_times:
            return await transcriptions.create(
                file=file, model=self._model, language=told, prompt=asked, timeout=within,
                response_format="verbose_json", timestamp_granularities=["segment"],
            )  # fmt: skip
        return await transcriptions.create(
            file=file, model=self._model, language=told, prompt=asked, timeout=within, response_format="json"
        )


def _told(answer: Transcription | TranscriptionVerbose) -> str | None:
    """The language that the answer names: Whisper one by its name, newer models a list of codes."""
    if isinstance(answer, TranscriptionVerbose):
        return answer.language or None
    return answer.languages[0].code if answer.languages else None


def _times(answer: Transcription | TranscriptionVerbose) -> Iterator[Segment]:
    if isinstance(answer, TranscriptionVerbose):
        for one in answer.segments or ():
            yield Segment(one.text, float(one.start), float(one.end))
