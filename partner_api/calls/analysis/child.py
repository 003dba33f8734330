"""The process that listens to one recording: `python -m partner_api.calls.analysis.child`.

Its input is a JSON line (`Request`) and the recording's bytes; its output a JSON line (`Answer`) and the
bytes of the pieces that it names. It binds its own memory and time before it decodes anything, reads only formats
that can't name other files, and fetches nothing.
"""

from __future__ import annotations

import io
import os
import sys
import warnings
from collections.abc import Iterator, Sequence
from typing import BinaryIO

import av
import msgspec
import numpy as np
from av.audio.frame import AudioFrame
from av.audio.resampler import AudioResampler
from av.audio.stream import AudioStream
from av.container import InputContainer

from bot.confined import bind
from bot.speech.port import AudioTooLong, AudioUnreadable
from bot.speech.sounds import sound_of
from partner_api.calls.analysis.cutting import pieces_of
from partner_api.calls.analysis.errors import Failure
from partner_api.calls.analysis.voices import RATE, Samples, apart, channels_of
from partner_api.calls.analysis.wire import Answer, Channel, Heard, Interval, Piece, Pieces, Request

_POLITELY = 5
_STEREO = 2
_DAMAGED = 0.1
_DEMUXERS = {"m4a": "mov", "mp3": "mp3", "wav": "wav", "ogg": "ogg", "flac": "flac", "webm": "matroska"}


def decoded(data: bytes, content_type: str, *, longest: float) -> list[Samples]:
    """The channels of a recording, one or two; more are mixed into one. Raises SpeechError, and what PyAV raises."""
    demuxer = _DEMUXERS[sound_of(data, content_type).suffix]
    with av.open(io.BytesIO(data), "r", format=demuxer) as container:
        stream = next(iter(container.streams.audio), None)
        if stream is None:
            raise AudioUnreadable("no audio in it")
        stream.codec_context.thread_count = 1
        count = _STEREO if stream.codec_context.layout.nb_channels == _STEREO else 1
        resampler = AudioResampler(format="s16p", layout="stereo" if count == _STEREO else "mono", rate=RATE)
        sounds = [bytearray() for _ in range(count)]
        for frame in _frames(container, stream, resampler):
            for sound, plane in zip(sounds, frame.to_ndarray(), strict=True):
                sound.extend(plane.tobytes())
            if len(sounds[0]) > longest * RATE * 2:
                raise AudioTooLong("longer than is analysed")
    if not sounds[0]:
        raise AudioUnreadable("no sound in it")
    return [np.frombuffer(sound, dtype=np.int16) for sound in sounds]


def _frames(container: InputContainer, stream: AudioStream, resampler: AudioResampler) -> Iterator[AudioFrame]:
    """The frames of a stream. A few damaged packets cost no more than themselves."""
    packets = damaged = 0
    for packet in container.demux(stream):
        packets += 1
        try:
            frames = packet.decode()
        except av.InvalidDataError:
            damaged += 1
            continue
        for frame in frames:
            if isinstance(frame, AudioFrame):
                yield from resampler.resample(frame)
    yield from resampler.resample(None)
    if damaged > _DAMAGED * packets:
        raise AudioUnreadable("most of it is damaged")


def heard(data: bytes, request: Request) -> tuple[Heard, list[bytes]]:
    """What is heard in a recording, and the pieces for a transcriber in their order."""
    sounds = decoded(data, request.content_type, longest=request.longest)
    if len(sounds) == _STEREO and not apart(*sounds):
        sounds = [max(sounds, key=_power)]
    seconds = round(len(sounds[0]) / RATE, 3)
    channels, pieces = channels_of(sounds), list[bytes]()
    if request.pieces is not Pieces.NONE:
        by_turns = request.pieces is Pieces.TURNS and len(channels) == _STEREO
        others = [channel.speech if by_turns else () for channel in reversed(channels)]
        channels = [
            _with_pieces(channel, sound, other, pieces)
            for channel, sound, other in zip(channels, sounds, others, strict=True)
        ]
    return Heard(seconds, tuple(channels)), pieces


def _power(sound: Samples) -> float:
    return float(np.mean(np.abs(sound)))


def _with_pieces(channel: Channel, sound: Samples, other: Sequence[Interval], pieces: list[bytes]) -> Channel:
    told = []
    for start, end in pieces_of(channel.speech, other=other, seconds=len(sound) / RATE):
        pieces.append(flac(sound[round(start * RATE) : round(end * RATE)]))
        told.append(Piece(start, end, len(pieces[-1])))
    return msgspec.structs.replace(channel, pieces=tuple(told))


def flac(sound: Samples) -> bytes:
    """Mono samples as a FLAC file."""
    written = io.BytesIO()
    with av.open(written, "w", format="flac") as container:
        stream = container.add_stream("flac", rate=RATE, layout="mono", format="s16")
        for start in range(0, len(sound), RATE):
            frame = AudioFrame.from_ndarray(sound[start : start + RATE].reshape(1, -1), format="s16", layout="mono")
            frame.sample_rate, frame.pts = RATE, start
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return written.getvalue()


def answer(data: bytes, request: Request) -> tuple[Answer, list[bytes]]:
    """The answer to a request; whatever is wrong with the recording is one."""
    try:
        found, pieces = heard(data, request)
    except (AudioTooLong, MemoryError) as error:
        return Answer(failure=Failure.AUDIO_TOO_LONG, cause=type(error).__name__), []
    except Exception as error:  # noqa: BLE001 - a broken recording makes decoders raise anything; the caller logs which
        return Answer(failure=Failure.AUDIO_UNREADABLE, cause=type(error).__name__), []
    return Answer(found), pieces


def main(stdin: BinaryIO, stdout: BinaryIO) -> None:
    warnings.simplefilter("ignore")
    # Whoever answers webhooks on these processors comes first.
    os.nice(_POLITELY)
    request = msgspec.json.decode(stdin.readline(), type=Request)
    bind(memory=request.memory, cpu=request.cpu)
    told, pieces = answer(stdin.read(request.size), request)
    stdout.write(msgspec.json.encode(told) + b"\n")
    stdout.writelines(pieces)
    stdout.flush()


if __name__ == "__main__":
    main(sys.stdin.buffer, sys.stdout.buffer)
