"""Read a file into rows, whatever is in it: a process of its own does it, bound in memory and time."""

from __future__ import annotations

import asyncio
import signal
from asyncio.subprocess import Process

import msgspec
import structlog

from bot import confined
from knowledge.importing.errors import ImportRefused, Refusal
from knowledge.importing.readers.wire import End, Line, Request
from knowledge.importing.rows import MEGABYTE, Limits, Reading, Row, RowProblem

_MODULE = "knowledge.importing.readers.child"
_LONGEST_LINE = 1024 * 1024
_KILLED_FOR_TIME = frozenset({-signal.SIGXCPU, -signal.SIGKILL})
_log = structlog.get_logger(__name__)
_decoder = msgspec.json.Decoder(Line)


async def read(data: bytes, *, filename: str, content_type: str | None = None, limits: Limits | None = None) -> Reading:
    """The rows of a file, and what is wrong with it row by row.

    CSV, TSV, XLSX, JSON, JSON lines, Markdown, text, HTML, DOCX, PDF and images are told apart by their
    content, then by `filename` and `content_type`. Raises ImportRefused where the file as a whole can't be read;
    no file raises anything else. Takes at most about `limits.seconds`.
    """
    limits = limits or Limits()
    if not data:
        raise ImportRefused(Refusal.EMPTY)
    if len(data) > limits.size:
        raise ImportRefused(Refusal.TOO_LARGE, limit=limits.size // MEGABYTE)
    request = msgspec.json.encode(Request(_plain(filename), _plain(content_type or ""), limits))
    process = await confined.started(_MODULE, longest_line=_LONGEST_LINE)
    try:
        async with asyncio.timeout(limits.seconds):
            feeding = asyncio.create_task(_feed(process, request + b"\n", data))
            try:
                return await _received(process, limits)
            finally:
                feeding.cancel()
                await asyncio.wait([feeding])
    except TimeoutError:
        raise ImportRefused(Refusal.TOO_SLOW) from None
    finally:
        await confined.ended(process)


async def _feed(process: Process, head: bytes, data: bytes) -> None:
    await confined.feed(process, head, data)
    if process.stdin is not None:
        process.stdin.close()


async def _received(process: Process, limits: Limits) -> Reading:
    rows: list[Row] = []
    problems: list[RowProblem] = []
    size = 0
    try:
        while raw := await confined.line_of(process):
            size += len(raw)
            if size > limits.output:
                raise ImportRefused(Refusal.TOO_COMPLEX)
            line = _decoder.decode(raw)
            if line.row is not None:
                rows.append(line.row)
            elif line.problem is not None:
                problems.append(line.problem)
            elif line.refused is not None:
                if line.refused.cause:
                    _log.info("import_refused", code=line.refused.code, cause=line.refused.cause)
                raise ImportRefused(line.refused.code, **line.refused.values)
            elif line.end is not None and line.end.lines == len(rows) + len(problems) <= 2 * limits.rows:
                return _reading(line.end, rows, problems)
    except (ValueError, KeyError, msgspec.MsgspecError):
        _log.warning("import_reader_unintelligible")
        raise ImportRefused(Refusal.UNREADABLE) from None
    raise ImportRefused(await _why_silent(process))


async def _why_silent(process: Process) -> Refusal:
    """Why a reader ended without a word: out of time, or by a fault that the file led a parser into."""
    status = await process.wait()
    _log.warning("import_reader_ended", status=status)
    return Refusal.TOO_SLOW if status in _KILLED_FOR_TIME else Refusal.UNREADABLE


def _reading(end: End, rows: list[Row], problems: list[RowProblem]) -> Reading:
    return Reading(end.format, tuple(rows), tuple(problems), end.title, end.needs_questions)


def _plain(text: str) -> str:
    return text.encode("utf-8", "replace").decode()
