"""Word documents: paragraphs, tables, headers and footers, in the order of the page."""

from __future__ import annotations

import re
from collections.abc import Iterator

import docx
from docx.document import Document
from docx.opc.constants import RELATIONSHIP_TYPE as RT
from lxml import etree

from knowledge.importing.cleaning import cleaned
from knowledge.importing.readers.archive import checked
from knowledge.importing.readers.blocks import Block, Kind
from knowledge.importing.readers.structure import reading_of
from knowledge.importing.rows import Format, Reading, Source
from knowledge.importing.words import PAGE_NUMBER

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
# Deleted and moved text, ruby (how a word is read), field codes and comments aren't what a page shows.
_UNSEEN = {f"{_W}{name}" for name in ("del", "moveFrom", "rt", "instrText", "delText", "pPr", "rPr", "sectPr")} | {
    _FALLBACK
}
_BREAKS = {f"{_W}tab": "\t", f"{_W}br": "\n", f"{_W}cr": "\n", f"{_W}noBreakHyphen": "-"}
_OUTLINE_LEVELS = 9
# Entries of a table of contents say nothing that their headings don't.
_CONTENTS = re.compile(r"TOC\d*|TableofFigures", re.IGNORECASE)


def read(source: Source) -> Reading:
    """Rows of a Word document. Raises ImportRefused."""
    document = docx.Document(checked(source))
    title = document.core_properties.title or ""
    return reading_of(_Walker(document).blocks(), Format.DOCX, source.limits, title=title)


