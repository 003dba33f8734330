"""What kind of image some bytes are, by how they begin. Pure."""

from __future__ import annotations

_SIGNATURES = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF8")
_TIFF = (b"II*\0", b"MM\0*")
_PHONES = (b"heic", b"heix", b"hevc", b"hevx", b"heim", b"heis", b"mif1", b"msf1", b"avif", b"avis")


def is_readable(data: bytes) -> bool:
    """Whether `data` begins like an image that is read here: JPEG, PNG, GIF, WebP or BMP."""
    is_webp = data[:4] == b"RIFF" and data[8:12] == b"WEBP"
    is_bmp = data[:2] == b"BM" and data[6:10] == b"\0\0\0\0"
    return is_webp or is_bmp or data.startswith(_SIGNATURES)


def is_phones(data: bytes) -> bool:
    """Whether `data` is a photo in a format of phones that isn't read here: HEIC or AVIF."""
    return data[4:8] == b"ftyp" and data[8:12] in _PHONES


def is_other(data: bytes) -> bool:
    """Whether `data` is an image that isn't read here."""
    return is_phones(data) or data.startswith(_TIFF)
