"""Excel workbooks: every visible sheet, cells as people see them, formulas by their last result."""

from __future__ import annotations

import zipfile
from collections import defaultdict
from collections.abc import Iterator, Mapping
from posixpath import join, normpath
from typing import IO

import openpyxl
from lxml import etree
from openpyxl.utils import range_boundaries

from knowledge.importing.readers.archive import checked
from knowledge.importing.readers.number_formats import written
from knowledge.importing.readers.tables import Record, Table, read_table
from knowledge.importing.rows import Flaw, Format, Reading, RowProblem, Source

MAX_COLUMNS = 64
_MAX_MERGED = 100_000
_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
Merges = Mapping[int, frozenset[int]]


def read(source: Source) -> Reading:
    """Rows of all visible sheets. Raises ImportRefused."""
    file = checked(source)
    workbook = openpyxl.load_workbook(file, read_only=True, data_only=True, keep_links=False)
    merged = _merged_cells(file)
    found = Table()
    for sheet in workbook.worksheets:
        if sheet.sheet_state != "visible":
            found.problems.append(RowProblem(0, sheet.title, Flaw.SHEET_HIDDEN))
            continue
        sheet.reset_dimensions()
        table = read_table(_records(sheet, *merged.get(sheet.title, ({}, frozenset()))), source.limits)
        found.rows += table.rows
        found.problems += table.problems
    title = str(workbook.properties.title or "")
    return Reading(Format.XLSX, tuple(found.rows), tuple(found.problems), title)


def _records(
    sheet: openpyxl.worksheet._read_only.ReadOnlyWorksheet, merges: Merges, banners: frozenset[int]
) -> Iterator[Record]:
    above: list[str] = []
    for number, row in enumerate(sheet.iter_rows(), 1):
        cells = [written(cell.value, getattr(cell, "number_format", None)) for cell in row[:MAX_COLUMNS]]
        while cells and not cells[-1]:
            cells.pop()
        reaching = merges.get(number, frozenset())
        for column in sorted(reaching):
            if column < len(above):
                cells += [""] * (column + 1 - len(cells))
                cells[column] = above[column]
        is_banner = number in banners and sum(map(bool, cells)) == 1
        above = cells
        if cells and not is_banner:
            yield Record(number, f"{sheet.title}!{number}", tuple(cells), reaching)


def _merged_cells(file: IO[bytes]) -> dict[str, tuple[Merges, frozenset[int]]]:
    """For each sheet the columns that reach down into a row, and the rows that are one wide cell.

    openpyxl doesn't tell this of a workbook that it streams, and one that it doesn't stream takes
    fifty times its size in memory.
    """
    found: dict[str, tuple[Merges, frozenset[int]]] = {}
    file.seek(0)
    with zipfile.ZipFile(file) as archive:
        for title, path in _sheet_parts(archive):
            down: defaultdict[int, set[int]] = defaultdict(set)
            banners = set()
            with archive.open(path) as part:
                for left, top, right, bottom in _ranges(part):
                    if right > left:
                        banners.add(top)
                    for row in range(top + 1, min(bottom, top + _MAX_MERGED) + 1):
                        down[row].add(left - 1)
            found[title] = {row: frozenset(columns) for row, columns in down.items()}, frozenset(banners)
    return found


def _ranges(part: IO[bytes]) -> Iterator[tuple[int, int, int, int]]:
    for _, element in etree.iterparse(part, tag=(f"{_MAIN}mergeCell", f"{_MAIN}row"), resolve_entities=False):
        if element.tag.endswith("mergeCell"):
            yield range_boundaries(element.get("ref", "A1"))
        element.clear()


def _sheet_parts(archive: zipfile.ZipFile) -> Iterator[tuple[str, str]]:
    """The sheets of a workbook as (title, name of the part in the zip)."""
    names = set(archive.namelist())
    if not {"xl/workbook.xml", "xl/_rels/workbook.xml.rels"} <= names:
        return
    relations = etree.fromstring(archive.read("xl/_rels/workbook.xml.rels"))
    targets = {one.get("Id"): one.get("Target", "") for one in relations}
    for sheet in etree.fromstring(archive.read("xl/workbook.xml")).iter(f"{_MAIN}sheet"):
        target = targets.get(sheet.get(_RELATION), "")
        path = target.lstrip("/") if target.startswith("/") else normpath(join("xl", target))
        if path in names:
            yield sheet.get("name", ""), path
