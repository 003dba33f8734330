"""Entries to files that an import reads back to the same entries."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace

import msgspec
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font

from knowledge.importing.cleaning import as_name, cleaned
from knowledge.importing.readers import own_markdown
from knowledge.importing.readers.csv import FORMULA, guarded
from knowledge.importing.readers.tables import listed
from knowledge.importing.rows import Format, Row

HEADER = ("question_summary", "answer", "keywords", "audience", "intents")
# What can be written, by the file's ending.
FORMATS: Mapping[str, Format] = {
    "csv": Format.CSV, "xlsx": Format.XLSX, "jsonl": Format.JSONL, "md": Format.MARKDOWN,
}  # fmt: skip
CONTENT_TYPES: Mapping[Format, str] = {
    Format.CSV: "text/csv; charset=utf-8",
    Format.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    Format.JSONL: "application/x-ndjson",
    Format.MARKDOWN: "text/markdown; charset=utf-8",
}
_PIECE = 64 * 1024
_WIDTHS = (40, 80, 24, 12, 24)
_MARK = "\ufeff"


def write(rows: Iterable[Row], found: Format) -> Iterator[bytes]:
    """A file in pieces, one of `CONTENT_TYPES`: CSV opens in Excel with its Chinese, and runs no formulas there.

    Raises ValueError for another format. An XLSX is built whole before its first piece.
    """
    writer = _WRITERS.get(found)
    if writer is None:
        raise ValueError(f"not a format to export to: {found}")
    return writer(_as_stored(row) for row in rows)


def _as_stored(row: Row) -> Row:
    """A row as an import would keep it, so that writing it can't fail and reading it changes nothing."""
    return replace(
        row,
        question=cleaned(row.question),
        answer=cleaned(row.answer),
        keywords=cleaned(row.keywords),
        intents=tuple(dict.fromkeys(filter(None, map(as_name, row.intents)))),
    )


def _cells(row: Row) -> tuple[str, ...]:
    return row.question, row.answer, row.keywords, row.audience, listed(row.intents)


def _csv(rows: Iterable[Row]) -> Iterator[bytes]:
    # The mark at the beginning tells Excel that this is UTF-8.
    yield _line(HEADER, before=_MARK)
    for row in rows:
        yield _line(guarded(cell) for cell in _cells(row))


def _line(cells: Iterable[str], *, before: str = "") -> bytes:
    held = io.StringIO()
    csv.writer(held).writerow(cells)
    return (before + held.getvalue()).encode()


def _jsonl(rows: Iterable[Row]) -> Iterator[bytes]:
    for row in rows:
        values = (row.question, row.answer, row.keywords, row.audience, list(row.intents))
        yield msgspec.json.encode(dict(zip(HEADER, values, strict=True))) + b"\n"


def _markdown(rows: Iterable[Row]) -> Iterator[bytes]:
    yield f"{own_markdown.SIGNATURE}\n\n".encode()
    for row in rows:
        yield own_markdown.written(row).encode()


def _xlsx(rows: Iterable[Row]) -> Iterator[bytes]:
    workbook = Workbook(write_only=True)
    sheet = workbook.create_sheet("knowledge")
    sheet.freeze_panes = "A2"
    for letter, width in zip("ABCDE", _WIDTHS, strict=True):
        sheet.column_dimensions[letter].width = width
    sheet.append([_cell(sheet, name, is_header=True) for name in HEADER])
    for row in rows:
        sheet.append([_cell(sheet, text) for text in _cells(row)])
    held = io.BytesIO()
    workbook.save(held)
    whole = held.getbuffer()
    return (bytes(whole[start : start + _PIECE]) for start in range(0, len(whole), _PIECE))


def _cell(sheet: object, text: str, *, is_header: bool = False) -> WriteOnlyCell:
    cell = WriteOnlyCell(sheet, text)
    # A text, whatever it begins with; and still one after somebody edits it in Excel.
    cell.data_type = "s"
    cell.quotePrefix = FORMULA.match(text) is not None
    if is_header:
        cell.font = Font(bold=True)
    else:
        cell.alignment = Alignment(wrap_text=True, vertical="top")
    return cell


_WRITERS: Mapping[Format, Callable[[Iterable[Row]], Iterator[bytes]]] = {
    Format.CSV: _csv,
    Format.XLSX: _xlsx,
    Format.JSONL: _jsonl,
    Format.MARKDOWN: _markdown,
}
