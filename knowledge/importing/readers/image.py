"""Images and scanned pages: their text by recognition, then as printed pages are read."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise
from statistics import median

import pypdfium2

from knowledge.importing.cleaning import cleaned, normalised, unspaced
from knowledge.importing.errors import ImportRefused, Refusal
from knowledge.importing.readers.lines import PageLine, blocks_of
from knowledge.importing.readers.structure import reading_of
from knowledge.importing.rows import Format, Notice, Reading, Source
from knowledge.media.errors import ImageRefusal, ImageRefused
from knowledge.media.images import LONGEST_SIDE, Picture, opened, picture_of
from knowledge.media.layout import TextLine
from knowledge.media.recognition import recognised

_PAGE_POINTS = 842.0
# Recognised heights waver with the letters of a line; a heading stands out by more.
_LARGE = 1.25
_ALIKE = 0.97
_SIZE = 12.0
_REFUSALS = {
    ImageRefusal.HEIC: Refusal.IMAGE,
    ImageRefusal.UNKNOWN_FORMAT: Refusal.IMAGE,
    ImageRefusal.TOO_MANY_PIXELS: Refusal.TOO_MANY_PIXELS,
}


def read(source: Source) -> Reading:
    """Rows of an image. Raises ImportRefused, among others `picture_without_text`."""
    try:
        picture = opened(source.data)
    except ImageRefused as refused:
        raise ImportRefused(_REFUSALS.get(refused.refusal, Refusal.MALFORMED), **refused.values) from None
    lines = list(_lines(picture, 1))
    if not lines:
        raise ImportRefused(Refusal.PICTURE_WITHOUT_TEXT)
    reading = reading_of(blocks_of(lines), Format.IMAGE, source.limits)
    return replace(reading, rows=tuple(replace(row, notice=Notice.FROM_PICTURE) for row in reading.rows))


def page_lines(page: pypdfium2.PdfPage, number: int) -> list[PageLine]:
    """The lines of a scanned page, drawn no larger than recognition wants it."""
    bitmap = page.render(scale=LONGEST_SIDE / max(*page.get_size(), 1.0))
    return list(_lines(picture_of(bitmap.to_pil().convert("RGB")), number))


def _lines(picture: Picture, number: int) -> Iterator[PageLine]:
    found = recognised(picture).lines
    usual = median(line.bottom - line.top for line in found) if found else 0.0
    edge = _edge_of(found)
    points = _PAGE_POINTS / max(picture.width, picture.height)
    for line in found:
        text = unspaced(cleaned(normalised(line.text)))
        # A last character that is a comma or a full stop shows no ink where its line ends.
        is_end = line.parts > 1 or line.right + usual < edge
        if text:
            yield PageLine(
                text, number, line.left * points, line.right * points, line.top / picture.height,
                line.bottom / picture.height, _size(line, usual), is_end,
            )  # fmt: skip


def _edge_of(lines: Sequence[TextLine]) -> float:
    """How far the lines of paragraphs reach at least: near the furthest that two lines reach alike.

    Notices, menus and receipts have no such edge, and keep their lines.
    """
    rights = sorted((line.right for line in lines if line.parts == 1), reverse=True)
    return next((near for far, near in pairwise(rights) if near >= _ALIKE * far), math.inf)


def _size(line: TextLine, usual: float) -> float:
    return _LARGE * _SIZE if line.parts == 1 and line.bottom - line.top > _LARGE * usual else _SIZE
