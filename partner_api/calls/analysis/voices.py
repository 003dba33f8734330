"""Who speaks when, from the samples of a call: voice activity, loudness, and whether channels are two people.

Only the process that listens to recordings loads this module. A frame is 20 ms. It is speech where its level
stands out of the noise around it, unless it is a machine's (`tones`).
"""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from partner_api.calls.analysis.intervals import joined
from partner_api.calls.analysis.tones import machines
from partner_api.calls.analysis.wire import Channel, Interval

Samples: TypeAlias = NDArray[np.int16]
Levels: TypeAlias = NDArray[np.float32]
Flags: TypeAlias = NDArray[np.bool_]

RATE = 16_000
FRAME = 320
FRAMES_A_SECOND = RATE // FRAME
FULL_SCALE = 32_768.0
CLIPPED = 32_700
_SILENCE = -96.0
_CHUNK = 60 * RATE
# The noise at a moment is the level that a tenth of the 30 s around it stays under.
_NOISE_SECONDS, _NOISE_SHARE = 30, 10
# Speech is that much above the noise, not that much weaker than the loudest, and not below what can be heard (dB).
_ABOVE_NOISE, _BELOW_LOUDEST, _LEAST_LEVEL = 9.0, 32.0, -58.0
# Pauses within words are closed, clicks dropped, and the faint edges of words given back (seconds).
_HANGOVER, _LEAST_SPEECH, _EDGE = 0.24, 0.10, 0.04
# The other's voice in one's own microphone is that much weaker than one's own (dB).
_CROSSTALK, _CROSSTALK_FRAMES = 9.0, 9
_SAME_WAVE, _SAME_ENVELOPE, _SAME_TIMES = 0.8, 0.8, 0.8
_LEAST_FRAMES = 10
_BLOCK = 20


