"""What passes between the process that wants an image read and the one that reads it, as JSON lines."""

from __future__ import annotations

import msgspec

from knowledge.media.errors import ImageRefusal


class Request(msgspec.Struct, frozen=True):
    """`size` bytes of an image follow; `memory` (bytes), `cpu` and `seconds` bind the reading of this one image."""

    size: int
    memory: int
    cpu: int
    seconds: int


class Answer(msgspec.Struct, frozen=True, omit_defaults=True):
    """The text with its confidence (0 to 1), or why there is none; `cause` is for the log alone."""

    text: str = ""
    confidence: float = 0.0
    refused: ImageRefusal | None = None
    values: dict[str, str | int] = {}
    cause: str = ""
