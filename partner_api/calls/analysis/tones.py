"""Sounds of machines among what stands out of the noise: ring-back and busy tones, dialled digits, music on hold.

Only the process that listens to recordings loads this module. A voice glides: nearly none of its power is at the same
few frequencies a tenth of a second before or after. That of a tone is, and that of a held note or chord. Music that is
sung, bowed with much vibrato or full of drums can't be told from speech so, and isn't.
"""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

Samples: TypeAlias = NDArray[np.int16]
Flags: TypeAlias = NDArray[np.bool_]
Numbers: TypeAlias = NDArray[np.float64]

RATE = 16_000
# Spectra of 128 ms every 40 ms, each compared with those 120 ms before and after.
_WINDOW, _HOP, _APART = 2_048, 640, 3
_FRAME = 320
_LOWEST, _PEAKS, _PEAK_WIDTH = 12, 8, 3
# The same frequency is so near (Hz); a moment is a tone with that share of its power at the same ones.
_SAME, _STEADY = 2.0, 0.85
# 2 s are a machine's with that share of such moments, of at least so many, and of those whatever lasts so long without
# a break. In 19 synthesised voices and in words that are drawn out nothing is; in tones, dialled digits and plucked
# chords all is.
_STRETCH, _LEAST, _SHARE = 50, 20, 0.65
_BREAK, _LEAST_RUN, _EDGE = 6, 8, 2
_CHUNK = 60 * RATE // _HOP


def machines(samples: Samples, sounding: Flags) -> Flags:
    """Which frames of 20 ms, of those that are `sounding`, are a machine's."""
    per_hop = _HOP // _FRAME
    count = -(-len(sounding) // per_hop)
    sounds: Flags = np.any(np.pad(sounding, (0, count * per_hop - len(sounding))).reshape(count, per_hop), axis=1)
    steady = np.zeros(count, dtype=np.bool_)
    for at in range(0, count, _CHUNK):
        if sounds[at : at + _CHUNK].any():
            steady[at : at + _CHUNK] = _steady(_around(samples, at, min(_CHUNK, count - at)))
    found = np.repeat(_runs(steady & sounds, sounds), per_hop)[: len(sounding)]
    return np.asarray(found & sounding)


def _around(samples: Samples, at: int, count: int) -> Samples:
    """The samples that the spectra of so many hops, and of those that they are compared with, are made of."""
    margin = _APART * _HOP + (_WINDOW - _HOP) // 2
    start, end = at * _HOP - margin, (at + count) * _HOP + margin
    inside = samples[max(0, start) : max(0, end)]
    before = max(0, -start)
    return np.pad(inside, (before, end - start - before - len(inside)))


def _steady(samples: Samples) -> Flags:
    """Which moments have nearly all of their power where it is a little earlier or later as well."""
    windows = sliding_window_view(samples, _WINDOW)[::_HOP]
    frequencies, shares = _peaks(windows)
    before, middle, after = slice(None, -2 * _APART), slice(_APART, -_APART), slice(2 * _APART, None)
    kept = [
        (shares[middle] * (abs(frequencies[middle][:, :, None] - frequencies[other][:, None, :]) < _SAME).any(axis=2))
        for other in (before, after)
    ]
    return np.asarray(np.maximum(*(each.sum(axis=1) for each in kept)) > _STEADY)


def _peaks(windows: Samples) -> tuple[Numbers, Numbers]:
    """The frequencies of the strongest peaks of each window in Hz, and the share of its power that each has."""
    power = np.abs(np.fft.rfft(windows * np.hanning(_WINDOW).astype(np.float32), axis=1)) ** 2
    power[:, :_LOWEST] = 0
    whole, rows = power.sum(axis=1) + 1e-9, np.arange(len(power))
    left = power.copy()
    frequencies, shares = np.empty((len(power), _PEAKS)), np.empty((len(power), _PEAKS))
    for index in range(_PEAKS):
        peak = left[:, _LOWEST : -_PEAK_WIDTH - 1].argmax(axis=1) + _LOWEST
        below, here, above = (np.log(power[rows, peak + step] + 1e-9) for step in (-1, 0, 1))
        curve = below - 2 * here + above
        exact = peak + np.divide(0.5 * (below - above), curve, out=np.zeros_like(curve), where=curve != 0)
        frequencies[:, index] = exact * RATE / _WINDOW
        around = peak[:, None] + np.arange(-_PEAK_WIDTH, _PEAK_WIDTH + 1)
        shares[:, index] = left[rows[:, None], around].sum(axis=1) / whole
        left[rows[:, None], around] = 0
    return frequencies, shares


def _runs(steady: Flags, sounds: Flags) -> Flags:
    """The runs of steady moments in stretches of 2 s that are a machine's."""
    machine = np.zeros(len(steady), dtype=np.bool_)
    of, all_of = (np.concatenate(([0], np.cumsum(flags))) for flags in (steady, sounds))
    for at in range(max(1, len(steady) - _STRETCH + 1)):
        end = min(at + _STRETCH, len(steady))
        many = all_of[end] - all_of[at]
        if many >= _LEAST and of[end] - of[at] >= _SHARE * many:
            machine[at:end] = True
    found = np.zeros(len(steady), dtype=np.bool_)
    moments = np.flatnonzero(steady & machine)
    for run in np.split(moments, np.flatnonzero(np.diff(moments) > _BREAK) + 1):
        # A vowel that is held beside a tone is shorter.
        if len(run) and run[-1] - run[0] >= _LEAST_RUN:
            found[max(0, run[0] - _EDGE) : run[-1] + 1 + _EDGE] = True
    return found
