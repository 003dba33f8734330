"""What is read out of a file: rows of question and answer, and what is wrong with it, row by row."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from knowledge.entries import Audience

MEGABYTE = 1024 * 1024


class Format(StrEnum):
    CSV = "csv"
    XLSX = "xlsx"
    JSONL = "jsonl"
    JSON = "json"
    MARKDOWN = "markdown"
    TEXT = "text"
    HTML = "html"
    DOCX = "docx"
    PDF = "pdf"
    IMAGE = "image"


class Flaw(StrEnum):
    """What can be wrong with one row or one part of a file, while the rest of it is read."""

    QUESTION_MISSING = "question_missing"
    ANSWER_MISSING = "answer_missing"
    QUESTION_TOO_LONG = "question_too_long"
    ANSWER_TOO_LONG = "answer_too_long"
    FIELD_TOO_LONG = "field_too_long"
    AUDIENCE_UNKNOWN = "audience_unknown"
    TOO_MANY_COLUMNS = "too_many_columns"
    FORMULA_ERROR = "formula_error"
    LINE_MALFORMED = "line_malformed"
    SHEET_HIDDEN = "sheet_hidden"
    PAGE_UNREADABLE = "page_unreadable"
    PAGE_WITHOUT_TEXT = "page_without_text"
    PAGE_NOT_REACHED = "page_not_reached"

    @property
    def text_key(self) -> str:
        """The key of the text that tells a person (`bot.texts`); it takes no values."""
        return f"import.row_{self}"


class Notice(StrEnum):
    """What a person should know about a row that was read."""

    FROM_PICTURE = "from_picture"

    @property
    def text_key(self) -> str:
        """The key of the text that tells a person (`bot.texts`); it takes no values."""
        return f"import.notice_{self}"


@dataclass(frozen=True, slots=True)
class Row:
    """One question with its answer.

    `number` is what a user would count (row, line, page or paragraph; from 1) and `place` says where that
    is, such as `Sheet1!12`, `line 7` or `page 3`. `audience` is `all`, `renter` or `staff`.
    """

    number: int
    question: str
    answer: str
    keywords: str = ""
    audience: str = Audience.ALL.value
    intents: tuple[str, ...] = ()
    place: str = ""
    notice: Notice | None = None


@dataclass(frozen=True, slots=True)
class RowProblem:
    """Why a row was left out, or what of the file wasn't read (a hidden sheet, a page without text)."""

    number: int
    place: str
    code: Flaw


@dataclass(frozen=True, slots=True)
class Reading:
    """A file as it was read.

    `needs_questions` tells that the file is free text: its rows are sections and passages whose
    questions are headings or first sentences, and a person or a model may word better ones.
    """

    format: Format
    rows: tuple[Row, ...] = ()
    problems: tuple[RowProblem, ...] = ()
    title: str = ""
    needs_questions: bool = False


@dataclass(frozen=True, slots=True)
class Limits:
    """How much a file may hold (bytes, rows, characters) and how much reading it may take.

    `unpacked` bounds what a DOCX or XLSX holds when it is unpacked. `memory` (bytes of address space)
    and `cpu` (seconds) bind the process that reads, `seconds` is how long it may take in all, `output`
    how many bytes it may hand back.
    """

    size: int = 20 * MEGABYTE
    rows: int = 20_000
    question: int = 1_000
    answer: int = 10_000
    field: int = 1_000
    unpacked: int = 200 * MEGABYTE
    memory: int = 1024 * MEGABYTE
    cpu: int = 30
    seconds: float = 60.0
    output: int = 100 * MEGABYTE


@dataclass(frozen=True, slots=True)
class Source:
    """A file to be read: its bytes, what it is said to be, and within which limits."""

    data: bytes
    filename: str = ""
    content_type: str = ""
    limits: Limits = Limits()

    @property
    def suffix(self) -> str:
        """The file name's ending in lower case with its dot, or nothing."""
        name, dot, ending = self.filename.rpartition(".")
        return f".{ending.lower()}" if dot and name else ""
