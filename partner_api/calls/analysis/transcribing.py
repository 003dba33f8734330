"""What is said in a recording, through the transcriber's port: each channel by itself, woven by times."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from bot.speech.port import (
    AudioTooLong,
    AudioUnreadable,
    SpeechError,
    Transcriber,
    TranscriberTimeout,
    TranscriberUnavailable,
    Transcript,
)
from partner_api.calls.analysis.audio import Part, Recording
from partner_api.calls.analysis.errors import AnalysisFailed, Failure
from partner_api.calls.analysis.intervals import length, overlap
from partner_api.calls.analysis.tone import speaker_of_channel
from partner_api.calls.analysis.turns import Speaker, Turn
from partner_api.calls.analysis.wire import Interval

FLAC = "audio/flac"
AGAIN_SECONDS = 1.0
# The share of a segment in which its channel must be heard to speak.
_OWN = 0.25
Result = TypeVar("Result")
# A transcriber on this machine may need twice as long as the speech takes, and has others to serve as well.
_SECONDS_AT_LEAST, _SECONDS_A_SECOND = 120.0, 3.0
_CODES: tuple[tuple[type[SpeechError], Failure], ...] = (
    (AudioUnreadable, Failure.AUDIO_UNREADABLE),
    (AudioTooLong, Failure.AUDIO_TOO_LONG),
    (TranscriberTimeout, Failure.TRANSCRIPTION_TIMEOUT),
    (SpeechError, Failure.TRANSCRIPTION_FAILED),
)


@dataclass(frozen=True, slots=True)
class Spoken:
    """What was said, in turns; `language` as the transcriber tells it."""

    turns: list[Turn]
    language: str | None


async def transcribed(
    transcriber: Transcriber,
    recording: Recording,
    *,
    language: str | None,
    agent_channel: int,
    before_each: Callable[[], Awaitable[None]],
) -> Spoken:
    """What is said in a recording that was listened to with its parts.

    `before_each` part it is asked whether to go on. Raises AnalysisFailed with the code of what went wrong, and
    whatever `before_each` raises.
    """
    by_channel: list[list[Part]] = [[] for _ in recording.channels]
    for part in recording.parts:
        by_channel[part.channel].append(part)
    found = await _all(_channel(transcriber, parts, language, before_each) for parts in by_channel)
    turns: list[Turn] = []
    for channel, transcripts in enumerate(found):
        is_one_voice = len(found) > 1
        speaker = speaker_of_channel(channel, agent_channel=agent_channel) if is_one_voice else Speaker.UNKNOWN
        told = _turns(transcripts, speaker.value, channel if is_one_voice else None)
        turns += [turn for turn in told if not is_one_voice or _is_own(turn, recording.channels[channel].speech)]
    tongue = next((one.language for transcripts in found for _, one in transcripts if one.language), None)
    return Spoken(woven(turns), tongue)


def woven(turns: Sequence[Turn]) -> list[Turn]:
    """The turns of several channels in the order in which they begin."""
    return sorted(turns, key=lambda turn: (turn.start or 0.0, turn.end or 0.0))


async def _all(work: Iterable[Coroutine[Any, Any, Result]]) -> list[Result]:
    """All results, or the first error; then nothing goes on in the background."""
    tasks = [asyncio.create_task(one) for one in work]
    try:
        return list(await asyncio.gather(*tasks))
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _channel(
    transcriber: Transcriber, parts: Sequence[Part], language: str | None, before_each: Callable[[], Awaitable[None]]
) -> list[tuple[Part, Transcript]]:
    """The parts of one channel, one after the other, so that a transcriber serves others in between."""
    found = []
    for part in parts:
        await before_each()
        try:
            found.append((part, await _patiently(transcriber, part, language)))
        except SpeechError as error:
            raise AnalysisFailed(next(code for kind, code in _CODES if isinstance(error, kind))) from error
    return found


async def _patiently(transcriber: Transcriber, part: Part, language: str | None) -> Transcript:
    """What is said in a part. Of the hundreds that a long call has one may fail for a moment; it is asked once more."""
    within = _SECONDS_AT_LEAST + _SECONDS_A_SECOND * (part.span[1] - part.span[0])
    code = language.partition("-")[0].lower() if language else None
    try:
        return await transcriber.transcribe(part.data, content_type=FLAC, language=code, within=within)
    except TranscriberTimeout:
        raise
    except TranscriberUnavailable:
        await asyncio.sleep(AGAIN_SECONDS)
        return await transcriber.transcribe(part.data, content_type=FLAC, language=code, within=within)


def _turns(transcripts: Sequence[tuple[Part, Transcript]], speaker: str, channel: int | None) -> Iterator[Turn]:
    """The segments of a channel. Where a model tells none, a part of one voice is a turn with the times measured for
    it; of a recording that both are on, all that was said is one, without times."""
    has_times = all(heard.segments for _, heard in transcripts if heard.text)
    if channel is None and not has_times:
        yield Turn(speaker, None, None, None, " ".join(heard.text for _, heard in transcripts if heard.text))
        return
    for part, heard in transcripts:
        for one in heard.segments:
            if one.text.strip():
                yield Turn(speaker, channel, _moment(part, one.start), _moment(part, one.end), one.text)
        if heard.text and not heard.segments:
            yield Turn(speaker, channel, round(part.span[0], 2), round(part.span[1], 2), heard.text)


def _is_own(turn: Turn, speech: Sequence[Interval]) -> bool:
    """Whether a channel's own voice speaks then; what is heard of the other's in it is no turn of its own."""
    start, end = turn.start or 0.0, turn.end or 0.0
    return end <= start or length(overlap([(start, end)], speech)) >= _OWN * (end - start)


def _moment(part: Part, seconds: float) -> float:
    """A moment of a part as one of the recording. Models overrun the end of what they are given."""
    return round(min(part.span[0] + max(seconds, 0.0), part.span[1]), 2)
