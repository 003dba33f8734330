"""Stretches of time, as sorted pairs of seconds that don't overlap. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from partner_api.calls.analysis.wire import Interval


def joined(intervals: Iterable[Interval], *, gap: float = 0.0) -> list[Interval]:
    """The stretches in order, those made one that overlap or are at most `gap` seconds apart."""
    found: list[Interval] = []
    for start, end in sorted(intervals):
        if found and start <= found[-1][1] + gap:
            found[-1] = (found[-1][0], max(found[-1][1], end))
        else:
            found.append((start, end))
    return found


def overlap(first: Sequence[Interval], second: Sequence[Interval]) -> list[Interval]:
    """Where both are."""
    found: list[Interval] = []
    left = right = 0
    while left < len(first) and right < len(second):
        start, end = max(first[left][0], second[right][0]), min(first[left][1], second[right][1])
        if start < end:
            found.append((start, end))
        if first[left][1] <= second[right][1]:
            left += 1
        else:
            right += 1
    return found


def gaps(intervals: Sequence[Interval], *, within: Interval) -> list[Interval]:
    """Where nothing is, from the beginning of `within` to its end."""
    found: list[Interval] = []
    at = within[0]
    for start, end in intervals:
        if start > at:
            found.append((at, min(start, within[1])))
        at = max(at, end)
    if at < within[1]:
        found.append((at, within[1]))
    return found


def length(intervals: Iterable[Interval]) -> float:
    """All seconds together."""
    return sum(end - start for start, end in intervals)
