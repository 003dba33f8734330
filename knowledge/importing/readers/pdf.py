"""PDF: text by PDFium, where that fails by pypdf, always in compatibility form; scanned pages by recognition."""

from __future__ import annotations

import importlib
import io
import re
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol, cast

import pypdfium2
import pypdfium2.raw as pdfium
from pypdf import PdfReader
from pypdf.errors import PyPdfError

from knowledge.importing.cleaning import cleaned, normalised, unspaced
from knowledge.importing.errors import ImportRefused, Refusal
from knowledge.importing.readers.lines import PageLine, blocks_of
from knowledge.importing.readers.structure import reading_of
from knowledge.importing.rows import Flaw, Format, Limits, Notice, Reading, RowProblem, Source

_IMAGE_DEPTH = 3
_HYPHEN = re.compile(r"[\x02\ufffe]")
_HYPHEN_INSIDE = re.compile(r"[\x02\ufffe](?=\S)")
_UNTITLED = frozenset({"(anonymous)", "untitled", "unknown"})
# What a scanning app writes on each page, such as its name: less text than this is not the page's.
_FEW_CHARACTERS = 40
_MOST_OF_PAGE = 0.5
# The share of the time allowed that may pass before another scanned page is begun.
_SHARE = 0.6


class PictureReader(Protocol):
    """What `knowledge.importing.readers.image` offers."""

    def page_lines(self, page: pypdfium2.PdfPage, number: int) -> list[PageLine]: ...


@dataclass(slots=True)
class Scans:
    """The scanned pages of a document: which were read, and what is wrong with the others.

    Recognition takes seconds a page: once too much of the time is used, pages are left out and told of.
    """

    limits: Limits
    problems: list[RowProblem] = field(default_factory=list)
    read: set[int] = field(default_factory=set)
    began: float = field(default_factory=time.monotonic)

    def lines(self, page: pypdfium2.PdfPage, number: int) -> list[PageLine]:
        is_late = time.monotonic() - self.began > _SHARE * self.limits.seconds
        if is_late or time.process_time() > _SHARE * self.limits.cpu:
            self.problems.append(RowProblem(number, f"page {number}", Flaw.PAGE_NOT_REACHED))
            return []
        # Loaded by name: it takes a second and a hundred megabytes, and most documents don't need it.
        reader = importlib.import_module("knowledge.importing.readers.image")
        lines = cast("PictureReader", reader).page_lines(page, number)
        if lines:
            self.read.add(number)
        else:
            self.problems.append(RowProblem(number, f"page {number}", Flaw.PAGE_WITHOUT_TEXT))
        return lines


def read(source: Source) -> Reading:
    """Rows of a PDF. Raises ImportRefused, among others `encrypted` and `scanned` (no text in its images either)."""
    scans = Scans(source.limits)
    problems = scans.problems
    title = ""
    try:
        document = pypdfium2.PdfDocument(source.data)
        title = _title(document)
        lines = list(_pdfium_lines(document, scans))
    except pypdfium2.PdfiumError as error:
        if error.err_code in (pdfium.FPDF_ERR_PASSWORD, pdfium.FPDF_ERR_SECURITY):
            raise ImportRefused(Refusal.ENCRYPTED) from None
        lines = []
    has_scans = any(problem.code is not Flaw.PAGE_UNREADABLE for problem in problems)
    if not lines and not has_scans:
        problems, lines = [], list(_pypdf_lines(source.data))
    if not lines:
        raise ImportRefused(Refusal.SCANNED if has_scans else Refusal.NOTHING_FOUND)
    reading = reading_of(blocks_of(lines), Format.PDF, source.limits, title=title)
    every = tuple(sorted((*problems, *reading.problems), key=lambda problem: problem.number))
    rows = tuple(replace(row, notice=Notice.FROM_PICTURE) if row.number in scans.read else row for row in reading.rows)
    return replace(reading, rows=rows, problems=every)


