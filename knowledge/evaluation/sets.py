"""Question sets: what is asked and what is expected of the answers, from CSV or JSON lines. Pure."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from knowledge.answers import Outcome
from knowledge.engine import MAX_QUESTION
from knowledge.entries import Audience
from knowledge.evaluation.errors import QuestionSetRefused
from knowledge.importing.readers.decoding import decoded

COLUMNS = ("question", "expected_entry", "must_contain", "must_not_contain", "audience", "vendor", "outcome", "intent")
# A column for whoever writes the set; nothing is read from it.
NOTE = "note"
SEPARATOR = "|"
ASKING = (Audience.RENTER, Audience.STAFF)

Row = Mapping[str, Any]
Member = TypeVar("Member", Audience, Outcome)


@dataclass(frozen=True, slots=True)
class Expectation:
    """What must be true of an answer: everything that is given.

    `entry` is the id or the question of an entry that must be among its sources; `contains` and
    `lacks` are texts, compared by `verdicts.states`; one of `outcomes` must have come out; `intents` are
    names that must all be found.
    """

    entry: int | str | None = None
    contains: tuple[str, ...] = ()
    lacks: tuple[str, ...] = ()
    outcomes: tuple[Outcome, ...] = ()
    intents: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Case:
    """A question of a set, with the line it stands on. `vendors` are codes or ids; empty means every vendor."""

    line: int
    question: str
    expectation: Expectation
    audience: Audience = Audience.RENTER
    vendors: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """The same for the same question with the same expectations, wherever they stand in a file."""
        wanted = self.expectation
        parts = [
            self.question, self.audience, wanted.entry, sorted(wanted.contains), sorted(wanted.lacks),
            sorted(wanted.outcomes), sorted(wanted.intents),
        ]  # fmt: skip
        return hashlib.sha256(json.dumps(parts, ensure_ascii=False).encode()).hexdigest()[:16]


class _BadRow(Exception):
    """Why a row can't be asked."""


def read_set(data: bytes, *, audience: Audience = Audience.RENTER) -> tuple[Case, ...]:
    """The questions of a file: JSON lines where it begins with `{`, else CSV with a header.

    `audience` asks where a row doesn't say who does. A row that expects nothing expects an answer.
    Raises QuestionSetRefused, which names every bad row, and ImportRefused where the bytes are no text.
    """
    text = decoded(data, "")
    cases: dict[tuple[str, tuple[str, ...]], Case] = {}
    problems: list[str] = []
    for line, row in _json_rows(text) if text.lstrip().startswith("{") else _table_rows(text):
        try:
            case = _case(line, row, audience)
        except _BadRow as bad:
            problems.append(f"line {line}: {bad}.")
            continue
        earlier = cases.setdefault((case.key, case.vendors), case)
        if earlier is not case:
            problems.append(f"line {line}: asks and expects the same as line {earlier.line}.")
    if not cases and not problems:
        problems.append("The file holds no question.")
    if problems:
        raise QuestionSetRefused(problems)
    return tuple(cases.values())


def _json_rows(text: str) -> Iterator[tuple[int, Row | str]]:
    for number, line in enumerate(text.splitlines(), 1):
        if line.strip():
            try:
                row = json.loads(line)
            except (ValueError, RecursionError):
                row = None
            yield number, row if isinstance(row, dict) else "is not a JSON object"


def _table_rows(text: str) -> Iterator[tuple[int, Row | str]]:
    """The rows below the header, each with the line that it begins on."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter_of(text))
    header: list[str] | None = None
    while True:
        start = reader.line_num + 1
        try:
            cells = next(reader, None)
        except csv.Error as error:
            yield start, f"can't be read: {error}"
            return
        if cells is None:
            return
        if not any(cell.strip() for cell in cells):
            continue
        if header is None:
            header = [cell.strip().lower() for cell in cells]
            if flaw := _flaw_in(header):
                yield start, flaw
                return
        elif any(cell.strip() for cell in cells[len(header) :]):
            yield start, f"has {len(cells)} cells, and the header names {len(header)}"
        else:
            yield start, dict(zip(header, cells, strict=False))


def _flaw_in(header: Sequence[str]) -> str | None:
    if "question" not in header:
        return "is no header: it must name a column `question`"
    if len(set(header)) < len(header):
        return "names a column twice"
    return _unknown(header)


def _unknown(names: Iterable[str]) -> str | None:
    unknown = next((name for name in names if name not in (*COLUMNS, NOTE)), None)
    return None if unknown is None else f"unknown column {unknown!r}; there are {', '.join(COLUMNS)} and {NOTE}"


def _delimiter_of(text: str) -> str:
    """The comma, or what a spreadsheet may have put in its place in the first line."""
    header = text.lstrip().partition("\n")[0]
    return max(",;\t", key=header.count)


def _case(line: int, row: Row | str, audience: Audience) -> Case:
    if isinstance(row, str):
        raise _BadRow(row)
    if unknown := _unknown(row):
        raise _BadRow(unknown)
    question = _text(row, "question")
    if not question:
        raise _BadRow("question: is missing")
    if len(question) > MAX_QUESTION:
        raise _BadRow(f"question: is longer than {MAX_QUESTION} characters")
    return Case(
        line=line,
        question=question,
        expectation=_expectation(row),
        audience=next(iter(_members(ASKING, row, "audience")), audience),
        vendors=_texts(row, "vendor"),
    )


def _expectation(row: Row) -> Expectation:
    entry = _text(row, "expected_entry")
    wanted = Expectation(
        entry=int(entry) if entry.isascii() and entry.isdigit() else entry or None,
        contains=_texts(row, "must_contain"),
        lacks=_texts(row, "must_not_contain"),
        outcomes=_members(tuple(Outcome), row, "outcome"),
        intents=_texts(row, "intent"),
    )
    return Expectation(outcomes=(Outcome.ANSWERED,)) if wanted == Expectation() else wanted


def _members(allowed: tuple[Member, ...], row: Row, name: str) -> tuple[Member, ...]:
    texts = _texts(row, name)
    known = {member.value: member for member in allowed}
    if unknown := [text for text in texts if text not in known]:
        raise _BadRow(f"{name}: {unknown[0]!r} is none of {', '.join(known)}")
    return tuple(known[text] for text in texts)


def _text(row: Row, name: str) -> str:
    value = row.get(name)
    if value is None:
        return ""
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise _BadRow(f"{name}: must be a text")
    return str(value).strip()


def _texts(row: Row, name: str) -> tuple[str, ...]:
    """The texts of a cell that `|` separates, or of a JSON array, without repetitions."""
    value = row.get(name)
    if isinstance(value, list):
        if not all(isinstance(one, str) for one in value):
            raise _BadRow(f"{name}: must be a text or an array of texts")
        parts = value
    else:
        parts = _text(row, name).split(SEPARATOR)
    return tuple(dict.fromkeys(part.strip() for part in parts if part.strip()))
