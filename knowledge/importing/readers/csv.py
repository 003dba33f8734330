"""CSV, TSV and the like: delimiter and header are found in the text."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from itertools import islice

from knowledge.importing.errors import ImportRefused, Refusal
from knowledge.importing.readers.decoding import decoded
from knowledge.importing.readers.tables import Record, layout_of, read_table
from knowledge.importing.rows import Format, Reading, Source

DELIMITERS = ",\t;|"
# A row of bars is more often a table of Markdown.
_SURE_DELIMITERS = ",\t;"
_LOOKED_AT = 20
_SAID = re.compile(r"sep=([,;\t|])\r?\n", re.IGNORECASE)
# A spreadsheet runs a cell that begins like this as a formula; an apostrophe before it keeps it a text.
_GUARDED = re.compile(r"'+[=+\-@＝＋－＠\t\r]")
FORMULA = re.compile(r"'*[=+\-@＝＋－＠\t\r]")


def guarded(cell: str) -> str:
    """`cell` so that no spreadsheet takes it for a formula; `unguarded` gives it back exactly."""
    return f"'{cell}" if FORMULA.match(cell) else cell


def unguarded(cell: str) -> str:
    return cell[1:] if _GUARDED.match(cell) else cell


def read(source: Source) -> Reading:
    """Rows of a CSV. Raises ImportRefused."""
    text = decoded(source.data, source.content_type).replace("\0", "")
    said = _SAID.match(text)
    if said is not None:
        text = text[said.end() :]
    csv.field_size_limit(source.limits.size)
    delimiter = said[1] if said is not None else delimiter_of(text)
    try:
        table = read_table(_records(text, delimiter), source.limits)
    except csv.Error:
        raise ImportRefused(Refusal.MALFORMED) from None
    return Reading(Format.CSV, tuple(table.rows), tuple(table.problems))


def delimiter_of(text: str) -> str:
    """The delimiter under which `text` has a header that is known, or else the most even columns."""
    return max(DELIMITERS, key=lambda delimiter: _evenness(text, delimiter))


def has_header(text: str) -> bool:
    """Whether one of the first lines names a question and an answer column."""
    return any(_evenness(text, delimiter) > 1 for delimiter in _SURE_DELIMITERS)


def _evenness(text: str, delimiter: str) -> float:
    """2 with a known header, up to 1 for the share of the first lines that have the same two or more cells."""
    try:
        lines = [cells for cells in islice(_lines(text, delimiter), _LOOKED_AT) if cells]
    except csv.Error:
        return 0.0
    if any(layout_of(cells) for cells in lines):
        return 2.0
    widths = [len(cells) for cells in lines]
    return max((widths.count(width) for width in widths if width > 1), default=0) / len(widths) if widths else 0.0


def _lines(text: str, delimiter: str) -> Iterator[list[str]]:
    return csv.reader(_physical(text), delimiter=delimiter, skipinitialspace=True)


def _physical(text: str) -> Iterator[str]:
    """The lines of `text` with their ends; a lone carriage return ends one too."""
    return (found[0] for found in re.finditer(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+", text))


def _records(text: str, delimiter: str) -> Iterator[Record]:
    reader = csv.reader(_physical(text), delimiter=delimiter, skipinitialspace=True)
    start = 1
    for number, cells in enumerate(reader, 1):
        yield Record(number, f"line {start}", tuple(unguarded(cell) for cell in cells))
        start = reader.line_num + 1
