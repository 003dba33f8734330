"""Personal numbers taken out of the turns of a call, before anything is read out of them. Pure.

A number becomes its kind and its last figures, `[phone ***678]`; an e-mail address becomes `[email]`. One that its
speaker says over several turns, while the other only nods, is found as well: its later parts become `***`.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import replace

from partner_api.calls.analysis.personal.finding import Kind, Personal, personal_in
from partner_api.calls.analysis.turns import Turn

# The last figures that are left, for people to know which number is meant.
KEPT = {Kind.PHONE: 3, Kind.CARD: 3, Kind.ID: 2, Kind.ACCOUNT: 3, Kind.EMAIL: 0, Kind.BIRTH: 0}
REST = "***"
_NOD_LETTERS = 8
_DIGIT = re.compile(r"\d")


def mask_turns(turns: Sequence[Turn]) -> list[Turn]:
    """The same turns with their personal numbers masked."""
    texts = [turn.text for turn in turns]
    for run in _runs(turns):
        before = texts[run[0] - 1] if run[0] else ""
        for at, text in zip(run, _masked([turns[at].text for at in run], before), strict=True):
            texts[at] = text
    return [turn if turn.text == text else replace(turn, text=text) for turn, text in zip(turns, texts, strict=True)]


def mask(text: str) -> str:
    """`text` with its personal numbers masked."""
    return _masked([text], "")[0]


def _runs(turns: Sequence[Turn]) -> Iterator[list[int]]:
    """The places of what one speaker says with nothing but nods of the other's between."""
    open_runs: dict[str, list[int]] = {}
    for at, turn in enumerate(turns):
        if not _is_nod(turn.text):
            for speaker in [one for one in open_runs if one != turn.speaker]:
                yield open_runs.pop(speaker)
        open_runs.setdefault(turn.speaker, []).append(at)
    yield from open_runs.values()


def _is_nod(text: str) -> bool:
    return not _DIGIT.search(text) and sum(character.isalpha() for character in text) <= _NOD_LETTERS


def _masked(texts: Sequence[str], before: str) -> list[str]:
    """`texts`, which follow on each other, with what is personal in them masked."""
    joined = "\n".join(texts)
    starts = [0]
    for text in texts:
        starts.append(starts[-1] + len(text) + 1)
    masked = list(texts)
    # From the right, so that places to the left stay.
    for one in reversed(personal_in(joined, before=before)):
        for at in range(bisect_left(starts, one.end) - 1, bisect_right(starts, one.start) - 2, -1):
            start, end = max(one.start - starts[at], 0), min(one.end - starts[at], len(texts[at]))
            if start < end:
                sign = _sign(one) if one.start >= starts[at] else REST
                masked[at] = masked[at][:start] + sign + masked[at][end:]
    return masked


def _sign(one: Personal) -> str:
    kept = KEPT[one.kind]
    return f"[{one.kind} {REST}{one.digits[-kept:]}]" if kept else f"[{one.kind}]"
