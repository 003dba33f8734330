"""Recordings: what is heard in each kind, and what strangers send instead."""

from __future__ import annotations

import io
import json
import struct
import wave
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from av.audio.frame import AudioFrame
from av.audio.stream import AudioStream
from numpy.typing import NDArray

from partner_api.calls.analysis import child
from partner_api.calls.analysis.audio import MOST_BYTES, listen
from partner_api.calls.analysis.child import answer, decoded, flac
from partner_api.calls.analysis.errors import AnalysisFailed, Failure
from partner_api.calls.analysis.intervals import length, overlap
from partner_api.calls.analysis.wire import Pieces, Request

DATA = Path(__file__).parents[3] / "data"
CALL = (DATA / "two_voices.ogg").read_bytes()
TRUTH = json.loads((DATA / "two_voices.json").read_text(encoding="utf-8"))
RATE = 8_000
KINDS = [
    ("wav", "pcm_s16le", "s16"), ("wav", "pcm_mulaw", "s16"), ("mp3", "libmp3lame", "s16p"), ("ipod", "aac", "fltp"),
    ("ogg", "libopus", "s16"), ("flac", "flac", "s16"), ("webm", "libopus", "s16"),
]  # fmt: skip
MP3, TYPE = "audio/mpeg", ""


def tones(*, seconds: float = 3.0) -> NDArray[np.int16]:
    """Two channels: one sounds in the first half, the other in the second."""
    moments = np.arange(int(seconds * RATE)) / RATE
    sound = np.sin(moments * 2 * np.pi * 440) * 8_000
    first = moments < seconds / 2
    return np.stack([sound * first, sound * ~first]).astype(np.int16)


def encoded(container: str, codec: str, layout: str) -> bytes:
    rate = 48_000 if codec == "libopus" else RATE
    written = io.BytesIO()
    with av.open(written, "w", format=container) as file:
        stream = file.add_stream(codec, rate=rate, layout="stereo")
        assert isinstance(stream, AudioStream)
        resampler = av.AudioResampler(format=layout, layout="stereo", rate=rate)
        frame = AudioFrame.from_ndarray(tones().T.reshape(1, -1).copy(), format="s16", layout="stereo")
        frame.sample_rate, frame.time_base, frame.pts = RATE, Fraction(1, RATE), 0
        fifo = av.AudioFifo()
        for one in (*resampler.resample(frame), *resampler.resample(None)):
            fifo.write(one)
        while piece := fifo.read(stream.codec_context.frame_size or 4_096, partial=True):
            file.mux(stream.encode(piece))
        file.mux(stream.encode(None))
    return written.getvalue()


