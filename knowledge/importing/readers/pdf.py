"""PDF: text by PDFium, where that fails by pypdf, always in compatibility form."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator

import pypdfium2
import pypdfium2.raw as pdfium
from pypdf import PdfReader
from pypdf.errors import PyPdfError

from knowledge.importing.cleaning import cleaned, normalised, unspaced
from knowledge.importing.errors import ImportRefused, Refusal
from knowledge.importing.readers.lines import PageLine, blocks_of
from knowledge.importing.readers.structure import reading_of
from knowledge.importing.rows import Flaw, Format, Reading, RowProblem, Source

_IMAGE_DEPTH = 3
_HYPHEN = re.compile(r"[\x02\ufffe]")
_HYPHEN_INSIDE = re.compile(r"[\x02\ufffe](?=\S)")
_UNTITLED = frozenset({"(anonymous)", "untitled", "unknown"})


def read(source: Source) -> Reading:
    """Rows of a PDF. Raises ImportRefused, among others `encrypted` and `scanned` (pages of images only)."""
    problems: list[RowProblem] = []
    title = ""
    try:
        document = pypdfium2.PdfDocument(source.data)
        title = _title(document)
        lines = list(_pdfium_lines(document, problems))
    except pypdfium2.PdfiumError as error:
        if error.err_code in (pdfium.FPDF_ERR_PASSWORD, pdfium.FPDF_ERR_SECURITY):
            raise ImportRefused(Refusal.ENCRYPTED) from None
        lines = []
    has_images = any(problem.code is Flaw.PAGE_WITHOUT_TEXT for problem in problems)
    if not lines and not has_images:
        problems, lines = [], list(_pypdf_lines(source.data))
    if not lines:
        raise ImportRefused(Refusal.SCANNED if has_images else Refusal.NOTHING_FOUND)
    reading = reading_of(blocks_of(lines), Format.PDF, source.limits, title=title)
    every = tuple(sorted((*problems, *reading.problems), key=lambda problem: problem.number))
    return Reading(reading.format, reading.rows, every, reading.title, reading.needs_questions)


def _title(document: pypdfium2.PdfDocument) -> str:
    """The title that a PDF says it has; none where a program only named it somehow."""
    title = cleaned(normalised(str(document.get_metadata_dict().get("Title") or "")))
    return "" if title.lower() in _UNTITLED else title.removeprefix("Microsoft Word - ")


def _pdfium_lines(document: pypdfium2.PdfDocument, problems: list[RowProblem]) -> Iterator[PageLine]:
    for number in range(1, len(document) + 1):
        try:
            page = document[number - 1]
            lines = list(_page_lines(page, number))
        except pypdfium2.PdfiumError:
            problems.append(RowProblem(number, f"page {number}", Flaw.PAGE_UNREADABLE))
            continue
        if not lines and any(page.get_objects([pdfium.FPDF_PAGEOBJ_IMAGE], max_depth=_IMAGE_DEPTH)):
            problems.append(RowProblem(number, f"page {number}", Flaw.PAGE_WITHOUT_TEXT))
        yield from lines
        page.close()


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
