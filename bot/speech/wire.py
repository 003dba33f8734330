"""What passes between the process that wants speech transcribed and the one that does it, as JSON lines."""

from __future__ import annotations

from enum import StrEnum

import msgspec

from bot.speech.port import Segment


class Failure(StrEnum):
    UNREADABLE = "unreadable"
    TOO_LONG = "too_long"


class Request(msgspec.Struct, frozen=True):
    """`size` bytes of a recording follow, at most `longest` seconds long; `memory` (bytes) and `cpu` (seconds) bind.

    `prompts` are what the model is given to go by, for each language that has one.
    """

    size: int
    language: str | None
    prompts: dict[str, str]
    longest: float
    memory: int
    cpu: int


class Answer(msgspec.Struct, frozen=True, omit_defaults=True):
    """What the model wrote, or why it wrote nothing; `cause` is for the log alone."""

    language: str | None = None
    segments: tuple[Segment, ...] = ()
    failure: Failure | None = None
    cause: str = ""
