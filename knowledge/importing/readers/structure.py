"""Blocks of a document to rows: questions with their answers first, then sections, then passages. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from knowledge.importing.cleaning import has_wide, one_line, tidy
from knowledge.importing.readers.blocks import Block, Kind
from knowledge.importing.readers.passages import SECTION, opening, passages
from knowledge.importing.readers.tables import Record, Table, checked, layout_of, read_table
from knowledge.importing.rows import Format, Limits, Reading, Row, RowProblem
from knowledge.importing.words import ANSWER_MARK, NUMBERED, QUESTION_MARK, ends_as_question, is_question

_LONGEST_QUESTION = 120
# What stands outside questions in a list of questions is told only from this length on: less is a title or a date.
_WORTH_TELLING = 30
_COLUMNS_OF_PAIRS = 2


@dataclass(slots=True)
class Segment:
    """A question or section that is being read: `asked` until an answer begins, then `parts`."""

    number: int
    place: str
    heading: str = ""
    level: int = 0
    is_asked: bool = False
    waits: bool = False
    asked: list[str] = field(default_factory=list)
    parts: list[str] = field(default_factory=list)

    def add(self, text: str) -> None:
        (self.asked if self.waits else self.parts).append(text)


def reading_of(blocks: Iterable[Block], found: Format, limits: Limits, *, title: str = "") -> Reading:
    """The rows of a document. Text is free text (`needs_questions`) where no question is marked in it."""
    reader = _Reader(limits)
    for block in _with_questions_found(list(_split_marks(blocks))):
        reader.take(block)
    rows = reader.rows()
    return Reading(found, rows, tuple(reader.problems), one_line(title) or reader.title, not reader.has_questions)


class _Reader:
    """Walks the blocks once; a segment is open at any time."""

    def __init__(self, limits: Limits) -> None:
        self.found: list[tuple[Row, bool]] = []
        self.problems: list[RowProblem] = []
        self.title = ""
        self.has_questions = False
        self._limits = limits
        self._path: list[tuple[int, str]] = []
        self._open = Segment(1, "")

    def take(self, block: Block) -> None:
        match block.kind:
            case Kind.HEADING:
                self._heading(block)
            case Kind.QUESTION:
                self._start(Segment(block.number, block.place, is_asked=True, waits=True, asked=[block.text]))
            case Kind.ANSWER:
                self._open.waits = False
                self._text(block)
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
        return tuple(row for row, is_asked in self.found if is_asked or len(row.answer) >= least)

    def _heading(self, block: Block) -> None:
        text = one_line(block.text)
        if self._open.is_asked and self._open.level and block.level > self._open.level and not is_question(text):
            self._open.add(text)
            return
        while self._path and self._path[-1][0] >= block.level:
            self._path.pop()
        if not self.title and block.level <= 1:
            self.title = text
        asks = is_question(text)
        marked = QUESTION_MARK.match(text)
        if asks:
            text = NUMBERED.sub("", text[marked.end() :] if marked else text, count=1)
            self._start(Segment(block.number, block.place, text, block.level, is_asked=True))
            return
        self._path.append((block.level, text))
        self._start(Segment(block.number, block.place, self._section(), block.level))

    def _section(self) -> str:
        """The heading that text stands under, after the headings above it; a document's title isn't one."""
        names = [text for level, text in self._path if level > 1 or text != self.title or len(self._path) == 1]
        return " – ".join(names)

    def _text(self, block: Block) -> None:
        text = block.text
        if block.kind is not Kind.QUESTION and self._open.is_asked:
            marked = ANSWER_MARK.match(text)
            if marked:
                self._open.waits, text = False, text[marked.end() :]
        if not (self._open.asked or self._open.parts) and not self._open.heading:
            self._open.number, self._open.place = block.number, block.place
        self._open.add(text)

    def _table(self, block: Block) -> None:
        table = _pairs(block, self._limits)
        if table is None:
            self._open.add(_told(block.cells))
            return
        self.has_questions = True
        self.found += [(row, True) for row in table.rows]
        self.problems += table.problems

    def _start(self, following: Segment) -> None:
        done, self._open = self._open, following
        if not done.is_asked:
            text = tidy("\n\n".join(done.parts))
            if text:
                self.found += [(row, False) for row in _sections(done, text, self._limits)]
            return
        question, answer = _asked_and_answered(done)
        row = Row(done.number, question, answer, place=done.place)
        if not answer and done.level:
            return
        flaw = checked(row, self._limits)
        self.has_questions = True
        if flaw is None:
            self.found.append((row, True))
        else:
            self.problems.append(RowProblem(row.number, row.place, flaw))


def _asked_and_answered(segment: Segment) -> tuple[str, str]:
    asked, parts = segment.asked, segment.parts
    if segment.heading:
        asked = [segment.heading]
    elif not parts and asked:
        asked, parts = _cut(asked)
    return one_line("\n".join(asked)), tidy("\n\n".join(parts))


def _cut(asked: Sequence[str]) -> tuple[list[str], list[str]]:
    """A question whose answer isn't marked: it ends at its question mark, or at the end of its line."""
    first, rest = asked[0], list(asked[1:])
    for end, character in enumerate(first[:_LONGEST_QUESTION], 1):
        if character in "?？":
            return [first[:end]], [part for part in (first[end:].strip(), *rest) if part]
    line, _, more = first.partition("\n")
    return [line], [part for part in (more.strip(), *rest) if part]


