"""The process that reads one file and knows nothing else: `python -m knowledge.importing.readers.child`.

Its input is one JSON line (`Request`) and the file's bytes; its output is JSON lines (`Line`). It binds
its own memory and time before it loads a parser, so that a hostile file costs this process and no more.
"""

from __future__ import annotations

import importlib
import sys
import warnings
from collections.abc import Iterator
from typing import BinaryIO, Protocol, cast

import msgspec

from bot.confined import bind
from knowledge.importing.errors import ImportRefused, Refusal
from knowledge.importing.readers.csv import has_header
from knowledge.importing.readers.decoding import decoded
from knowledge.importing.readers.sniffing import binary_format, text_format
from knowledge.importing.readers.wire import End, Line, Refused, Request
from knowledge.importing.rows import Flaw, Format, Reading, Source

_PARSERS = {
    Format.CSV: "csv", Format.XLSX: "xlsx", Format.JSON: "json", Format.JSONL: "json", Format.MARKDOWN: "markdown",
    Format.TEXT: "plain", Format.HTML: "html", Format.DOCX: "docx", Format.PDF: "pdf",
    Format.IMAGE: "image",
}  # fmt: skip


class Parser(Protocol):
    """What each module of a format offers."""

    def read(self, source: Source) -> Reading: ...


def parse(source: Source) -> Reading:
    """Read a file in this process. Raises ImportRefused, and whatever a parser raises on a broken file."""
    found = binary_format(source)
    if found is None:
        text = decoded(source.data, source.content_type)
        found = text_format(text, source, is_table=has_header(text))
    # Loaded by name: parsers take up to half a second to load, and what isn't loaded can't be attacked.
    module = importlib.import_module(f"knowledge.importing.readers.{_PARSERS[found]}")
    reading = cast("Parser", module).read(source)
    if len(reading.rows) > source.limits.rows:
        raise ImportRefused(Refusal.TOO_MANY_ROWS, limit=source.limits.rows)
    if not reading.rows and all(problem.code is Flaw.SHEET_HIDDEN for problem in reading.problems):
        raise ImportRefused(Refusal.NOTHING_FOUND)
    return reading


def lines_of(source: Source) -> Iterator[Line]:
    """The lines that tell of a file: its rows and problems with an end, or one refusal."""
    try:
        reading = parse(source)
    except ImportRefused as refused:
        yield Line(refused=Refused(refused.refusal, refused.values))
        return
    except (MemoryError, RecursionError) as error:
        yield Line(refused=Refused(Refusal.TOO_COMPLEX, cause=type(error).__name__))
        return
    except Exception as error:  # noqa: BLE001 - a broken file makes parsers raise anything; the reader logs which
        yield Line(refused=Refused(Refusal.MALFORMED, cause=type(error).__name__))
        return
    yield from (Line(row=row) for row in reading.rows)
    yield from (Line(problem=problem) for problem in reading.problems)
    count = len(reading.rows) + len(reading.problems)
    yield Line(end=End(reading.format, reading.title, reading.needs_questions, count))


def main(stdin: BinaryIO, stdout: BinaryIO) -> None:
    request = msgspec.json.decode(stdin.readline(), type=Request)
    bind(memory=request.limits.memory, cpu=request.limits.cpu)
    warnings.simplefilter("ignore")
    source = Source(stdin.read(), request.filename, request.content_type, request.limits)
    encoder = msgspec.json.Encoder()
    stdout.writelines(encoder.encode(line) + b"\n" for line in lines_of(source))
    stdout.flush()


if __name__ == "__main__":
    main(sys.stdin.buffer, sys.stdout.buffer)
