"""The port: speech to text, and the ways in which that fails."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of speech; `start` and `end` are seconds from the beginning of the recording."""

    text: str
    start: float
    end: float


@dataclass(frozen=True, slots=True)
class Transcript:
    """What was said: empty where nobody speaks. Chinese is in Traditional characters, as in Taiwan.

    `language` is an ISO 639-1 code, None where it can't be told. `segments` are empty where the model
    tells no times; they are never estimated.
    """

    text: str
    language: str | None
    segments: tuple[Segment, ...] = ()


class SpeechError(Exception):
    """A transcript didn't come. The message is safe to log: it quotes neither speech nor key.

    `text_key` is the text for whoever sent the recording (`bot.texts`); it takes no values.
    """

    text_key = "media.speech_unavailable"


class TranscriberUnavailable(SpeechError):
    """The transcriber can't be reached, refused, or answered with nothing usable."""


class TranscriberTimeout(TranscriberUnavailable):
    """The transcript didn't come within the time given."""


class AudioUnreadable(SpeechError):
    """The recording is damaged, or of a kind that isn't read."""

    text_key = "media.speech_unreadable"


class AudioTooLong(SpeechError):
    """The recording is longer or larger than is transcribed."""

    text_key = "media.speech_too_long"


class Transcriber(Protocol):
    """Speech to text. One object serves every tenant; nothing is kept between calls.

    Where `splits_at_pauses` is set, no segment reaches over a pause of a second, so that a recording with long
    silences in it can be given as one. Else it is for the caller to cut it, where that matters.
    """

    @property
    def splits_at_pauses(self) -> bool: ...

    async def transcribe(
        self, data: bytes, *, content_type: str = "", language: str | None = None, within: float
    ) -> Transcript:
        """What is said in a recording (M4A, MP3, MP4, OGG, WAV, WebM or FLAC), at the latest after `within` seconds.

        What it is is told by its bytes, then by `content_type`. `language` (ISO 639-1) is given where it
        is known: a model that is told the wrong one writes nonsense.
        Raises AudioUnreadable, AudioTooLong, TranscriberTimeout or TranscriberUnavailable.
        """
        ...

    async def close(self) -> None:
        """Give back connections and processes. The transcriber isn't used afterwards."""
        ...
