"""Sounds of machines, synthesised here, and voices beside them."""

from __future__ import annotations

import io
from pathlib import Path

import av
import numpy as np
import pytest
from av.audio.frame import AudioFrame
from numpy.typing import NDArray

from partner_api.calls.analysis.intervals import length
from partner_api.calls.analysis.tones import machines
from partner_api.calls.analysis.voices import RATE, channels_of, levels_of, speaking

Sound = NDArray[np.float64]
DATA = Path(__file__).parents[3] / "data"
SECONDS = 8
MOMENTS = np.arange(SECONDS * RATE) / RATE
CHORDS = ((262, 330, 392), (220, 262, 330), (175, 220, 262), (196, 247, 294))
DIGITS = ((697, 1209), (770, 1336), (852, 1477), (941, 1336))


def wave(*frequencies: float) -> Sound:
    return np.asarray(sum(np.sin(MOMENTS * 2 * np.pi * each) for each in frequencies) / len(frequencies))


def tone(*frequencies: float, on: float, off: float) -> Sound:
    return wave(*frequencies) * (MOMENTS % (on + off) < on)


def one_after_another(groups: tuple[tuple[int, ...], ...], *, each: float, on: float) -> Sound:
    """The groups of notes in turn, each struck and dying away."""
    turn = (MOMENTS // each).astype(int) % len(groups)
    sound = sum(wave(*group) * (turn == index) for index, group in enumerate(groups))
    inside = MOMENTS % each
    return np.asarray(sound * (inside < on) * np.exp(-inside * 0.6))


MACHINES = {
    "ring-back of Taiwan": tone(440, 480, on=1, off=2),
    "ring-back of 425 Hz": tone(425, on=1, off=3),
    "ring-back of North America": tone(440, 480, on=2, off=4),
    "busy": tone(425, on=0.5, off=0.5),
    "dial tone": wave(425),
    "dialled digits": one_after_another(DIGITS, each=0.3, on=0.15),
    "chords": one_after_another(CHORDS, each=1.5, on=1.5),
    "melody": one_after_another(((262,), (330,), (392,), (523,)), each=0.25, on=0.25),
}


def call() -> list[NDArray[np.int16]]:
    """Two synthesised voices, on a channel each."""
    with av.open(DATA / "two_voices.ogg", "r") as container:
        resampler = av.AudioResampler(format="s16p", layout="stereo", rate=RATE)
        frames = [one for frame in container.decode(audio=0) for one in resampler.resample(frame)]
    return list(np.concatenate([frame.to_ndarray() for frame in frames], axis=1))


def in_mu_law(sound: NDArray[np.int16]) -> NDArray[np.int16]:
    """As it comes out of a telephone line."""
    written = io.BytesIO()
    with av.open(written, "w", format="wav") as file:
        stream = file.add_stream("pcm_mulaw", rate=8_000, layout="mono")
        for frame in _resampled(sound, RATE, 8_000):
            file.mux(stream.encode(frame))
    with av.open(io.BytesIO(written.getvalue()), "r") as file:
        narrow = np.concatenate([frame.to_ndarray()[0] for frame in file.decode(audio=0)])
    return np.concatenate([frame.to_ndarray()[0] for frame in _resampled(narrow, 8_000, RATE)])


def _resampled(sound: NDArray[np.int16], rate: int, other: int) -> list[AudioFrame]:
    frame = AudioFrame.from_ndarray(sound.reshape(1, -1), format="s16", layout="mono")
    frame.sample_rate = rate
    resampler = av.AudioResampler(format="s16", layout="mono", rate=other)
    return [*resampler.resample(frame), *resampler.resample(None)]


def samples(sound: Sound) -> NDArray[np.int16]:
    """With silence around it, and a little noise."""
    wide = np.pad(sound, 12 * RATE) + np.random.default_rng(3).normal(0, 0.0006, len(sound) + 24 * RATE)
    return (wide.clip(-1, 1) * 32_767).astype(np.int16)


@pytest.mark.parametrize("is_by_telephone", [False, True])
@pytest.mark.parametrize("name", MACHINES)
def test_machines_do_not_speak(name: str, is_by_telephone: bool) -> None:
    sound = samples(MACHINES[name] * 0.15)
    sound = in_mu_law(sound) if is_by_telephone else sound
    assert speaking(levels_of(sound)).sum() > 80, "it stands out of the noise"
    (channel,) = channels_of([sound])
    assert (channel.speech, channel.loudness) == ((), None)


def test_voices_are_no_machines() -> None:
    for voice in call():
        sounding = speaking(levels_of(voice))
        assert not machines(voice, sounding).any()
        assert not machines(in_mu_law(voice), sounding).any()


@pytest.mark.parametrize("name", MACHINES)
def test_a_voice_beside_a_machine_keeps_its_time(name: str) -> None:
    voice = call()[0].astype(np.float64) / 32_768
    alone = [0.0 * MOMENTS, voice, 0.0 * MOMENTS]
    beside = [MACHINES[name] * 0.1, voice, MACHINES[name] * 0.1]
    spoken, found = (length(channels_of([samples(np.concatenate(parts))])[0].speech) for parts in (alone, beside))
    assert found == pytest.approx(spoken, abs=0.4)


def test_noise_and_silence_are_no_machines() -> None:
    noise = (np.random.default_rng(1).normal(0, 0.1, SECONDS * RATE) * 32_767).astype(np.int16)
    for sound in (noise, noise * 0, noise[:0], noise[:50], noise[: RATE // 10]):
        frames = np.ones(len(sound) // 320, dtype=np.bool_)
        assert machines(sound, frames).shape == frames.shape
        assert not machines(sound, frames).any()