class _Walker:
    """Walks a document's XML: python-docx's own lists leave out text boxes and content controls."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self._levels = dict(_heading_levels(document))
        self._numbering = Numbering(document)
        self._paragraph = self._table = 0

    def blocks(self) -> Iterator[Block]:
        body = list(self._walk(self._document.element.body))
        told = {block.text for block in body}
        # Before the body, so that no heading of it is taken for theirs.
        yield from self._margins(told)
        yield from body

    def _margins(self, told: set[str]) -> Iterator[Block]:
        """What headers and footers say beside page numbers and what the body says too."""
        for place, element in self._margin_elements():
            lines = [cleaned(_text(one)) for one in element.iter(f"{_W}p")]
            kept = [
                line for line in dict.fromkeys(lines) if line and line not in told and not PAGE_NUMBER.fullmatch(line)
            ]
            if kept:
                told.update(kept)
                yield Block(Kind.TEXT, "\n".join(kept), 1, place)

    def _margin_elements(self) -> Iterator[tuple[str, etree._Element]]:
        for section in self._document.sections:
            headers = (section.header, section.first_page_header, section.even_page_header)
            footers = (section.footer, section.first_page_footer, section.even_page_footer)
            for place, margins in (("header", headers), ("footer", footers)):
                yield from ((place, one.part.element) for one in margins if not one.is_linked_to_previous)

    def _walk(self, parent: etree._Element) -> Iterator[Block]:
        for element in parent:
            if element.tag == f"{_W}p":
                yield from self._paragraph_blocks(element)
            elif element.tag == f"{_W}tbl":
                self._table += 1
                cells = tuple(_rows_of(element))
                yield Block(Kind.TABLE, "", self._paragraph + 1, f"table {self._table}", cells=cells)
            elif element.tag not in _UNSEEN:
                yield from self._walk(element)

    def _paragraph_blocks(self, element: etree._Element) -> Iterator[Block]:
        self._paragraph += 1
        place = f"paragraph {self._paragraph}"
        style = _value(element.find(f"{_W}pPr/{_W}pStyle"))
        text = cleaned(_text(element, without_boxes=True))
        if text and not _CONTENTS.fullmatch(style):
            level, mark = self._level(element, style), self._numbering.mark_of(element)
            kind = Kind.HEADING if level else Kind.ITEM if mark else Kind.TEXT
            yield Block(kind, text, self._paragraph, place, level, mark="" if level else mark)
        for box in element.iter(f"{_W}txbxContent"):
            if not any(above.tag == _FALLBACK for above in box.iterancestors()):
                yield from self._walk(box)

    def _level(self, element: etree._Element, style: str) -> int:
        """The level of a heading, 0 for other paragraphs."""
        own = element.find(f"{_W}pPr/{_W}outlineLvl")
        return _outline(own) if own is not None else self._levels.get(style, 0)


class Numbering:
    """The marks that Word sets before the items of a list: it counts them when it shows them."""

    def __init__(self, document: Document) -> None:
        self._counts: dict[tuple[str, int], int] = {}
        self._formats: dict[tuple[str, int], str] = {}
        part = next((one.target_part for one in document.part.rels.values() if one.reltype == RT.NUMBERING), None)
        if part is not None:
            self._read(part.element)

    def _read(self, root: etree._Element) -> None:
        kinds = {one.get(f"{_W}abstractNumId", ""): one for one in root.iter(f"{_W}abstractNum")}
        for number in root.iter(f"{_W}num"):
            kind = kinds.get(_value(number.find(f"{_W}abstractNumId")))
            for level in kind.iter(f"{_W}lvl") if kind is not None else ():
                key = number.get(f"{_W}numId", ""), _count(level.get(f"{_W}ilvl"))
                self._formats[key] = _value(level.find(f"{_W}numFmt"))

    def mark_of(self, paragraph: etree._Element) -> str:
        """`- ` or `2. ` for an item of a list, nothing for other paragraphs. Counts it."""
        listed = paragraph.find(f"{_W}pPr/{_W}numPr")
        if listed is None:
            return ""
        number, level = _value(listed.find(f"{_W}numId")), _count(_value(listed.find(f"{_W}ilvl")))
        if self._formats.get((number, level), "bullet") in ("bullet", "none", ""):
            return "- "
        self._counts[number, level] = self._counts.get((number, level), 0) + 1
        for deeper in [key for key in self._counts if key[0] == number and key[1] > level]:
            del self._counts[deeper]
        return f"{self._counts[number, level]}. "


def _value(element: etree._Element | None) -> str:
    return element.get(f"{_W}val", "") if element is not None else ""


def _count(text: str | None) -> int:
    return int(text) if text and text.isdecimal() else 0


def _heading_levels(document: Document) -> Iterator[tuple[str, int]]:
    """Styles that make a heading: by their outline level, in whatever language Word named them."""
    for style in document.styles.element.iter(f"{_W}style"):
        identity, name = style.get(f"{_W}styleId", ""), style.find(f"{_W}name")
        shown = name.get(f"{_W}val", "").lower() if name is not None else ""
        outline = style.find(f"{_W}pPr/{_W}outlineLvl")
        if shown == "title":
            yield identity, 1
        elif shown.startswith("heading ") and shown[8:].isdigit():
            yield identity, int(shown[8:])
        elif outline is not None:
            yield identity, _outline(outline)


def _outline(element: etree._Element) -> int:
    value = element.get(f"{_W}val", "")
    return int(value) + 1 if value.isdigit() and int(value) < _OUTLINE_LEVELS else 0


def _text(element: etree._Element, *, without_boxes: bool = False) -> str:
    parts: list[str] = []
    waiting = list(reversed(element))
    while waiting:
        one = waiting.pop()
        if one.tag in _UNSEEN or (without_boxes and one.tag == f"{_W}txbxContent"):
            continue
        if one.tag == f"{_W}t":
            parts.append(one.text or "")
        elif one.tag in _BREAKS:
            parts.append(_BREAKS[one.tag])
        else:
            waiting.extend(reversed(one))
            if one.tag == f"{_W}p" and parts:
                parts.append("\n")
    return "".join(parts)


def _rows_of(table: etree._Element) -> Iterator[tuple[str, ...]]:
    """The cells of a table's rows; a cell that is merged over several rows is told in the first."""
    for row in table.iter(f"{_W}tr"):
        if next(row.iterancestors(f"{_W}tbl")) is not table:
            continue
        cells = []
        for cell in row.iter(f"{_W}tc"):
            if next(cell.iterancestors(f"{_W}tr")) is not row:
                continue
            merge = cell.find(f"{_W}tcPr/{_W}vMerge")
            goes_on = merge is not None and merge.get(f"{_W}val") != "restart"
            cells.append("" if goes_on else cleaned(_text(cell)))
        if any(cells):
            yield tuple(cells)