def levels_of(samples: Samples) -> Levels:
    """The level of each frame in dBFS, without what is constant in it."""
    count = len(samples) // FRAME
    levels = np.empty(count, dtype=np.float32)
    for at in range(0, count, _CHUNK // FRAME):
        chunk = samples[at * FRAME : (at + _CHUNK // FRAME) * FRAME]
        frames = chunk[: len(chunk) // FRAME * FRAME].reshape(-1, FRAME).astype(np.float32)
        power = frames.var(axis=1) / FULL_SCALE**2
        levels[at : at + len(frames)] = 10 * np.log10(np.maximum(power, 10 ** (_SILENCE / 10)))
    return levels


def speaking(levels: Levels) -> Flags:
    """Which frames are speech."""
    if not len(levels):
        return np.zeros(0, dtype=np.bool_)
    loudest = float(np.percentile(levels, 99))
    least = max(loudest - _BELOW_LOUDEST, _LEAST_LEVEL)
    found: Flags = levels > np.maximum(_noise(levels) + _ABOVE_NOISE, least)
    return found


def _spoken(samples: Samples, levels: Levels) -> Flags:
    sounding = speaking(levels)
    return sounding & ~machines(samples, sounding)


def _noise(levels: Levels) -> Levels:
    """The level of the noise around each frame."""
    seconds = -(-len(levels) // FRAMES_A_SECOND)
    filled = np.pad(levels, (0, seconds * FRAMES_A_SECOND - len(levels)), mode="edge")
    window = min(_NOISE_SECONDS, seconds)
    windows = sliding_window_view(filled.reshape(seconds, FRAMES_A_SECOND), window, axis=0)
    lowest = np.percentile(windows.reshape(len(windows), -1), _NOISE_SHARE, axis=1)
    before = (seconds - len(lowest)) // 2
    each_second = np.pad(lowest, (before, seconds - len(lowest) - before), mode="edge")
    return np.repeat(each_second, FRAMES_A_SECOND)[: len(levels)].astype(np.float32)


def intervals_of(flags: Flags) -> list[Interval]:
    """Frames of speech made stretches of it, in seconds."""
    edges = np.flatnonzero(np.diff(np.concatenate(([False], flags, [False])).astype(np.int8)))
    raw = [(float(start) * FRAME / RATE, float(end) * FRAME / RATE) for start, end in edges.reshape(-1, 2)]
    kept = [(start, end) for start, end in joined(raw, gap=_HANGOVER) if end - start >= _LEAST_SPEECH]
    most = len(flags) * FRAME / RATE
    wider = [(max(0.0, start - _EDGE), min(most, end + _EDGE)) for start, end in kept]
    return [(round(start, 3), round(end, 3)) for start, end in joined(wider)]


def apart(first: Samples, second: Samples) -> bool:
    """Whether the two channels of a recording are two people, each on one.

    They aren't where one of them is silent, where both have the same wave (a mono recording stored twice), or
    where they are loud and silent together (one room heard by two microphones).
    """
    levels = (levels_of(first), levels_of(second))
    flags = tuple(speaking(each) for each in levels)
    either, both = flags[0] | flags[1], flags[0] & flags[1]
    if min(flags[0].sum(), flags[1].sum()) < _LEAST_FRAMES:
        return False
    if abs(_correlation(first, second)) > _SAME_WAVE:
        return False
    together = both.sum() / either.sum()
    alike = float(np.corrcoef(levels[0][either], levels[1][either])[0, 1])
    return not (together > _SAME_TIMES and alike > _SAME_ENVELOPE)


def _correlation(first: Samples, second: Samples) -> float:
    products = np.zeros(3)
    for at in range(0, len(first), _CHUNK):
        one = first[at : at + _CHUNK].astype(np.float64)
        other = second[at : at + _CHUNK].astype(np.float64)
        products += (one @ other, one @ one, other @ other)
    return float(products[0] / max(np.sqrt(products[1] * products[2]), 1e-9))


def channels_of(channels: list[Samples]) -> list[Channel]:
    """What is heard on each channel; of two, without what is only the other's voice."""
    levels = [levels_of(samples) for samples in channels]
    flags = [_spoken(*measured) for measured in zip(channels, levels, strict=True)]
    if len(channels) == 2:  # noqa: PLR2004 - a pair is a pair
        flags = [flags[0] & ~_crosstalk(levels, flags, of=0), flags[1] & ~_crosstalk(levels, flags, of=1)]
    return [_channel(*measured) for measured in zip(channels, levels, flags, strict=True)]


def _crosstalk(levels: list[Levels], flags: list[Flags], *, of: int) -> Flags:
    """Frames in which channel `of` has far less of its usual level than the other has of its own."""
    usual = [
        float(np.percentile(level[flag], 90)) if flag.any() else 0.0 for level, flag in zip(levels, flags, strict=True)
    ]
    weaker = (levels[1 - of] - usual[1 - of]) - (levels[of] - usual[of])
    # Over 0.2 s, since syllables of two people never rise and fall together.
    evened = np.convolve(weaker, np.full(_CROSSTALK_FRAMES, 1 / _CROSSTALK_FRAMES), mode="same")
    found: Flags = flags[1 - of] & (evened > _CROSSTALK)
    return found


def _channel(samples: Samples, levels: Levels, flags: Flags) -> Channel:
    speech = intervals_of(flags)
    clipped = float(np.count_nonzero((samples >= CLIPPED) | (samples <= -CLIPPED)) / max(len(samples), 1))
    spoken = levels[flags] if speech else levels[:0]
    if not len(spoken):
        return Channel((), None, None, round(clipped, 5))
    return Channel(tuple(speech), round(_mean(spoken), 1), _variation(spoken), round(clipped, 5))


def _mean(levels: Levels) -> float:
    """The level of the mean power."""
    return float(10 * np.log10(np.mean(10 ** (levels.astype(np.float64) / 10))))


def _variation(spoken: Levels) -> float | None:
    """How much the level of speech varies between stretches of 0.4 s of it."""
    count = len(spoken) // _BLOCK
    if count < _LEAST_FRAMES:
        return None
    blocks = 10 ** (spoken[: count * _BLOCK].reshape(count, _BLOCK).astype(np.float64) / 10)
    return round(float(np.std(10 * np.log10(blocks.mean(axis=1)))), 1)
