"""What passes between the process that wants a recording listened to and the one that does it."""

from __future__ import annotations

from enum import StrEnum
from typing import TypeAlias

import msgspec

Interval: TypeAlias = tuple[float, float]


class Pieces(StrEnum):
    """None, as few as are short enough, or one for each time that one of two people has the floor."""

    NONE = "none"
    LONG = "long"
    TURNS = "turns"


class Request(msgspec.Struct, frozen=True):
    """`size` bytes of a recording follow, at most `longest` seconds long; `memory` (bytes) and `cpu` (seconds) bind.

    `pieces` says which pieces of the speech are given back for a transcriber.
    """

    size: int
    content_type: str
    longest: float
    memory: int
    cpu: int
    pieces: Pieces


class Piece(msgspec.Struct, frozen=True):
    """A part of one channel as a mono FLAC of `size` bytes, from `start` to `end` (seconds) of the recording."""

    start: float
    end: float
    size: int


class Channel(msgspec.Struct, frozen=True):
    """One voice's channel: when it speaks (seconds), and how loud.

    `loudness` is the mean level of its speech in dBFS and `variation` the standard deviation of that level
    in dB, over stretches of 0.4 s; both are null where it doesn't speak. `clipped` is the share of samples at
    full scale.
    """

    speech: tuple[Interval, ...]
    loudness: float | None
    variation: float | None
    clipped: float
    pieces: tuple[Piece, ...] = ()


class Heard(msgspec.Struct, frozen=True):
    """A recording of `seconds`: two channels where two people speak on one each, else a single one."""

    seconds: float
    channels: tuple[Channel, ...]


class Answer(msgspec.Struct, frozen=True, omit_defaults=True):
    """What was heard, or the code of why nothing could be; `cause` is for the log alone. Then come the pieces."""

    heard: Heard | None = None
    failure: str = ""
    cause: str = ""
