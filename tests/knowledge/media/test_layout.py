from __future__ import annotations

import math
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.media.layout import Box, Point, lines_of

Corners = tuple[Point, Point, Point, Point]


def box(text: str, left: float, top: float, *, width: float = 0, height: float = 30) -> Box:
    right, bottom = left + (width or 30 * len(text)), top + height
    return Box(text, 0.9, ((left, top), (right, top), (right, bottom), (left, bottom)))


def leaning(boxes: list[Box], degrees: float) -> list[Box]:
    cos, sin = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    found = []
    for one in boxes:
        corners = tuple((x * cos - y * sin, x * sin + y * cos) for x, y in one.corners)
        found.append(Box(one.text, one.confidence, cast("Corners", corners)))
    return found


def turned(boxes: list[Box], quarters: int) -> list[Box]:
    """The boxes of the same picture held otherwise: turned by quarters, clockwise."""
    found = []
    for one in boxes:
        corners = list(one.corners)
        for _ in range(quarters):
            corners = [(-y, x) for x, y in corners]
        # Whatever the text does in it, a box's corners begin at the upper left.
        corners = corners[-quarters:] + corners[:-quarters] if quarters else corners
        found.append(Box(one.text, one.confidence, cast("Corners", tuple(corners)), is_turned=quarters in (2, 3)))
    return found


RECEIPT = [
    box("好食小館", 200, 0, height=40), box("滷肉飯", 0, 100), box("x2", 300, 102), box("120", 500, 98),
    box("燙青菜", 0, 150), box("x1", 300, 149), box("40", 500, 152), box("謝謝光臨，歡迎再來", 0, 200),
]  # fmt: skip
READ = ["好食小館", "滷肉飯 x2 120", "燙青菜 x1 40", "謝謝光臨，歡迎再來"]


def texts(boxes: list[Box]) -> list[str]:
    return [line.text for line in lines_of(boxes)]


@given(st.permutations(RECEIPT))
def test_lines_are_read_from_the_top_and_from_the_left(boxes: list[Box]) -> None:
    assert texts(boxes) == READ


@pytest.mark.parametrize("degrees", [-8, -3, 2.5, 8])
def test_a_leaning_photo_keeps_its_rows(degrees: float) -> None:
    assert texts(leaning(RECEIPT, degrees)) == READ


@pytest.mark.parametrize("quarters", [1, 2, 3])
def test_a_picture_that_was_held_otherwise_is_read_in_order(quarters: int) -> None:
    assert texts(turned(RECEIPT, quarters)) == READ


def test_a_line_tells_how_sure_it_is_and_of_how_many_parts() -> None:
    sure = Box("ab", 1.0, ((0, 0), (20, 0), (20, 10), (0, 10)))
    unsure = Box("cdefgh", 0.6, ((100, 0), (160, 0), (160, 10), (100, 10)))
    [line] = lines_of([unsure, sure])
    assert (line.text, line.parts) == ("ab cdefgh", 2)
    assert line.confidence == pytest.approx(0.7)
    assert (line.left, line.top, line.right, line.bottom) == (0, 0, 160, 10)


def test_of_nothing_there_are_no_lines() -> None:
    assert lines_of([]) == []


coordinate = st.floats(-2000, 2000, width=32)
corners = st.tuples(*[st.tuples(coordinate, coordinate)] * 4)
any_box = st.builds(Box, st.text(min_size=1, max_size=5), st.floats(0, 1), corners, st.booleans())


@given(st.lists(any_box, max_size=12))
def test_whatever_was_recognised_is_in_one_line(boxes: list[Box]) -> None:
    assert sorted("".join(texts(boxes)).replace(" ", "")) == sorted("".join(b.text for b in boxes).replace(" ", ""))