def _sections(segment: Segment, text: str, limits: Limits) -> Iterator[Row]:
    """A section as one row, or as passages where it is long; a passage's question is its first sentence."""
    if segment.heading and len(text) <= SECTION:
        yield Row(segment.number, segment.heading[: limits.question], text, place=segment.place)
        return
    for passage in passages(text):
        question = opening(passage)
        if segment.heading:
            question = f"{segment.heading} – {question}"
        yield Row(segment.number, question[: limits.question], passage, place=segment.place)


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


def _split_marks(blocks: Iterable[Block]) -> Iterator[Block]:
    """Blocks cut where a line begins with a question's or an answer's mark; the marks become kinds."""
    asked = False
    for block in blocks:
        if block.kind is Kind.QUESTION:
            asked = True
        if block.kind not in (Kind.TEXT, Kind.ITEM):
            yield block
            continue
        for kind, text in _marked_parts(block, asked):
            asked = asked or kind is Kind.QUESTION
            yield Block(kind, text, block.number, block.place, counted=block.counted)


def _marked_parts(block: Block, asked: bool) -> Iterator[tuple[Kind, str]]:
    kind, lines = block.kind, list[str]()
    for line in block.text.split("\n"):
        question = QUESTION_MARK.match(NUMBERED.sub("", line, count=1)) or QUESTION_MARK.match(line)
        answer = ANSWER_MARK.match(line) if asked and not question else None
        mark = question or answer
        if mark is None:
            lines.append(line)
            continue
        if any(map(str.strip, lines)):
            yield kind, "\n".join(lines).strip()
        kind, lines = (Kind.QUESTION if question else Kind.ANSWER), []
        text = mark.string[mark.end() :]
        if question:
            asked = True
            before, inline = _inline_answer(text)
            if inline is not None:
                yield kind, before
                kind, text = Kind.ANSWER, inline
        lines.append(text)
    if any(map(str.strip, lines)) or kind is Kind.QUESTION:
        yield kind, "\n".join(lines).strip()


def _inline_answer(text: str) -> tuple[str, str | None]:
    """Question and answer of one line: what follows an answer's mark after the question mark."""
    for at, character in enumerate(text[:_LONGEST_QUESTION]):
        if character in "?？ \t　。":
            mark = ANSWER_MARK.match(text, at + 1)
            if mark:
                return text[: at + 1].strip(), text[mark.end() :]
    return text, None


def _with_questions_found(blocks: Sequence[Block]) -> Iterator[Block]:
    """Blocks in which short paragraphs that ask, with text after them, have become questions."""
    for at, block in enumerate(blocks):
        following = blocks[at + 1] if at + 1 < len(blocks) else None
        question = _standing_question(block, following)
        if question is None:
            yield block
            continue
        first, rest = question
        yield Block(Kind.QUESTION, first, block.number, block.place)
        yield Block(Kind.ANSWER, rest, block.number, block.place)


def _standing_question(block: Block, following: Block | None) -> tuple[str, str] | None:
    """The question that a paragraph is, and what else it says; None where it is none."""
    if block.kind not in (Kind.TEXT, Kind.ITEM):
        return None
    first, _, rest = block.text.partition("\n")
    if not ends_as_question(first) or len(first) > _LONGEST_QUESTION:
        return None
    answered = rest.strip() or (
        following is not None
        and following.kind in (Kind.TEXT, Kind.ITEM, Kind.ANSWER)
        and not ends_as_question(following.text.partition("\n")[0])
    )
    return (NUMBERED.sub("", first.strip(" *_"), count=1), rest) if answered else None
