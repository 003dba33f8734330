"""Recordings that strangers send, listened to in a process of its own that is bound in memory and time."""

from __future__ import annotations

import asyncio
from asyncio.subprocess import Process
from dataclasses import dataclass

import msgspec

from bot import confined
from bot.logging import get_logger
from partner_api.calls.analysis.errors import AnalysisFailed, Failure
from partner_api.calls.analysis.wire import Answer, Channel, Heard, Interval, Pieces, Request

MEGABYTE = 1024 * 1024
MOST_BYTES = 25 * MEGABYTE
LONGEST_SECONDS = 3600.0
SECONDS = 180.0
_MODULE = "partner_api.calls.analysis.child"
# An hour of stereo is 230 MB of samples.
_MEMORY = 1280 * MEGABYTE
_CPU = 150
_LONGEST_LINE = 8 * MEGABYTE
_MOST_PIECES = 256 * MEGABYTE
_decoder = msgspec.json.Decoder(Answer)
_log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Part:
    """A part of one channel for a transcriber: a mono FLAC, from `span` of the recording (seconds)."""

    channel: int
    span: Interval
    data: bytes


@dataclass(frozen=True, slots=True)
class Recording:
    """A recording that was listened to."""

    heard: Heard
    parts: tuple[Part, ...] = ()

    @property
    def channels(self) -> tuple[Channel, ...]:
        return self.heard.channels


async def listen(data: bytes, *, content_type: str = "", parts: Pieces = Pieces.NONE) -> Recording:
    """What is heard in a WAV, MP3, M4A, OGG, FLAC or WebM, and its speech in such `parts`.

    Raises AnalysisFailed with `audio_unreadable` or `audio_too_long`; nothing in a recording raises anything else.
    """
    if len(data) > MOST_BYTES:
        raise AnalysisFailed(Failure.AUDIO_TOO_LONG)
    request = Request(len(data), content_type, LONGEST_SECONDS, _MEMORY, _CPU, parts)
    process = await confined.started(_MODULE, longest_line=_LONGEST_LINE)
    try:
        async with asyncio.timeout(SECONDS):
            await confined.feed(process, msgspec.json.encode(request) + b"\n", data)
            return await _received(process)
    except TimeoutError:
        raise AnalysisFailed(Failure.AUDIO_UNREADABLE) from None
    finally:
        await confined.ended(process)


async def _received(process: Process) -> Recording:
    try:
        raw = await confined.line_of(process)
        told = _decoder.decode(raw) if raw else None
        if told is not None and told.heard is not None:
            return Recording(told.heard, await _parts(process, told.heard))
    except (ValueError, EOFError, msgspec.MsgspecError):
        told = None
    if told is None:
        # Killed for its memory or time, or by a fault that the recording led a decoder into.
        _log.warning("recording_reader_ended", status=await process.wait())
        raise AnalysisFailed(Failure.AUDIO_UNREADABLE)
    _log.info("recording_refused", code=told.failure, cause=told.cause)
    raise AnalysisFailed(Failure(told.failure))


async def _parts(process: Process, heard: Heard) -> tuple[Part, ...]:
    """The pieces that follow an answer. Raises EOFError where they don't, ValueError where they are too many."""
    pieces = [(index, piece) for index, channel in enumerate(heard.channels) for piece in channel.pieces]
    if process.stdout is None or sum(piece.size for _, piece in pieces) > _MOST_PIECES:
        raise ValueError("more than a recording can have")
    return tuple(
        [Part(index, (one.start, one.end), await process.stdout.readexactly(one.size)) for index, one in pieces]
    )
