"""What `audio_file` holds: a recording in base64, a data URL with one, or the address of one. Pure.

The form alone decides. Base64 has no colon, so whatever begins as a URL does is a URL, and text that merely
begins with "http" is base64. Nothing is guessed: what is neither is refused.
"""

from __future__ import annotations

import binascii
import re
from dataclasses import dataclass, field

from bot.speech.port import AudioUnreadable
from bot.speech.sounds import sound_of
from partner_api.calls.errors import AudioTooLarge, UnsupportedAudio

MAX_AUDIO = 25 * 1024 * 1024
MAX_DATA_HEADER = 200
# Decoded in pieces, so that a thread which decodes lets the others run in between.
_PIECE = 1024 * 1024
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]{0,30}):")
_GROUP = 4
_MOST_PADDING = 2


@dataclass(frozen=True, slots=True)
class AudioUrl:
    """Where the recording is to be fetched; whether it may be is for the sender to say."""

    url: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class AudioBytes:
    """The recording itself, and what its bytes show that it is."""

    data: bytes = field(repr=False)
    content_type: str


def audio_of(given: str) -> AudioUrl | AudioBytes:
    """What a caller gave. Raises UnsupportedAudio, and AudioTooLarge for more than `MAX_AUDIO` bytes."""
    text = given.strip()
    scheme = _SCHEME.match(text)
    if scheme is None:
        return _recording(_decoded(text))
    if scheme[1].lower() != "data":
        return AudioUrl(text)
    header, comma, content = text.partition(",")
    encoding = header.rpartition(";")[2].strip().lower()
    if not comma or encoding != "base64" or len(header) > MAX_DATA_HEADER:
        raise UnsupportedAudio("audio_file is a data URL that is not `data:<type>;base64,<recording>`.")
    return _recording(_decoded(content))


def _recording(data: bytes) -> AudioBytes:
    """`data` as what it is. What it was declared as is not believed: its bytes say what it is."""
    try:
        return AudioBytes(data, sound_of(data, "").content_type)
    except AudioUnreadable:
        raise UnsupportedAudio(
            "audio_file is no recording in MP3, M4A, MP4, WAV, OGG, WebM or FLAC, by its first bytes."
        ) from None


def _decoded(text: str) -> bytes:
    """The bytes of strict base64 in either alphabet, with or without line ends and padding."""
    compact = "".join(text.split()) if text.isascii() else ""
    if not compact:
        raise UnsupportedAudio("audio_file is empty, or not base64." if text.strip() else "audio_file is empty.")
    if len(compact) > (MAX_AUDIO + _GROUP) // 3 * _GROUP + _GROUP:
        raise AudioTooLarge
    if "-" in compact or "_" in compact:
        if "+" in compact or "/" in compact:
            raise UnsupportedAudio("audio_file mixes both alphabets of base64.")
        compact = compact.replace("-", "+").replace("_", "/")
    data = _bytes_of(_padded(compact))
    if len(data) > MAX_AUDIO:
        raise AudioTooLarge
    return data


def _padded(compact: str) -> str:
    digits = compact.rstrip("=")
    padding = len(compact) - len(digits)
    missing = -len(digits) % _GROUP
    if "=" in digits or missing > _MOST_PADDING or padding not in (0, missing):
        raise UnsupportedAudio("audio_file is base64 that is cut off or wrongly padded.")
    return digits + "=" * missing


def _bytes_of(padded: str) -> bytes:
    try:
        pieces = (padded[at : at + _PIECE] for at in range(0, len(padded), _PIECE))
        return b"".join(binascii.a2b_base64(piece, strict_mode=True) for piece in pieces)
    except (binascii.Error, ValueError):
        raise UnsupportedAudio("audio_file is neither base64 nor a URL.") from None
