"""One line for each answered request, written in batches so that it costs no call of its own."""

from __future__ import annotations

import asyncio
import sys
from datetime import UTC, datetime
from typing import BinaryIO, Protocol

import msgspec

from bot.errors import PlatformError
from bot.logging import get_logger

FLUSH_SECONDS = 0.1
FLUSH_LINES = 200


class AccessLine(msgspec.Struct, gc=False):
    """What is kept of a request. `route` is the template: a path may hold codes and ids."""

    event: str
    level: str
    timestamp: datetime
    request_id: str
    method: str
    route: str
    status: int
    ms: float
    client: str


class AccessLog(Protocol):
    """Takes a line for each answered request; `flush` writes what still waits."""

    def write(self, line: AccessLine) -> None: ...

    def flush(self) -> None: ...


class StructuredAccessLog:
    """Sends each line through the ordinary loggers: readable on a terminal, captured by tests."""

    def __init__(self) -> None:
        self._logger = get_logger("bot.web")

    def write(self, line: AccessLine) -> None:
        self._logger.info(
            "request",
            request_id=line.request_id,
            method=line.method,
            route=line.route,
            status=line.status,
            ms=line.ms,
            client=line.client,
        )

    def flush(self) -> None:
        return


class BufferedAccessLog:
    """Writes JSON lines to `stream` (stderr unless given) within a tenth of a second.

    The lines hold nothing that needs redaction, so they skip the loggers' chain, which costs more
    than a whole webhook may.
    """

    def __init__(self, stream: BinaryIO | None = None) -> None:
        self._stream = stream or sys.stderr.buffer
        self._encoder = msgspec.json.Encoder()
        self._lines: list[AccessLine] = []
        self._timer: asyncio.TimerHandle | None = None

    def write(self, line: AccessLine) -> None:
        self._lines.append(line)
        if len(self._lines) >= FLUSH_LINES:
            self.flush()
        elif self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(FLUSH_SECONDS, self.flush)

    def flush(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        lines, self._lines = self._lines, []
        if lines:
            self._stream.write(self._encoder.encode_lines(lines))
            self._stream.flush()


def default_access_log() -> AccessLog:
    """Readable lines on a terminal, batched JSON otherwise."""
    return StructuredAccessLog() if sys.stderr.isatty() else BufferedAccessLog()


def access_line(method: str, route: str, *, request_id: str, status: int, seconds: float, client: str) -> AccessLine:
    """The line of a request that was answered with `status` after `seconds`."""
    return AccessLine(
        event="request",
        level="info" if status < PlatformError.status else "error",
        timestamp=datetime.now(UTC),
        request_id=request_id,
        method=method,
        route=route,
        status=status,
        ms=round(seconds * 1000, 2),
        client=client,
    )
