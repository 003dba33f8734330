"""What `audio_file` holds: a recording in base64, a data URL with one, or the address of one. Pure.

The form alone decides. Base64 has no colon, so whatever begins as a URL does is a URL, and text that merely
begins with "http" is base64. Nothing is guessed: what is neither is refused. It is read in pieces, so that a thread
which decodes lets the others run in between.
"""

from __future__ import annotations

import binascii
import re
import string
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import chain

from bot.speech.port import AudioUnreadable
from bot.speech.sounds import sound_of
from partner_api.calls.errors import AudioTooLarge, UnsupportedAudio

MAX_AUDIO = 25 * 1024 * 1024
MAX_DATA_HEADER = 200
_PIECE = 256 * 1024
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]{0,30}):")
_GROUP = 4
_MOST_PADDING = 2
_BLANKS = (string.whitespace + "\x1c\x1d\x1e\x1f").encode()
_STANDARD = bytes.maketrans(b"-_", b"+/")


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
    return audio_in(given[at : at + _PIECE] for at in range(0, len(given), _PIECE))


def audio_in(pieces: Iterable[str]) -> AudioUrl | AudioBytes:
    """`audio_of` of a text that comes in pieces, of which the first has the whole of a URL's scheme or header."""
    rest = iter(pieces)
    begun = next(filter(None, (piece.lstrip() for piece in rest)), "")
    scheme = _SCHEME.match(begun)
    if scheme is None:
        return _recording(_decoded(chain([begun], rest)))
    if scheme[1].lower() != "data":
        return AudioUrl("".join(chain([begun], rest)).rstrip())
    header, comma, content = begun.partition(",")
    encoding = header.rpartition(";")[2].strip().lower()
    if not comma or encoding != "base64" or len(header) > MAX_DATA_HEADER:
        raise UnsupportedAudio("audio_file is a data URL that is not `data:<type>;base64,<recording>`.")
    return _recording(_decoded(chain([content], rest)))


def _recording(data: bytes) -> AudioBytes:
    """`data` as what it is. What it was declared as is not believed: its bytes say what it is."""
    try:
        return AudioBytes(data, sound_of(data, "").content_type)
    except AudioUnreadable:
        raise UnsupportedAudio(
            "audio_file is no recording in MP3, M4A, MP4, WAV, OGG, WebM or FLAC, by its first bytes."
        ) from None


def _decoded(pieces: Iterable[str]) -> bytes:
    """The bytes of strict base64 in either alphabet, with or without line ends and padding."""
    decoded, size, waiting = list[bytes](), 0, b""
    for compact in _compact(pieces):
        waiting += compact
        # The last group is kept back: it alone may be padded.
        ready = max(0, (len(waiting) - 1) // _GROUP * _GROUP)
        decoded.append(_bytes_of(_whole(waiting[:ready])))
        waiting = waiting[ready:]
        size += len(decoded[-1])
        if size > MAX_AUDIO:
            raise AudioTooLarge
    if not decoded:
        raise UnsupportedAudio("audio_file is empty.")
    decoded.append(_bytes_of(_padded(waiting)))
    if size + len(decoded[-1]) > MAX_AUDIO:
        raise AudioTooLarge
    return b"".join(decoded)


def _compact(pieces: Iterable[str]) -> Iterator[bytes]:
    """What isn't blank, in the usual alphabet."""
    is_usual = is_other = False
    for piece in pieces:
        if not piece.isascii():
            raise UnsupportedAudio("audio_file is not base64.")
        compact = piece.encode().translate(None, _BLANKS)
        if b"." in compact:
            raise _not_encoded()
        is_usual |= b"+" in compact or b"/" in compact
        is_other |= b"-" in compact or b"_" in compact
        if is_usual and is_other:
            raise UnsupportedAudio("audio_file mixes both alphabets of base64.")
        if compact:
            yield compact.translate(_STANDARD)


def _padded(last: bytes) -> bytes:
    digits = last.rstrip(b"=")
    padding, missing = len(last) - len(digits), -len(digits) % _GROUP
    if b"=" in digits or missing > _MOST_PADDING or padding not in (0, missing):
        raise _cut_off()
    return digits + b"=" * missing


def _whole(groups: bytes) -> bytes:
    if b"=" in groups:
        raise _cut_off()
    return groups


def _cut_off() -> UnsupportedAudio:
    return UnsupportedAudio("audio_file is base64 that is cut off or wrongly padded.")


def _not_encoded() -> UnsupportedAudio:
    return UnsupportedAudio("audio_file is neither base64 nor a URL. Of a file send the bytes in base64, not the name.")


def _bytes_of(groups: bytes) -> bytes:
    try:
        return binascii.a2b_base64(groups, strict_mode=True)
    except binascii.Error:
        raise _not_encoded() from None
