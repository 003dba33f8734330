"""Plain text: paragraphs between empty lines, questions by their marks."""

from __future__ import annotations

from collections.abc import Iterator

from knowledge.importing.cleaning import cleaned
from knowledge.importing.readers.blocks import Block, Kind
from knowledge.importing.readers.decoding import decoded
from knowledge.importing.readers.structure import reading_of
from knowledge.importing.rows import Format, Reading, Source


def read(source: Source) -> Reading:
    """Rows of a text. Raises ImportRefused."""
    text = decoded(source.data, source.content_type)
    return reading_of(_paragraphs(text), Format.TEXT, source.limits)


def _paragraphs(text: str) -> Iterator[Block]:
    lines: list[str] = []
    start = 1
    for number, line in enumerate([*text.splitlines(), ""], 1):
        if line.strip():
            start = start if lines else number
            lines.append(cleaned(line))
        elif lines:
            yield Block(Kind.TEXT, "\n".join(lines), start, f"line {start}")
            lines = []
