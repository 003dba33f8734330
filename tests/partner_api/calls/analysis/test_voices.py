"""Signals whose voices are known, because they were made here."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from partner_api.calls.analysis.voices import RATE, apart, channels_of, intervals_of, levels_of, speaking
from partner_api.calls.analysis.wire import Interval

Sound = NDArray[np.float64]
SECONDS = 20
NOISE = np.random.default_rng(3)


def speech(*stretches: Interval, level: float = 0.1, seed: int = 1) -> Sound:
    """Noise that is loud and soft four times a second, as syllables are, in some stretches and nowhere else."""
    wave = np.random.default_rng(seed).normal(0, level, SECONDS * RATE)
    moments = np.arange(SECONDS * RATE) / RATE
    inside = sum(((moments >= start) & (moments < end)).astype(float) for start, end in stretches)
    return np.asarray(wave * inside * (1 + 0.5 * np.sin(moments * 2 * np.pi * 4)))


def samples(sound: Sound, *, noise: float = 0.0005) -> NDArray[np.int16]:
    return ((sound + NOISE.normal(0, noise, len(sound))).clip(-1, 1) * 32_767).astype(np.int16)


def found(sound: NDArray[np.int16]) -> list[Interval]:
    return intervals_of(speaking(levels_of(sound)))


@pytest.mark.parametrize("noise", [0.0, 0.0005, 0.005])
def test_speech_is_found_where_it_is(noise: float) -> None:
    intervals = found(samples(speech((2, 5), (8, 9)), noise=noise))
    assert np.allclose(intervals, [(2, 5), (8, 9)], atol=0.1)


def test_a_hum_is_no_speech() -> None:
    hum = 0.02 * np.sin(np.arange(SECONDS * RATE) / RATE * 2 * np.pi * 50)
    assert np.allclose(found(samples(hum + speech((3, 6)))), [(3, 6)], atol=0.15)


@pytest.mark.parametrize("sound", [np.zeros(SECONDS * RATE), np.full(SECONDS * RATE, 0.3), np.zeros(0), np.zeros(50)])
def test_where_nothing_changes_nobody_speaks(sound: Sound) -> None:
    assert found(samples(sound, noise=0)) == []


def test_steady_noise_is_no_speech() -> None:
    assert found(samples(np.zeros(SECONDS * RATE), noise=0.02)) == []


def test_a_click_is_no_speech() -> None:
    assert found(samples(speech((4, 4.04)))) == []


def test_two_people_on_two_channels_are_apart() -> None:
    assert apart(samples(speech((1, 5), (10, 12))), samples(speech((6, 9), (13, 18), seed=2)))


@pytest.mark.parametrize("factor", [1.0, 0.4, -1.0])
def test_a_mono_recording_stored_twice_is_one_channel(factor: float) -> None:
    voice = speech((1, 5), (10, 12))
    assert not apart(samples(voice), samples(voice * factor))


def test_one_room_heard_by_two_microphones_is_one_channel() -> None:
    voice = speech((1, 5), (7, 12))
    assert not apart(samples(voice), samples(np.roll(voice, 40) * 0.7))


def test_a_channel_on_which_nobody_speaks_is_nobody() -> None:
    assert not apart(samples(speech((1, 5))), samples(np.zeros(SECONDS * RATE)))


def test_the_others_voice_in_ones_own_microphone_is_not_ones_own() -> None:
    first, second = speech((1, 6)), speech((8, 10), level=0.05, seed=2)
    channels = channels_of([samples(first + second * 0.15), samples(second + first * 0.15)])
    assert np.allclose(channels[0].speech, [(1, 6)], atol=0.2)
    assert np.allclose(channels[1].speech, [(8, 10)], atol=0.2)


def test_loudness_is_that_of_the_speech_alone() -> None:
    sound = np.random.default_rng(1).normal(0, 0.1, SECONDS * RATE) * (np.arange(SECONDS * RATE) < 8 * RATE)
    (channel,) = channels_of([samples(sound, noise=0)])
    assert channel.loudness == pytest.approx(-20.0, abs=0.3)
    assert channel.variation == pytest.approx(0.0, abs=0.5)
    assert channel.clipped == 0


def test_clipping_is_told_as_a_share() -> None:
    (channel,) = channels_of([samples(speech((0, 10), level=3.0))])
    assert channel.clipped > 0.2