def _title(document: pypdfium2.PdfDocument) -> str:
    """The title that a PDF says it has; none where a program only named it somehow."""
    title = cleaned(normalised(str(document.get_metadata_dict().get("Title") or "")))
    return "" if title.lower() in _UNTITLED else title.removeprefix("Microsoft Word - ")


def _pdfium_lines(document: pypdfium2.PdfDocument, scans: Scans) -> Iterator[PageLine]:
    for number in range(1, len(document) + 1):
        try:
            page = document[number - 1]
            lines = list(_page_lines(page, number))
            if _is_scanned(page, lines):
                # A scanning app's own line is worth as little as nothing.
                lines = scans.lines(page, number)
        except pypdfium2.PdfiumError:
            scans.problems.append(RowProblem(number, f"page {number}", Flaw.PAGE_UNREADABLE))
            continue
        yield from lines
        page.close()


def _is_scanned(page: pypdfium2.PdfPage, lines: Sequence[PageLine]) -> bool:
    """Whether the text of a page is in its images: it has no other, or hardly any under a large image."""
    if sum(len(line.text) for line in lines) >= _FEW_CHARACTERS:
        return False
    images = list(page.get_objects([pdfium.FPDF_PAGEOBJ_IMAGE], max_depth=_IMAGE_DEPTH))
    return bool(images) if not lines else any(_covers(image, page) for image in images)


def _covers(image: pypdfium2.PdfObject, page: pypdfium2.PdfPage) -> bool:
    left, bottom, right, top = image.get_bounds()
    width, height = page.get_size()
    return bool((right - left) * (top - bottom) > _MOST_OF_PAGE * width * height)


def _page_lines(page: pypdfium2.PdfPage, number: int) -> Iterator[PageLine]:
    """The lines of a page from PDFium, with the size and place of each line's first and last character."""
    text = page.get_textpage()
    height = page.get_height() or 1.0
    at = 0
    for raw in text.get_text_range().split("\n"):
        shown = _as_seen(raw)
        if shown:
            first = at + len(raw) - len(raw.lstrip())
            left, bottom, _, top = _box(text, first)
            right = _box(text, at + len(raw.rstrip()) - 1)[2]
            yield PageLine(
                shown, number, left, right, (height - top) / height, (height - bottom) / height, top - bottom
            )
        at += len(raw.encode("utf-16-le")) // 2 + 1


def _box(text: pypdfium2.PdfTextPage, at: int) -> tuple[float, float, float, float]:
    """The box of the character at a place of the page's text: left, bottom, right, top in points."""
    rectangle = pdfium.FS_RECTF()
    index = pdfium.FPDFText_GetCharIndexFromTextIndex(text, at)
    if index < 0 or not pdfium.FPDFText_GetLooseCharBox(text, index, rectangle):
        return (0.0, 0.0, 0.0, 0.0)
    return rectangle.left, rectangle.bottom, rectangle.right, rectangle.top


def _pypdf_lines(data: bytes) -> Iterator[PageLine]:
    try:
        reader = PdfReader(io.BytesIO(data))
        if reader.is_encrypted:
            raise ImportRefused(Refusal.ENCRYPTED)
        texts = [page.extract_text() for page in reader.pages]
    except (PyPdfError, ValueError, KeyError, TypeError, AttributeError, IndexError, ZeroDivisionError):
        # What pypdf raises on a damaged file, beside its own errors.
        raise ImportRefused(Refusal.MALFORMED) from None
    for number, text in enumerate(texts, 1):
        for raw in text.split("\n"):
            shown = _as_seen(raw)
            if shown:
                yield PageLine(shown, number, right=float(len(shown)))


def _as_seen(raw: str) -> str:
    # PDFium marks a hyphen at a line's end by a character of its own, and may set the next line's text after it.
    return unspaced(cleaned(normalised(_HYPHEN.sub("-", _HYPHEN_INSIDE.sub("", raw)))))
