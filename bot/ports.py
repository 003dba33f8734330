"""The outside things, in one bundle; each has a twin that works in-process."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from bot.clock import Clock, SystemClock
from bot.line.client import LineClient
from bot.llm.port import LanguageModel
from bot.loading import load
from bot.settings import Settings
from bot.speech.breaker import CircuitBreaker
from bot.speech.port import Transcriber


@dataclass(frozen=True, slots=True)
class Ports:
    """What the product reaches beyond its stores. `llm` and `speech` are None where none is configured."""

    line: LineClient
    llm: LanguageModel | None
    clock: Clock
    speech: Transcriber | None = None

    async def close(self) -> None:
        await self.line.close()
        if self.llm is not None:
            await self.llm.close()
        if self.speech is not None:
            await self.speech.close()


def real_ports(settings: Settings) -> Ports:
    """The ports as configured: LINE, an OpenAI-compatible model if there is a key, the machine's clock.

    Raises ConfigurationError where speech is to be transcribed here and can't be.
    """
    # The two SDKs take longer to load than the product, so each is loaded where it is needed only.
    sdk_client = load("bot.line.sdk_client")
    line = sdk_client.SdkLineClient(settings.line_api_base_url, data_base_url=settings.line_data_api_base_url)
    clock = SystemClock()
    return Ports(
        line=cast("LineClient", line),
        llm=configured_model(settings),
        clock=clock,
        speech=configured_transcriber(settings, clock),
    )


def configured_model(settings: Settings) -> LanguageModel | None:
    """An OpenAI-compatible model; None without a key."""
    if settings.openai_api_key is None:
        return None
    openai = load("bot.llm.openai")
    return cast(
        "LanguageModel",
        openai.OpenAiModel(
            api_key=settings.openai_api_key, model=settings.openai_model, base_url=settings.openai_base_url
        ),
    )


def configured_transcriber(settings: Settings, clock: Clock) -> Transcriber | None:
    """OpenAI's transcription where there is a key, else Whisper where its model is here, else None."""
    if settings.openai_api_key is not None and settings.openai_transcribe_model is not None:
        transcriber = load("bot.speech.openai").OpenAiTranscriber(
            api_key=settings.openai_api_key,
            model=settings.openai_transcribe_model,
            base_url=settings.openai_base_url,
        )
    elif settings.whisper_model_path is not None:
        transcriber = load("bot.speech.whisper").WhisperTranscriber(settings.whisper_model_path)
    else:
        return None
    return CircuitBreaker(cast("Transcriber", transcriber), clock)
