"""Blocks of a document to rows: questions with their answers first, then sections, then passages. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from knowledge.importing.cleaning import has_wide, one_line, tidy
from knowledge.importing.readers.blocks import Block, Kind
from knowledge.importing.readers.marking import LONGEST_QUESTION, with_questions
from knowledge.importing.readers.passages import SECTION, opening, passages
from knowledge.importing.readers.tables import Record, Table, checked, layout_of, read_table
from knowledge.importing.rows import Format, Limits, Reading, Row, RowProblem
from knowledge.importing.words import ANSWER_MARK, NUMBERED, QUESTION_MARK, ends_as_question, is_question

# What stands outside questions in a list of questions is told only from this length on: less is a title or a date.
_WORTH_TELLING = 30
_COLUMNS_OF_PAIRS = 2


@dataclass(slots=True)
class Segment:
    """A question or section that is being read.

    `heading` is its question or section heading, where that was one. Otherwise what is `asked` grows while
    the segment `waits` for its answer to begin; `parts` are the answer or the section's text.
    """

    number: int
    place: str
    heading: str = ""
    level: int = 0
    is_asked: bool = False
    waits: bool = False
    asked: list[Block] = field(default_factory=list)
    parts: list[Block] = field(default_factory=list)

    def add(self, block: Block) -> None:
        (self.asked if self.waits else self.parts).append(block)


def reading_of(blocks: Iterable[Block], found: Format, limits: Limits, *, title: str = "") -> Reading:
    """The rows of a document. Text is free text (`needs_questions`) where no question is marked in it."""
    reader = _Reader(limits)
    for block in with_questions(blocks):
        reader.take(block)
    rows = reader.rows()
    return Reading(found, rows, tuple(reader.problems), one_line(title) or reader.title, not reader.has_questions)


class _Reader:
    """Walks the blocks once; a segment is open at any time."""

    def __init__(self, limits: Limits) -> None:
        self.problems: list[RowProblem] = []
        self.title = ""
        self.has_questions = False
        self._found: list[tuple[Row, bool]] = []
        self._limits = limits
        self._path: list[tuple[int, str]] = []
        self._open = Segment(1, "")

    def take(self, block: Block) -> None:
        match block.kind:
            case Kind.HEADING:
                self._heading(block)
            case Kind.QUESTION:
                self._start(Segment(block.number, block.place, is_asked=True, waits=True, asked=[block]))
            case Kind.ANSWER:
                self._open.waits = False
                self._open.add(block)
            case Kind.END:
                self._start(Segment(block.number, block.place, heading=self._section()))
            case Kind.TABLE:
                self._table(block)
            case _:
                self._text(block)

    def rows(self) -> tuple[Row, ...]:
        """All rows in order. Short text beside questions is left out: titles, dates, page marks."""
        self._start(Segment(0, ""))
        least = _WORTH_TELLING if self.has_questions else 0
        return tuple(row for row, is_headed in self._found if is_headed or len(row.answer) >= least)

    def _heading(self, block: Block) -> None:
        text, asks = one_line(block.text), is_question(block.text)
        if not asks and self._open.is_asked and 1 < self._open.level < block.level:
            # A question's answer may have headings of its own; a document's title isn't such a question.
            self._open.add(replace(block, text=text))
            return
        while self._path and self._path[-1][0] >= block.level:
            self._path.pop()
        if not self.title and block.level <= 1:
            self.title = text
        if asks:
            marked = QUESTION_MARK.match(text)
            text = NUMBERED.sub("", text[marked.end() :] if marked else text, count=1)
        self._path.append((block.level, text))
        heading = text if asks else self._section()
        self._start(Segment(block.number, block.place, heading, block.level, is_asked=asks))

    def _section(self) -> str:
        """The heading that text stands under, after the headings above it; a document's title isn't one."""
        names = [text for level, text in self._path if level > 1 or text != self.title or len(self._path) == 1]
        return " – ".join(names)

    def _text(self, block: Block) -> None:
        text = f"{block.mark}{block.text}".replace("\n", "\n" + " " * len(block.mark))
        marked = ANSWER_MARK.match(block.text) if self._open.is_asked and not self._open.parts else None
        if marked:
            self._open.waits, text = False, block.text[marked.end() :]
        if not (self._open.asked or self._open.parts) and not self._open.heading:
            self._open.number, self._open.place = block.number, block.place
        self._open.add(replace(block, text=text))

    def _table(self, block: Block) -> None:
        table = _pairs(block, self._limits)
        if table is None:
            self._open.add(replace(block, text=_told(block.cells)))
            return
        self.has_questions = True
        self._found += [(row, True) for row in table.rows]
        self.problems += table.problems

    def _start(self, following: Segment) -> None:
        done, self._open = self._open, following
        if not done.is_asked:
            is_section = done.heading not in ("", self.title)
            self._found += [(row, is_section) for row in _sections(done, self._limits)]
            return
        question, answer = _asked_and_answered(done)
        if not answer and done.level:
            return
        self.has_questions = True
        row = Row(done.number, question, answer, place=done.place)
        flaw = checked(row, self._limits)
        if flaw is None:
            self._found.append((row, True))
        else:
            self.problems.append(RowProblem(row.number, row.place, flaw))


def _joined(blocks: Sequence[Block]) -> str:
    """The text of an answer: list items line by line, paragraphs with an empty line between them."""
    parts: list[str] = []
    for block, before in zip(blocks, (None, *blocks), strict=False):
        listed = before is not None and block.kind is before.kind is Kind.ITEM
        parts += ("\n" if listed else "\n\n", block.text)
    return tidy("".join(parts))


def _asked_and_answered(segment: Segment) -> tuple[str, str]:
    if segment.heading:
        return segment.heading, _joined(segment.parts)
    asked, parts = segment.asked, segment.parts
    if not parts and asked:
        asked, parts = _cut(asked)
    return one_line("\n".join(block.text for block in asked)), _joined(parts)


def _cut(asked: Sequence[Block]) -> tuple[list[Block], list[Block]]:
    """A question whose answer isn't marked: it ends at its question mark, or at the end of its line."""
    first, rest = asked[0], asked[1:]
    marks = [at for at, character in enumerate(first.text[:LONGEST_QUESTION], 1) if character in "?？"]
    line = first.text.partition("\n")[0]
    end = marks[0] if marks else len(line)
    more = first.text[end:].strip()
    return [replace(first, text=first.text[:end])], [*([replace(first, text=more)] if more else []), *rest]


