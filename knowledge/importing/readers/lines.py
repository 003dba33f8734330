"""Lines of printed pages to paragraphs and headings. Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from knowledge.importing.cleaning import joined
from knowledge.importing.readers.blocks import Block, Kind
from knowledge.importing.words import ANSWER_MARK, NUMBERED, PAGE_NUMBER, QUESTION_MARK, ends_as_question

_EDGE_LINES = 2
_HEADING_SIZE = 1.15
_LONGEST_HEADING = 60
_SAME_SIZE = 0.12
_FULL_WIDTH = 0.85
_COLUMN = 20
_SAME_HEIGHT = 0.02
_LEVELS = 6
_BULLET = re.compile(r"[•●○◦▪■□◆◇►▶✓✔※★☆‧·－–—*-][ \t]*\S")
_ENDED = re.compile(r"[。！？!?：:.；;]['\"」』）)】]*$")


@dataclass(frozen=True, slots=True)
class PageLine:
    """A line on a page (counted from 1): edges in points, `top` and `bottom` as shares of the page from above.

    All but the text and the page are 0 where the reader can't tell; `right` is then the line's length.
    `is_end` says that nothing goes on after it, however far it reaches.
    """

    text: str
    page: int
    left: float = 0.0
    right: float = 0.0
    top: float = 0.0
    bottom: float = 0.0
    size: float = 0.0
    is_end: bool = False


def blocks_of(lines: Sequence[PageLine]) -> Iterator[Block]:
    """The headings and paragraphs of `lines`, without what every page repeats."""
    kept = without_margins(lines)
    sizes = [line.size for line in kept for _ in line.text]
    body = median(sizes) if sizes else 0.0
    large = sorted({round(line.size) for line in kept if _is_heading(line, body)}, reverse=True)
    widths = _widths(kept)
    gap = _usual_gap(kept)
    held: list[PageLine] = []
    for line in kept:
        if held and not _goes_on(held[-1], line, width=widths[_column(held[-1])], gap=gap):
            yield _block(held, body, large)
            held = []
        held.append(line)
    if held:
        yield _block(held, body, large)


def without_margins(lines: Sequence[PageLine]) -> list[PageLine]:
    """`lines` without page numbers and without what stands at the same height of half of the pages or more."""
    by_page: dict[int, list[PageLine]] = {}
    for line in lines:
        by_page.setdefault(line.page, []).append(line)
    edges = {
        page: [*own[:_EDGE_LINES], *own[max(_EDGE_LINES, len(own) - _EDGE_LINES) :]] for page, own in by_page.items()
    }
    seen = Counter(key for own in edges.values() for key in {_mask(line) for line in own})
    often = max(2, (len(by_page) + 1) // 2)
    dropped = {
        id(line)
        for own in edges.values()
        for line in own
        if PAGE_NUMBER.fullmatch(line.text) or (seen[_mask(line)] >= often and not _is_marked(line.text))
    }
    return [line for line in lines if id(line) not in dropped]


def _mask(line: PageLine) -> tuple[str, int]:
    return re.sub(r"\d+", "0", line.text), round(line.top / _SAME_HEIGHT)


def _is_marked(text: str) -> bool:
    return QUESTION_MARK.match(text) is not None or ANSWER_MARK.match(text) is not None


def _begins_anew(text: str) -> bool:
    return _is_marked(text) or NUMBERED.match(text) is not None or _BULLET.match(text) is not None


def _is_heading(line: PageLine, body: float) -> bool:
    is_large = line.size > body * _HEADING_SIZE > 0
    return is_large and len(line.text) <= _LONGEST_HEADING and not line.text.endswith(("。", "，", ","))


def _column(line: PageLine) -> int:
    return round(line.left / _COLUMN)


def _widths(lines: Sequence[PageLine]) -> dict[int, float]:
    """How far lines reach to the right, by where they begin."""
    widths: dict[int, float] = {}
    for line in lines:
        widths[_column(line)] = max(widths.get(_column(line), 0.0), line.right)
    return widths


def _usual_gap(lines: Sequence[PageLine]) -> float:
    gaps = [below.top - above.bottom for above, below in pairwise(lines) if above.page == below.page]
    return median([gap for gap in gaps if gap > 0] or [0.0])


def _goes_on(above: PageLine, line: PageLine, *, width: float, gap: float) -> bool:
    """Whether `line` continues the paragraph that `above` ends with."""
    if above.is_end or _begins_anew(line.text) or ends_as_question(above.text):
        return False
    if abs(above.size - line.size) > _SAME_SIZE * max(above.size, line.size):
        return False
    is_full = above.right - above.left >= _FULL_WIDTH * (width - above.left)
    if _ENDED.search(above.text) and not is_full:
        return False
    same_page = above.page == line.page and line.top >= above.top
    if same_page and line.top - above.bottom > 1.5 * gap + 0.5 * (above.bottom - above.top):
        return False
    return is_full or (not _ENDED.search(above.text) and _is_wrapped(above, line))


def _is_wrapped(above: PageLine, line: PageLine) -> bool:
    """Whether a line that ends early was only cut: nothing begins after it, in Latin text with a capital."""
    return line.text[0].islower() or (line.size == 0 and not line.text[0].isupper())


def _block(lines: Sequence[PageLine], body: float, large: Sequence[int]) -> Block:
    first = lines[0]
    text = joined(line.text for line in lines)
    place = f"page {first.page}"
    if all(_is_heading(line, body) for line in lines) and len(text) <= 2 * _LONGEST_HEADING:
        level = min(large.index(round(first.size)) + 1, _LEVELS)
        return Block(Kind.HEADING, text, first.page, place, level)
    return Block(Kind.TEXT, text, first.page, place)
