"""A document as a sequence of blocks: what Markdown, HTML, DOCX and PDF have in common. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """`QUESTION` and `ANSWER` are marked as such by the document itself; `END` closes an answer."""

    HEADING = "heading"
    TEXT = "text"
    ITEM = "item"
    TABLE = "table"
    QUESTION = "question"
    ANSWER = "answer"
    END = "end"


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph, heading, list item or table.

    `number` and `place` say where it stands (as in `Row`), `level` is a heading's (1 is the highest),
    `cells` are a table's rows, `mark` is what stands before a list item (`- `, `2. `).
    """

    kind: Kind
    text: str
    number: int
    place: str
    level: int = 0
    cells: tuple[tuple[str, ...], ...] = ()
    mark: str = ""
