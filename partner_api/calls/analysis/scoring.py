"""Scores from 0 to 10 by a rubric of parts that add up. Pure.

The overall score is the sum of the parts' points over the sum of what they could have been, out of 10. A part that
couldn't be measured is null, says why, and doesn't count. Every rounding is half up, to one decimal.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from itertools import pairwise
from typing import Any

from partner_api.calls.analysis.lexicon import lists
from partner_api.calls.analysis.measures import Analysed, measure

TOP = 10
# Points that have to be measurable for an overall score: what a call always has in which it is known who speaks and in
# which language. Of a single small part it would be all or nothing.
LEAST_MEASURED = 40
_TENTH = Decimal("0.1")


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the rubric: `points` are pairs of a measure and the share of `max` that it is worth."""

    name: str
    max: int
    measure: str
    points: tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class Rubric:
    version: str
    parts: tuple[Part, ...]


@cache
def rubric() -> Rubric:
    """The rubric of `rubric.toml`."""
    found = lists(__package__, "rubric")
    parts = (
        Part(part["name"], part["max"], part["measure"], tuple((at, share) for at, share in part["points"]))
        for part in found["part"]
    )
    return Rubric(found["version"], tuple(parts))


def score(
    tone: Mapping[str, Any], content: Mapping[str, Any], sentiment: Mapping[str, Any], call_type: str
) -> dict[str, Any]:
    """The scores of a call of `call_type`: `{"rubric", "call_type", "parts", "overall"}`.

    A part is `{"name", "score", "max", "reason", "source", "evidence"}`; `overall` is None where too few
    parts could be measured.
    """
    analysed = Analysed(tone, content, sentiment)
    parts = [_scored(part, analysed) for part in rubric().parts]
    return {"rubric": rubric().version, "call_type": call_type, "parts": parts, "overall": overall(parts)}


def overall(parts: Sequence[Mapping[str, Any]]) -> float | None:
    """What the points of `parts` come to out of 10; None where parts of fewer than LEAST_MEASURED points have any."""
    counting = [part for part in parts if part["score"] is not None]
    top = sum(part["max"] for part in counting)
    if top < LEAST_MEASURED:
        return None
    return rounded(Decimal(TOP) * sum((Decimal(str(part["score"])) for part in counting), Decimal()) / top)


def rounded(value: Decimal) -> float:
    """`value` to one decimal, half up."""
    return float(value.quantize(_TENTH, ROUND_HALF_UP))


def share_at(value: float, points: Sequence[tuple[float, float]]) -> float:
    """The share of a part's points that a measure is worth: on the straight lines between `points`, level outside."""
    if value <= points[0][0]:
        return points[0][1]
    for (left, low), (right, high) in pairwise(points):
        if value <= right:
            return low + (high - low) * (value - left) / (right - left)
    return points[-1][1]


def _scored(part: Part, analysed: Analysed) -> dict[str, Any]:
    found = measure(part.name, analysed)
    points = None
    if found.value is not None:
        points = rounded(part.max * Decimal(str(share_at(found.value, part.points))))
    return {
        "name": part.name,
        "score": points,
        "max": part.max,
        "reason": found.reason,
        "source": found.source,
        "evidence": list(found.evidence),
    }
