"""Read the text in a customer's image, within seconds and off the event loop.

Processes of their own read, at most `AT_ONCE` of them. One is started when an image comes and none is
free, and ends when it had nothing to do for `IDLE_SECONDS`: the memory is taken while images come.

Measured on 2 cores: the first image after a while takes 2.3 to 3.5 s, each further one 1.0 to 1.6 s
(a receipt of 920x1200 px, one processor); a screenshot of 720x5200 px 6 s. A waiting process holds
175 MB, reading up to 130 MB more (350 MB for 50 megapixels) until the image is read; the asking process takes
none of it. With both processors busy with other work it all takes twice as long.
"""

from __future__ import annotations

import asyncio
from asyncio.subprocess import Process
from collections import deque
from dataclasses import dataclass

import msgspec

from bot import confined
from bot.logging import get_logger
from knowledge.media.errors import ImageRefusal, ImageRefused
from knowledge.media.wire import Answer, Request

AT_ONCE = 2
IDLE_SECONDS = 300
MEGABYTE = 1024 * 1024
_MODULE = "knowledge.media.child"
_LONGEST_ANSWER = 1024 * 1024
_decoder = msgspec.json.Decoder(Answer)
_log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class ImageText:
    """Lines of text in reading order, and how sure they are on the whole (0 to 1)."""

    text: str
    confidence: float


@dataclass(frozen=True, slots=True)
class NoText:
    """The image holds no text that can be read with confidence."""


@dataclass(frozen=True, slots=True)
class ImageLimits:
    """`size` of the file and `memory` of its reading in bytes, `cpu` and `seconds` of one reading.

    `seconds` count from when a process is free and has loaded its models.
    """

    size: int = 20 * MEGABYTE
    memory: int = 1536 * MEGABYTE
    cpu: int = 20
    seconds: int = 20


DEFAULT_LIMITS = ImageLimits()


class ImageReader:
    """Reads images, whoever asks. Starts nothing until the first one comes."""

    def __init__(
        self, limits: ImageLimits = DEFAULT_LIMITS, *, at_once: int = AT_ONCE, idle: float = IDLE_SECONDS
    ) -> None:
        self._limits = limits
        self._idle = idle
        self._slots = asyncio.Semaphore(at_once)
        self._free: deque[Process] = deque()
        self._busy: set[Process] = set()
        self._is_closed = False

    async def read_image(self, data: bytes, *, within: float = 30.0) -> ImageText | NoText:
        """The text in a JPEG, PNG, WebP, GIF (its first frame) or BMP, at the latest after `within` seconds.

        What it is is told by its bytes. Raises ImageRefused (`too_large`, `too_many_pixels`, `heic`,
        `unknown_format`, `unreadable`, `too_slow`, `empty`).
        """
        if not data:
            raise ImageRefused(ImageRefusal.EMPTY)
        if len(data) > self._limits.size:
            raise ImageRefused(ImageRefusal.TOO_LARGE, limit=self._limits.size // MEGABYTE)
        try:
            async with asyncio.timeout(within), self._slots:
                answer = await self._asked(data)
        except TimeoutError:
            raise ImageRefused(ImageRefusal.TOO_SLOW) from None
        if answer.refused is not None:
            _log.info("image_refused", code=answer.refused, cause=answer.cause)
            raise ImageRefused(answer.refused, **answer.values)
        return ImageText(answer.text, answer.confidence) if answer.text else NoText()

    async def close(self) -> None:
        """End the processes; whoever waits for an image gets `unreadable`."""
        self._is_closed = True
        processes = {*self._free, *self._busy}
        self._free.clear()
        await asyncio.gather(*(confined.ended(process) for process in processes))

    async def _asked(self, data: bytes) -> Answer:
        """Ask a waiting process, or a new one where none waits or the one that waited has just ended."""
        if self._is_closed:
            raise ImageRefused(ImageRefusal.UNREADABLE)
        while self._free:
            process = self._free.pop()
            if process.returncode is None and (answer := await self._asked_of(process, data)) is not None:
                return answer
        fresh = await confined.started(_MODULE, str(self._idle), longest_line=_LONGEST_ANSWER)
        answer = await self._asked_of(fresh, data)
        if answer is None:
            _log.warning("image_reader_ended")
            raise ImageRefused(ImageRefusal.UNREADABLE)
        return answer

    async def _asked_of(self, process: Process, data: bytes) -> Answer | None:
        """The answer of a process; None where it ended without one. Kept for the next image only if all went well."""
        limits = self._limits
        head = msgspec.json.encode(Request(len(data), limits.memory, limits.cpu, limits.seconds)) + b"\n"
        self._busy.add(process)
        answer = None
        try:
            await confined.feed(process, head, data)
            answer = await _answer_of(process)
        finally:
            self._busy.discard(process)
            if answer is not None and not self._is_closed:
                self._free.append(process)
            else:
                await confined.ended(process)
        return answer


async def _answer_of(process: Process) -> Answer | None:
    try:
        raw = await confined.line_of(process)
        return _decoder.decode(raw) if raw else None
    except (ValueError, msgspec.MsgspecError):
        _log.warning("image_reader_unintelligible")
        return None
