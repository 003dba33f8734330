"""The Markdown that an export writes and an import reads back exactly. Pure.

A heading is a question and the text below it the answer, so that it reads well anywhere; the rest of an
entry stands in a comment. A line of an answer that would be taken for either has a backslash before it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec

from knowledge.importing.cleaning import as_name, cleaned
from knowledge.importing.readers.tables import checked
from knowledge.importing.rows import Flaw, Limits, Row, RowProblem
from knowledge.importing.words import audience_of

SIGNATURE = "<!-- knowledge entries, version 1 -->"
_ESCAPABLE = re.compile(r"\\*(?:#|<!--)")
_HEADING = "## "


class Details(msgspec.Struct, omit_defaults=True):
    """What stands in an entry's comment. `question` only where it has more than one line."""

    keywords: str = ""
    audience: str = "all"
    intents: tuple[str, ...] = ()
    question: str = ""


def is_ours(text: str) -> bool:
    return text.startswith(SIGNATURE)


def written(row: Row) -> str:
    """An entry as Markdown."""
    heading = " ".join(row.question.split("\n"))
    details = Details(row.keywords, row.audience, row.intents, row.question if heading != row.question else "")
    lines = [f"\\{line}" if _ESCAPABLE.match(line) else line for line in row.answer.split("\n")]
    comment = msgspec.json.encode(details).decode().replace("--", "-\\u002d")
    parts = [_HEADING + heading, *([f"<!-- {comment} -->"] if comment != "{}" else []), "\n".join(lines)]
    return "\n\n".join(parts) + "\n\n"


def parsed(text: str, limits: Limits) -> tuple[tuple[Row, ...], tuple[RowProblem, ...]]:
    """The entries that `written` wrote, and what is wrong with those that somebody changed since."""
    rows: list[Row] = []
    problems: list[RowProblem] = []
    for number, lines in _entries(text):
        found = _row(number, lines)
        flaw = checked(found, limits) if isinstance(found, Row) else found
        if isinstance(found, Row) and flaw is None:
            rows.append(found)
        elif flaw is not None:
            problems.append(RowProblem(number, f"line {number}", flaw))
    return tuple(rows), tuple(problems)


def _entries(text: str) -> Iterator[tuple[int, list[str]]]:
    held: list[str] = []
    start = 0
    for number, line in enumerate(text.split("\n"), 1):
        if line.startswith(_HEADING):
            if held:
                yield start, held
            start, held = number, [line[len(_HEADING) :]]
        elif held:
            held.append(line)
    if held:
        yield start, held


def _row(number: int, lines: list[str]) -> Row | Flaw:
    heading, *rest = lines
    while rest and not rest[0].strip():
        rest.pop(0)
    details = Details()
    if rest and rest[0].startswith("<!-- ") and rest[0].endswith(" -->"):
        try:
            details = msgspec.json.decode(rest.pop(0)[5:-4], type=Details)
        except msgspec.MsgspecError:
            return Flaw.LINE_MALFORMED
    audience = audience_of(details.audience)
    if audience is None:
        return Flaw.AUDIENCE_UNKNOWN
    answer = "\n".join(line[1:] if line.startswith("\\") and _ESCAPABLE.match(line) else line for line in rest)
    return Row(
        number=number,
        question=cleaned(details.question or heading),
        answer=cleaned(answer),
        keywords=cleaned(details.keywords),
        audience=audience.value,
        intents=tuple(dict.fromkeys(filter(None, map(as_name, details.intents)))),
        place=f"line {number}",
    )
