"""What passes between the process that asks for a file to be read and the one that reads it, as JSON lines."""

from __future__ import annotations

import msgspec

from knowledge.importing.errors import Refusal
from knowledge.importing.rows import Format, Limits, Row, RowProblem


class Request(msgspec.Struct, frozen=True):
    filename: str
    content_type: str
    limits: Limits


class Refused(msgspec.Struct, frozen=True):
    """`cause` names the error of a parser for the log; it isn't shown to anybody."""

    code: Refusal
    values: dict[str, str | int] = {}
    cause: str = ""


class End(msgspec.Struct, frozen=True):
    """The last line of a file that was read: what holds for all of it, and how many lines came before."""

    format: Format
    title: str
    needs_questions: bool
    lines: int


class Line(msgspec.Struct, frozen=True, omit_defaults=True):
    """One line of output: exactly one of these is set."""

    row: Row | None = None
    problem: RowProblem | None = None
    refused: Refused | None = None
    end: End | None = None
