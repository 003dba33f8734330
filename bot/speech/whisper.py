"""The adapter for Whisper on this machine, by faster-whisper from a folder with a model.

Each recording gets a process of its own, bound in memory and time, since it holds a stranger's bytes;
it ends with it, so the model's memory is taken only meanwhile.
"""

from __future__ import annotations

import asyncio
import math
from asyncio.subprocess import Process
from importlib.util import find_spec
from pathlib import Path

import msgspec

from bot import confined
from bot.errors import ConfigurationError
from bot.logging import get_logger
from bot.speech.finishing import finished
from bot.speech.port import AudioTooLong, AudioUnreadable, TranscriberTimeout, TranscriberUnavailable, Transcript
from bot.speech.prompting import prompts
from bot.speech.sounds import sound_of
from bot.speech.wire import Answer, Failure, Request

MEGABYTE = 1024 * 1024
MOST_BYTES = 100 * MEGABYTE
LONGEST_SECONDS = 3600.0
_MODULE = "bot.speech.child"
_PACKAGE = "faster_whisper"
_WEIGHTS = "model.bin"
_LONGEST_ANSWER = 16 * MEGABYTE
_MEMORY = 2560 * MEGABYTE
_PROCESSORS = 2
_decoder = msgspec.json.Decoder(Answer)
_log = get_logger(__name__)


class WhisperTranscriber:
    """`bot.speech.port.Transcriber` without a network; one recording at a time, the others wait.

    Raises ConfigurationError where the package (extra `speech`) or the model isn't there.
    """

    def __init__(self, folder: str | Path, *, longest: float = LONGEST_SECONDS) -> None:
        self._folder = Path(folder)
        if find_spec(_PACKAGE) is None:
            raise ConfigurationError(
                "WHISPER_MODEL_PATH needs the package faster-whisper. To mend it: pip install 'shopkeeper[speech]'."
            )
        if not (self._folder / _WEIGHTS).is_file():
            raise ConfigurationError(f"WHISPER_MODEL_PATH has no {_WEIGHTS} in it: name the folder of a Whisper model.")
        # The model itself is held twice while it is loaded.
        self._memory = _MEMORY + 3 * (self._folder / _WEIGHTS).stat().st_size
        self._longest = longest
        self._slot = asyncio.Semaphore(1)
        self._processes: set[Process] = set()

    @property
    def splits_at_pauses(self) -> bool:
        return True

    async def transcribe(
        self, data: bytes, *, content_type: str = "", language: str | None = None, within: float
    ) -> Transcript:
        if len(data) > MOST_BYTES:
            raise AudioTooLong(f"{len(data)} bytes")
        sound_of(data, content_type)
        cpu = math.ceil(within * _PROCESSORS) + 1
        request = Request(len(data), language, prompts(), self._longest, self._memory, cpu)
        try:
            async with asyncio.timeout(within), self._slot:
                answer = await self._asked(request, data)
        except TimeoutError:
            raise TranscriberTimeout(f"no transcript within {within:g} s") from None
        _check(answer)
        # Whisper's segments begin with the blank that stands between words.
        text = "".join(one.text for one in answer.segments)
        told = answer.language or language
        return finished(text, language=told, segments=answer.segments, prompt=request.prompts.get(told or "", ""))

    async def close(self) -> None:
        await asyncio.gather(*(confined.ended(process) for process in self._processes))

    async def _asked(self, request: Request, data: bytes) -> Answer:
        process = await confined.started(_MODULE, str(self._folder), longest_line=_LONGEST_ANSWER)
        self._processes.add(process)
        try:
            await confined.feed(process, msgspec.json.encode(request) + b"\n", data)
            raw = await confined.line_of(process)
            if not raw:
                status = await process.wait()
                raise TranscriberUnavailable(f"the process of Whisper ended with status {status}")
            return _decoder.decode(raw)
        except (ValueError, msgspec.MsgspecError):
            raise TranscriberUnavailable("the process of Whisper answered with nothing usable") from None
        finally:
            self._processes.discard(process)
            await confined.ended(process)


def _check(answer: Answer) -> None:
    if answer.failure is None:
        return
    _log.info("speech_failed", failure=answer.failure, cause=answer.cause)
    if answer.failure is Failure.TOO_LONG:
        raise AudioTooLong("longer than is transcribed")
    raise AudioUnreadable(answer.cause)
