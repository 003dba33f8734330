"""Records of cells to rows: columns by their header, each row checked. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from itertools import chain, islice

from knowledge.importing.cleaning import as_name, cleaned
from knowledge.importing.errors import ImportRefused, Refusal
from knowledge.importing.rows import Flaw, Limits, Row, RowProblem
from knowledge.importing.words import Column, audience_of, column_of

# How far down a header may stand: titles and remarks come before it.
HEADER_WITHIN = 10
_FORMULA_ERROR = re.compile(r"#(?:REF!|N/A|VALUE!|DIV/0!|NAME\?|NUM!|NULL!|SPILL!|CALC!)")
_NAME = re.compile(r"(?:\\[\\,;|，、；｜]|[^,;|，、；｜\n])+")
_ESCAPED = re.compile(r"\\([\\,;|，、；｜])")
Layout = Mapping[Column, int]
PLAIN_LAYOUT: Layout = {Column.QUESTION: 0, Column.ANSWER: 1}


@dataclass(frozen=True, slots=True)
class Record:
    """A row of cells. `merged` are the columns whose value reaches down from the row above."""

    number: int
    place: str
    cells: tuple[str, ...]
    merged: frozenset[int] = frozenset()

    def cell(self, column: int | None) -> str:
        return self.cells[column].strip() if column is not None and column < len(self.cells) else ""


@dataclass(slots=True)
class Table:
    """What came of a table so far."""

    rows: list[Row] = field(default_factory=list)
    problems: list[RowProblem] = field(default_factory=list)


def layout_of(cells: Iterable[str]) -> Layout | None:
    """Which column is which, where `cells` are a header that names the question and the answer."""
    layout: dict[Column, int] = {}
    for at, cell in enumerate(cells):
        column = column_of(cell)
        if column is not None:
            layout.setdefault(column, at)
    return layout if Column.QUESTION in layout and Column.ANSWER in layout else None


def read_table(records: Iterable[Record], limits: Limits) -> Table:
    """Rows and problems of a table; without a header the first column is the question, the second the answer.

    Raises ImportRefused (`too_many_rows`) where it is longer than `limits` allow.
    """
    rest = iter(records)
    first = list(islice(rest, HEADER_WITHIN))
    layout, start, width = PLAIN_LAYOUT, 0, 0
    table = Table()
    for at, record in enumerate(first):
        found = layout_of(record.cells)
        if found is not None:
            layout, start, width = found, at + 1, len(record.cells)
            break
    for record in chain(first[start:], rest):
        if len(table.rows) + len(table.problems) >= limits.rows and any(map(str.strip, record.cells)):
            raise ImportRefused(Refusal.TOO_MANY_ROWS, limit=limits.rows)
        _add(table, record, layout, width, limits=limits)
    return table


def checked(row: Row, limits: Limits) -> Flaw | None:
    """What is wrong with a row, None where nothing is."""
    if not row.question:
        return Flaw.QUESTION_MISSING
    if not row.answer:
        return Flaw.ANSWER_MISSING
    if len(row.question) > limits.question:
        return Flaw.QUESTION_TOO_LONG
    if len(row.answer) > limits.answer:
        return Flaw.ANSWER_TOO_LONG
    if len(row.keywords) > limits.field or sum(map(len, row.intents)) > limits.field:
        return Flaw.FIELD_TOO_LONG
    return None


def names_in(cell: str) -> tuple[str, ...]:
    """The names that a cell lists, between commas, semicolons, bars or lines; a backslash keeps such a mark."""
    names = (as_name(_ESCAPED.sub(r"\1", part)) for part in _NAME.findall(cell))
    return tuple(dict.fromkeys(name for name in names if name))


def listed(names: Iterable[str]) -> str:
    """A cell that `names_in` reads as `names`."""
    return "; ".join(re.sub(r"([\\,;|，、；｜])", r"\\\1", name) for name in names)


def _add(table: Table, record: Record, layout: Layout, width: int, *, limits: Limits) -> None:
    if not any(cell.strip() for cell in record.cells) or _repeats_header(record, layout):
        return
    if width and any(cell.strip() for cell in record.cells[width:]):
        table.problems.append(RowProblem(record.number, record.place, Flaw.TOO_MANY_COLUMNS))
        return
    if layout[Column.QUESTION] in record.merged and table.rows:
        # One question beside several answers, as people see a merged cell.
        last = table.rows[-1]
        more = cleaned(record.cell(layout[Column.ANSWER]))
        table.rows[-1] = replace(last, answer=f"{last.answer}\n{more}".strip())
        return
    found = _row(record, layout)
    flaw = checked(found, limits) if isinstance(found, Row) else found
    if isinstance(found, Row) and flaw is None:
        table.rows.append(found)
    elif flaw is not None:
        table.problems.append(RowProblem(record.number, record.place, flaw))


def _repeats_header(record: Record, layout: Layout) -> bool:
    """Whether the header stands here again; a line that says whom it is for is a row, whatever its question is."""
    whom = record.cell(layout.get(Column.AUDIENCE))
    return layout_of(record.cells) is not None and (not whom or column_of(whom) is not None)


def _row(record: Record, layout: Layout) -> Row | Flaw:
    audience = audience_of(record.cell(layout.get(Column.AUDIENCE)))
    if audience is None:
        # Never a guess: what is meant for staff must not reach customers.
        return Flaw.AUDIENCE_UNKNOWN
    answer = record.cell(layout[Column.ANSWER])
    if _FORMULA_ERROR.fullmatch(answer):
        return Flaw.FORMULA_ERROR
    return Row(
        number=record.number,
        question=cleaned(record.cell(layout[Column.QUESTION])),
        answer=cleaned(answer),
        keywords=cleaned(record.cell(layout.get(Column.KEYWORDS))),
        audience=audience.value,
        intents=names_in(record.cell(layout.get(Column.INTENTS))),
        place=record.place,
    )