def wav(*, channels: int, rate: int, data: bytes) -> bytes:
    written = io.BytesIO()
    with wave.open(written, "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(data)
    return written.getvalue()


def refused(data: bytes, *, content_type: str = "", longest: float = 60.0) -> str:
    request = Request(len(data), content_type, longest, 0, 0, Pieces.NONE)
    told, pieces = answer(data, request)
    assert (told.heard, pieces) == (None, [])
    return told.failure


@pytest.mark.parametrize(("container", "codec", "layout"), KINDS, ids=[f"{kind[0]}-{kind[1]}" for kind in KINDS])
def test_every_kind_is_decoded_into_its_channels(container: str, codec: str, layout: str) -> None:
    first, second = decoded(encoded(container, codec, layout), "", longest=60)
    assert len(first) == pytest.approx(3 * 16_000, abs=2_500)
    half = len(first) // 2
    loud = [float(np.abs(part.astype(float)).mean()) for part in (first[:half], second[half:])]
    soft = [float(np.abs(part.astype(float)).mean()) for part in (first[half + 2_000 :], second[: half - 2_000])]
    assert min(loud) > 10 * max(soft)


async def test_two_people_are_heard_when_they_speak() -> None:
    recording = await listen(CALL, parts=Pieces.TURNS)
    assert recording.heard.seconds == pytest.approx(TRUTH["seconds"], abs=0.1)
    for index, channel in enumerate(recording.channels):
        said = [(turn["start"], turn["end"]) for turn in TRUTH["turns"] if turn["channel"] == index]
        both = length(overlap(said, channel.speech))
        # What is said has pauses between its sentences.
        assert both > 0.9 * length(said)
        assert both > 0.97 * length(channel.speech)
    said_by = [turn["channel"] for turn in TRUTH["turns"]]
    assert [part.channel for part in sorted(recording.parts, key=lambda part: part.span)] == said_by
    assert all(part.data.startswith(b"fLaC") for part in recording.parts)


@pytest.mark.parametrize(
    "data",
    [
        b"", b"not a recording at all, but long enough to be looked at", b"RIFF\x00\x00\x00\x00WAVE" + bytes(60),
        CALL[:40], b"OggS" + bytes(range(256)) * 40, b"fLaC" + b"\xff" * 9_000, b"\x1aE\xdf\xa3" + b"\x93" * 500,
        b"\x00\x00\x00\x20ftypM4A " + bytes(400), b"ID3\x03" + bytes(5_000), wav(channels=2, rate=8_000, data=b""),
        b"#EXTM3U\n#EXTINF:1,\nfile:///etc/hostname\n" * 3, b"ffconcat version 1.0\nfile '/etc/hostname'\n" * 2,
    ],
)  # fmt: skip
def test_what_is_no_recording_is_unreadable(data: bytes) -> None:
    assert refused(data) == Failure.AUDIO_UNREADABLE


@pytest.mark.parametrize("kind", ["audio/mpeg", "audio/mp4", "audio/ogg", "audio/wav", "audio/flac", "audio/webm"])
def test_a_playlist_names_no_other_files_whatever_it_is_said_to_be(kind: str) -> None:
    playlist = b"#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nfile:///etc/hostname\n#EXT-X-ENDLIST\n"
    assert refused(playlist, content_type=kind) == Failure.AUDIO_UNREADABLE


def test_what_is_too_long_is_not_decoded_to_its_end() -> None:
    # One second a sample: half an hour in a small file.
    assert refused(wav(channels=1, rate=1, data=bytes(4_000)), longest=60) == Failure.AUDIO_TOO_LONG


def test_channels_beyond_two_are_mixed_into_one() -> None:
    sound = np.repeat(tones()[0], 4).astype(np.int16)
    assert len(decoded(wav(channels=4, rate=RATE, data=sound.tobytes()), "", longest=60)) == 1


def test_a_recording_that_breaks_off_is_heard_as_far_as_it_goes() -> None:
    (first, _) = decoded(CALL[: len(CALL) // 2], "", longest=60)
    assert 20 * 16_000 < len(first) < 40 * 16_000


def test_a_piece_is_read_back_as_it_was() -> None:
    sound = tones()[0].repeat(2)
    (back,) = decoded(flac(sound), "", longest=60)
    assert np.array_equal(back, sound)


async def test_more_bytes_than_are_taken_start_no_process() -> None:
    with pytest.raises(AnalysisFailed) as failed:
        await listen(b"\x00" * (MOST_BYTES + 1))
    assert failed.value.failure is Failure.AUDIO_TOO_LONG


async def test_a_reader_that_dies_costs_its_recording_alone() -> None:
    """A header that claims a frame of gigabytes: the bound process ends, or refuses."""
    huge = (
        b"RIFF"
        + struct.pack("<I", 2**32 - 1)
        + b"WAVEfmt "
        + struct.pack("<IHHIIHH", 16, 1, 2, 2**31, 2**31, 65_532, 16)
    )
    with pytest.raises(AnalysisFailed):
        await listen(huge + b"data" + struct.pack("<I", 2**32 - 1) + bytes(200_000))


def test_the_process_takes_its_request_from_a_line_and_answers_on_one(monkeypatch: pytest.MonkeyPatch) -> None:
    bound: list[tuple[int, int]] = []
    monkeypatch.setattr(child, "bind", lambda *, memory, cpu: bound.append((memory, cpu)))
    monkeypatch.setattr("os.nice", lambda _: 0)
    written = io.BytesIO()
    line = b'{"size": 5, "content_type": "", "longest": 9, "memory": 7, "cpu": 8, "pieces": "long"}\n'
    child.main(io.BytesIO(line + b"12345"), written)
    assert bound == [(7, 8)]
    assert json.loads(written.getvalue())["failure"] == "audio_unreadable"
