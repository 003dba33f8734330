"""A long text in JSON, taken out before the rest is parsed. Pure.

A parser holds the interpreter from the first byte of a text to its last: 50 to 100 ms for a recording of 25 MiB, in
which no other request is answered, whatever thread parses it. So the text is found by its quotes, and read in pieces
between which the others get their turn.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field

LONG = 64 * 1024
_PIECE = 256 * 1024
# Bodies with more quotes before their long text are no calls: a transcript may have a tenth of them.
_MOST_QUOTES = 500_000
_ESCAPE = len("\\u0000")


@dataclass(frozen=True, slots=True)
class LongText:
    """The text whose content stands in `body` from `start` to `end`, without its quotes."""

    body: bytes = field(repr=False)
    start: int
    end: int

    def replaced(self, stand_in: str) -> bytes:
        """The body with `stand_in` where the text was."""
        return b"".join((self.body[: self.start], stand_in.encode(), self.body[self.end :]))

    def pieces(self) -> Iterator[str]:
        """The text, a piece at a time. Raises ValueError where it is no text of JSON in ASCII."""
        at = self.start
        while at < self.end:
            end = min(at + _PIECE, self.end)
            if end < self.end:
                # An escape stays whole.
                escape = self.body.rfind(b"\\", end - _ESCAPE, end)
                end = escape if escape > at else end
            piece: str = json.loads(f'"{str(self.body[at:end], "ascii")}"')
            yield piece
            at = end


def long_text_in(body: bytes) -> LongText | None:
    """The first text of `LONG` bytes or more in what is likely JSON, None where there is none."""
    at, start = 0, None
    for _ in range(_MOST_QUOTES):
        at = body.find(b'"', at)
        if at < 0:
            return None
        if start is None:
            start = at + 1
        elif not _is_escaped(body, at):
            if at - start >= LONG:
                return LongText(body, start, at)
            start = None
        at += 1
    return None


def _is_escaped(body: bytes, at: int) -> bool:
    before = body[max(0, at - _ESCAPE) : at]
    return (len(before) - len(before.rstrip(b"\\"))) % 2 == 1
