"""Boxes of recognised text to lines in the order in which people read them. Pure."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median

Point = tuple[float, float]

_TALL = 1.5
# Boxes are of one line where their middles are within this share of the smaller one's height.
_SAME_LINE = 0.6
# A box this many times as wide as high shows how far the image leans.
_SHOWS_LEAN = 3.0


@dataclass(frozen=True, slots=True)
class Box:
    """Recognised text: its four `corners` in pixels, clockwise from the upper left one.

    `is_turned` tells that the text was upside down in its box, where the box lies; in a box that
    stands, that it runs upwards.
    """

    text: str
    confidence: float
    corners: tuple[Point, Point, Point, Point]
    is_turned: bool = False

    @property
    def width(self) -> float:
        return max(math.dist(self.corners[0], self.corners[1]), math.dist(self.corners[3], self.corners[2]))

    @property
    def height(self) -> float:
        return max(math.dist(self.corners[0], self.corners[3]), math.dist(self.corners[1], self.corners[2]))

    @property
    def stands(self) -> bool:
        """Whether the text runs up or down instead of across."""
        return self.height >= _TALL * self.width


@dataclass(frozen=True, slots=True)
class TextLine:
    """A line of text with its edges in pixels of the upright image, and how sure it is (0 to 1).

    `parts` counts what stands apart in it, as columns do.
    """

    text: str
    confidence: float
    left: float
    top: float
    right: float
    bottom: float
    parts: int = 1


def lines_of(boxes: Sequence[Box]) -> list[TextLine]:
    """The lines from the top to the bottom, each from left to right, however the image was held."""
    upright = _unleant(_upright(boxes))
    lines: list[list[_Flat]] = []
    for box in sorted(upright, key=lambda one: one.middle):
        line = next((one for one in reversed(lines) if _belongs(box, one)), None)
        if line is None:
            lines.append([box])
        else:
            line.append(box)
    return sorted((_line(line) for line in lines), key=lambda line: (line.top + line.bottom, line.left))


@dataclass(frozen=True, slots=True)
class _Flat:
    text: str
    confidence: float
    left: float
    right: float
    top: float
    bottom: float

    @property
    def middle(self) -> float:
        return (self.top + self.bottom) / 2


def _upright(boxes: Sequence[Box]) -> Sequence[Box]:
    """The boxes turned as most of their text stands."""
    votes = {0: 0, 1: 0, 2: 0, 3: 0}
    for box in boxes:
        turn = (3 if box.is_turned else 1) if box.stands else (2 if box.is_turned else 0)
        votes[turn] += max(len(box.text) - 1, 0)
    quarters = max(votes, key=lambda one: votes[one])
    if quarters == 0:
        return boxes
    return [_turned(box, quarters) for box in boxes]


def _turned(box: Box, quarters: int) -> Box:
    """A box in coordinates turned back: by 1 from text that runs downwards, 2 upside down, 3 that runs upwards."""
    corners = [_turned_point(point, quarters) for point in box.corners]
    # The text's own upper left comes first again.
    a, b, c, d = corners[quarters:] + corners[:quarters]
    return Box(box.text, box.confidence, (a, b, c, d))


def _turned_point(point: Point, quarters: int) -> Point:
    x, y = point
    return {1: (y, -x), 2: (-x, -y), 3: (-y, x)}[quarters]


def _unleant(boxes: Sequence[Box]) -> list[_Flat]:
    """The boxes with the lean of the whole image taken out, so that what stands in a row is level."""
    leans = [
        math.atan2(box.corners[1][1] - box.corners[0][1], box.corners[1][0] - box.corners[0][0])
        for box in boxes
        if box.width > _SHOWS_LEAN * box.height
    ]
    lean = median(leans) if leans else 0.0
    cos, sin = math.cos(-lean), math.sin(-lean)
    return [_flat(box, [(x * cos - y * sin, x * sin + y * cos) for x, y in box.corners]) for box in boxes]


def _flat(box: Box, corners: Iterable[Point]) -> _Flat:
    xs, ys = zip(*corners, strict=True)
    return _Flat(box.text, box.confidence, min(xs), max(xs), min(ys), max(ys))


def _belongs(box: _Flat, line: Sequence[_Flat]) -> bool:
    """Whether a box stands in a line: level with its last box, and not on top of one of its boxes."""
    near = min(line, key=lambda one: abs(one.left - box.left))
    smaller = min(box.bottom - box.top, near.bottom - near.top)
    is_level = abs(box.middle - near.middle) <= _SAME_LINE * smaller
    return is_level and all(min(box.right, one.right) - max(box.left, one.left) <= smaller for one in line)


def _line(boxes: Sequence[_Flat]) -> TextLine:
    ordered = sorted(boxes, key=lambda box: box.left)
    weight = sum(len(box.text) for box in ordered)
    return TextLine(
        text=" ".join(box.text for box in ordered),
        confidence=sum(box.confidence * len(box.text) for box in ordered) / weight,
        left=ordered[0].left,
        top=min(box.top for box in ordered),
        right=max(box.right for box in ordered),
        bottom=max(box.bottom for box in ordered),
        parts=len(ordered),
    )