def _sections(segment: Segment, limits: Limits) -> Iterator[Row]:
    """A section as one row, or as passages where it is long; a passage's question is its first sentence."""
    text = _joined(segment.parts)
    if segment.heading and 0 < len(text) <= SECTION:
        yield Row(segment.number, segment.heading[: limits.question], text, place=segment.place)
        return
    for passage, block in _placed(passages(text), segment.parts):
        question = f"{segment.heading} – {opening(passage)}" if segment.heading else opening(passage)
        yield Row(block.number, question[: limits.question], passage, place=block.place)


def _placed(found: Iterable[str], blocks: Sequence[Block]) -> Iterator[tuple[str, Block]]:
    """Passages, each with the block that it begins in. Blanks aren't counted: they may have changed."""
    rest = iter(blocks)
    block, ends, at = next(rest, None), 0, 0
    if block is not None:
        ends = _length(block.text)
    for passage in found:
        while block is not None and ends <= at:
            following = next(rest, None)
            if following is None:
                break
            block, ends = following, ends + _length(following.text)
        if block is not None:
            yield passage, block
        at += _length(passage)


def _length(text: str) -> int:
    return len("".join(text.split()))


def _pairs(block: Block, limits: Limits) -> Table | None:
    """The rows of a table of questions and answers; None where it is another table."""
    headed = any(layout_of(cells) for cells in block.cells[:3])
    asking = [cells[0] for cells in block.cells if len(cells) == _COLUMNS_OF_PAIRS and ends_as_question(cells[0])]
    if not headed and not (asking and len(asking) == len(block.cells)):
        return None
    records = (Record(block.number, f"{block.place}, row {at}", cells) for at, cells in enumerate(block.cells, 1))
    return read_table(records, limits)


def _told(cells: Sequence[Sequence[str]]) -> str:
    """A table in words: each row with the names of its columns, where the first row names them."""
    rows = [[one_line(cell) for cell in row] for row in cells]
    colon, comma = ("：", "，") if any(has_wide(cell) for row in rows for cell in row) else (": ", ", ")
    header = rows[0] if rows else []
    named = (
        len(rows) > 1 and all(header) and len(header) > 1 and not any(any(map(str.isdigit, cell)) for cell in header)
    )
    if not named:
        return "\n".join(comma.join(filter(None, row)) for row in rows)
    lines = (
        comma.join(f"{name}{colon}{cell}" for name, cell in zip(header, row, strict=False) if cell) for row in rows[1:]
    )
    return "\n".join(filter(None, lines))
