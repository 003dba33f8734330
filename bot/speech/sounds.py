"""What kind of recording some bytes are. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from bot.speech.port import AudioUnreadable


@dataclass(frozen=True, slots=True)
class Sound:
    """A kind of recording: its file name's ending, and its content type."""

    suffix: str
    content_type: str


_M4A = Sound("m4a", "audio/mp4")
_MP3 = Sound("mp3", "audio/mpeg")
_WAV = Sound("wav", "audio/wav")
_OGG = Sound("ogg", "audio/ogg")
_FLAC = Sound("flac", "audio/flac")
_WEBM = Sound("webm", "audio/webm")
_BEGINNINGS = (
    (b"OggS", _OGG), (b"fLaC", _FLAC), (b"\x1aE\xdf\xa3", _WEBM), (b"ID3", _MP3), (b"\xff\xfb", _MP3),
    (b"\xff\xf3", _MP3), (b"\xff\xf2", _MP3), (b"\xff\xfa", _MP3),
    # MPEG 2.5, which recordings of 8 kHz are in.
    (b"\xff\xe3", _MP3), (b"\xff\xe2", _MP3),
)  # fmt: skip
_BY_TYPE = {
    "audio/x-m4a": _M4A, "audio/m4a": _M4A, "audio/mp4": _M4A, "video/mp4": _M4A, "audio/mpeg": _MP3,
    "audio/mp3": _MP3, "audio/wav": _WAV, "audio/x-wav": _WAV, "audio/ogg": _OGG, "audio/flac": _FLAC,
    "audio/webm": _WEBM, "video/webm": _WEBM,
}  # fmt: skip
_LEAST = 32


def sound_of(data: bytes, content_type: str) -> Sound:
    """What `data` is, by how it begins, then by what it is said to be. Raises AudioUnreadable."""
    if len(data) >= _LEAST:
        if data[4:8] == b"ftyp":
            return _M4A
        if data[:4] == b"RIFF" and data[8:12] == b"WAVE":
            return _WAV
        by_type = _BY_TYPE.get(content_type.partition(";")[0].strip().lower())
        found = next((sound for beginning, sound in _BEGINNINGS if data.startswith(beginning)), by_type)
        if found is not None:
            return found
    raise AudioUnreadable("not a recording of a kind that is read")
