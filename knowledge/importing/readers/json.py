"""JSON lines and JSON arrays of objects, their fields named as the columns of a table are."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from knowledge.importing.errors import ImportRefused, Refusal
from knowledge.importing.readers.decoding import decoded
from knowledge.importing.readers.tables import Record, Table, listed, read_table
from knowledge.importing.rows import Flaw, Format, Reading, RowProblem, Source
from knowledge.importing.words import Column, column_of

# The order of the cells that an object is laid out in; each name is its own header.
_ORDER = (Column.QUESTION, Column.ANSWER, Column.KEYWORDS, Column.AUDIENCE, Column.INTENTS)
_HEADER = Record(0, "", tuple(_ORDER))


def read(source: Source) -> Reading:
    """Rows of a JSON array (or of the one array in an object), or of JSON lines. Raises ImportRefused."""
    text = decoded(source.data, source.content_type).strip()
    try:
        whole = json.loads(text)
    except ValueError:
        whole = None
    except RecursionError:
        raise ImportRefused(Refusal.TOO_COMPLEX) from None
    items = _array_in(whole)
    if items is not None:
        return _read(source, Format.JSON, enumerate(items, 1), place="item")
    return _read(source, Format.JSONL, _lines(text), place="line")


def _array_in(whole: Any) -> list[Any] | None:
    if isinstance(whole, list):
        return whole
    if isinstance(whole, dict) and not _is_entry(whole):
        arrays = [value for value in whole.values() if isinstance(value, list)]
        return max(arrays, key=len, default=None)
    return None


def _is_entry(item: dict[str, Any]) -> bool:
    columns = {column_of(name) for name in item}
    return Column.QUESTION in columns and Column.ANSWER in columns


def _lines(text: str) -> Iterator[tuple[int, Any]]:
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip():
            try:
                yield number, json.loads(line)
            except (ValueError, RecursionError):
                yield number, None


def _read(source: Source, found: Format, items: Iterator[tuple[int, Any]], *, place: str) -> Reading:
    problems: list[RowProblem] = []
    table: Table = read_table(_records(items, place, problems), source.limits)
    if not table.rows and problems and not table.problems:
        raise ImportRefused(Refusal.MALFORMED)
    return Reading(found, tuple(table.rows), (*problems, *table.problems))


def _records(items: Iterator[tuple[int, Any]], place: str, problems: list[RowProblem]) -> Iterator[Record]:
    yield _HEADER
    for number, item in items:
        if isinstance(item, dict):
            yield Record(number, f"{place} {number}", _cells(item))
        else:
            problems.append(RowProblem(number, f"{place} {number}", Flaw.LINE_MALFORMED))


def _cells(item: dict[str, Any]) -> tuple[str, ...]:
    given: dict[Column, str] = {}
    for name, value in item.items():
        column = column_of(name)
        if column is not None and column not in given:
            given[column] = _cell(value, column)
    return tuple(given.get(column, "") for column in _ORDER)


def _cell(value: Any, column: Column) -> str:
    if value is None:
        return ""
    if isinstance(value, list):
        names = [str(one) for one in value if isinstance(one, str | int | float)]
        return listed(names) if column is Column.INTENTS else ", ".join(names)
    if isinstance(value, bool | int | float | str):
        return str(value)
    return ""
