"""The size in pixels that a JPEG or PNG file states.

Sources: ISO/IEC 10918-1 (JPEG), annex B; the PNG specification, "IHDR Image header".
"""

from __future__ import annotations

_PNG_SIZE_ENDS = 24
_MARKER = 0xFF
_FRAME_SIZE_ENDS = 9
_PNG = b"\x89PNG\r\n\x1a\n"
_JPEG = b"\xff\xd8"
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}


def picture_size(data: bytes, content_type: str) -> tuple[int, int] | None:
    """Width and height; None where the bytes aren't a picture of that type."""
    if content_type == "image/png":
        return _png_size(data)
    return _jpeg_size(data) if content_type == "image/jpeg" else None


def _png_size(data: bytes) -> tuple[int, int] | None:
    header = data[:_PNG_SIZE_ENDS]
    if not header.startswith(_PNG) or header[12:16] != b"IHDR" or len(header) < _PNG_SIZE_ENDS:
        return None
    return int.from_bytes(header[16:20], "big"), int.from_bytes(header[20:24], "big")


def _jpeg_size(data: bytes) -> tuple[int, int] | None:
    """Walk from marker to marker until the one that begins a frame."""
    place = len(_JPEG) if data.startswith(_JPEG) else len(data)
    while place + _FRAME_SIZE_ENDS <= len(data) and data[place] == _MARKER:
        if data[place + 1] in _FRAMES:
            return int.from_bytes(data[place + 7 : place + 9], "big"), int.from_bytes(
                data[place + 5 : place + 7], "big"
            )
        place += 2 + int.from_bytes(data[place + 2 : place + 4], "big")
    return None
