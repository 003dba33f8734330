"""Where a channel is cut into pieces for a transcriber: in pauses, so that no word is lost. Pure.

Where two people have a channel each, a piece ends as soon as the other takes the floor. So what was said stands in
its order whatever times a model tells, and those of a piece are measured. Transcribers take minutes, not hours, and
one that works a piece at a time lets others in between.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from partner_api.calls.analysis.intervals import gaps, length, overlap
from partner_api.calls.analysis.wire import Interval

LONGEST = 300.0
_LOOKED_FOR = 60.0
_AROUND = 0.25
# The other has the floor after that much of a pause, with that much of it said (seconds).
_PAUSE, _SAID = 0.8, 0.5


def pieces_of(
    speech: Sequence[Interval], *, other: Sequence[Interval] = (), seconds: float, longest: float = LONGEST
) -> Iterator[Interval]:
    """The pieces of a channel of `seconds` that have speech in them, each at most `longest` long.

    `other` is the speech on the other channel.
    """
    at = 0.0
    for turn in (*_changes(speech, other), seconds):
        for piece in _cuts(speech, within=(at, turn), longest=longest):
            inside = overlap([piece], speech)
            if inside:
                yield round(max(piece[0], inside[0][0] - _AROUND), 3), round(min(piece[1], inside[-1][1] + _AROUND), 3)
        at = turn


def _changes(speech: Sequence[Interval], other: Sequence[Interval]) -> Iterator[float]:
    """The middles of the pauses in which the other has the floor."""
    for pause in gaps(speech, within=(speech[0][0], speech[-1][1])) if speech else ():
        if pause[1] - pause[0] >= _PAUSE and length(overlap([pause], other)) >= _SAID:
            yield (pause[0] + pause[1]) / 2


def _cuts(speech: Sequence[Interval], *, within: Interval, longest: float) -> Iterator[Interval]:
    """`within`, cut in the longest pause of each piece's last minute; where nobody pauses, at `longest`."""
    at, end = within
    pauses = gaps(speech, within=within) if end - at > longest else []
    while end - at > longest:
        cut = _best(pauses, at + longest - min(_LOOKED_FOR, longest / 2), at + longest)
        yield at, cut
        at = cut
    yield at, end


def _best(pauses: Sequence[Interval], earliest: float, latest: float) -> float:
    """The middle of the longest pause between two moments, the later one where there is none."""
    found = [(min(end, latest) - max(start, earliest), max(start, earliest), min(end, latest)) for start, end in pauses]
    pause, start, end = max(found, default=(0.0, latest, latest))
    return (start + end) / 2 if pause > 0 else latest
