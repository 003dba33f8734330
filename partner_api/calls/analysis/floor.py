"""Who had the floor: utterances, interruptions, answers and monologues, of two people's stretches of speech. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from statistics import median

from partner_api.calls.analysis.intervals import joined
from partner_api.calls.analysis.wire import Interval

# Pauses up to this long don't end what somebody is saying (seconds).
PAUSE = 0.7
# Less than this is a click, or an edge of a word that the noise hides.
LEAST = 0.3
# What is shorter is a word of assent: it takes the floor from nobody.
ASSENT = 1.0


def utterances(speech: Sequence[Interval]) -> list[Interval]:
    """What somebody says in one go, pauses for breath included."""
    return joined(speech, gap=PAUSE)


def interruptions(of: Sequence[Interval], by: Sequence[Interval]) -> int:
    """How often `by` begins while `of` is speaking, and goes on when `of` has stopped.

    A word of assent that the speaker talks on over is none.
    """
    found = 0
    for start, end in utterances(by):
        for theirs in utterances(of):
            is_under_way = theirs[0] + LEAST <= start <= theirs[1] - LEAST
            found += is_under_way and end > theirs[1] and end - start >= LEAST
    return found


def latency(of: Sequence[Interval], after: Sequence[Interval]) -> float | None:
    """The median of the seconds between the end of what `after` says and the beginning of what `of` answers."""
    said = sorted([(*one, True) for one in utterances(of)] + [(*one, False) for one in utterances(after)])
    waits = [
        answer[0] - before[1]
        for before, answer in pairwise(said)
        if answer[2] and not before[2] and answer[0] >= before[1]
    ]
    return median(waits) if waits else None


def longest_monologue(of: Sequence[Interval], other: Sequence[Interval]) -> float | None:
    """The longest time from the first to the last sound of one speaker that the other only assents in."""
    breaks = [one for one in utterances(other) if one[1] - one[0] >= ASSENT]
    longest, begun, ended = 0.0, 0.0, None
    for start, end in utterances(of):
        if ended is None or any(
            start_of_other < end and end_of_other > ended for start_of_other, end_of_other in breaks
        ):
            begun = start
        ended = end
        longest = max(longest, end - begun)
    return longest or None
