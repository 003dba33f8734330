"""Where a channel is cut into pieces for a transcriber: in pauses, so that no word is lost. Pure.

Transcribers take minutes, not hours, and one that works a piece at a time lets others in between.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from partner_api.calls.analysis.intervals import gaps
from partner_api.calls.analysis.wire import Interval

LONGEST = 300.0
_LOOKED_FOR = 60.0
_AROUND = 0.5


def cuts(speech: Sequence[Interval], *, seconds: float, longest: float = LONGEST) -> Iterator[Interval]:
    """The pieces of a channel of `seconds` that have speech in them, each at most `longest` long.

    Each ends in the longest pause of its last minute; where nobody pauses, at `longest`.
    """
    pauses = gaps(speech, within=(0.0, seconds))
    at = 0.0
    while at < seconds:
        end = (
            seconds
            if seconds - at <= longest
            else _best(pauses, at + longest - min(_LOOKED_FOR, longest / 2), at + longest)
        )
        inside = [(start, stop) for start, stop in speech if start < end and stop > at]
        if inside:
            yield round(max(at, inside[0][0] - _AROUND), 3), round(min(end, inside[-1][1] + _AROUND), 3)
        at = end


def _best(pauses: Sequence[Interval], earliest: float, latest: float) -> float:
    """The middle of the longest pause between two moments, the later one where there is none."""
    found = [(min(end, latest) - max(start, earliest), max(start, earliest), min(end, latest)) for start, end in pauses]
    length, start, end = max(found, default=(0.0, latest, latest))
    return (start + end) / 2 if length > 0 else latest
