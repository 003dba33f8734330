"""What holds a DOCX or XLSX: a zip whose size and XML are looked at before anything is believed."""

from __future__ import annotations

import io
import zipfile
import zlib

from knowledge.importing.errors import ImportRefused, Refusal
from knowledge.importing.rows import Source

_MAX_PARTS = 10_000
_ENCRYPTED = 0x1
# Office files hold no document type: whatever declares one is after the parser's entities.
_DECLARATIONS = tuple(
    word.encode(encoding) for word in ("<!DOCTYPE", "<!ENTITY") for encoding in ("utf-8", "utf-16-le")
)
# ISO 29500 "strict" names its parts by other addresses than everybody's "transitional".
_STRICT = (
    (b"http://purl.oclc.org/ooxml/officeDocument/relationships", b"http://schemas.openxmlformats.org/officeDocument/2006/relationships"),
    (b"http://purl.oclc.org/ooxml/wordprocessingml/main", b"http://schemas.openxmlformats.org/wordprocessingml/2006/main"),
    (b"http://purl.oclc.org/ooxml/spreadsheetml/main", b"http://schemas.openxmlformats.org/spreadsheetml/2006/main"),
    (b"http://purl.oclc.org/ooxml/drawingml/", b"http://schemas.openxmlformats.org/drawingml/2006/"),
)  # fmt: skip


def names_in(data: bytes) -> frozenset[str]:
    """The names of a zip's parts; none where it is damaged."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return frozenset(archive.namelist())
    except (zipfile.BadZipFile, ValueError, OSError):
        return frozenset()


def checked(source: Source) -> io.BytesIO:
    """The zip of `source`, safe to be unpacked, in the dialect that the parsers know.

    Raises ImportRefused: `malformed`, `encrypted` or `unpacks_too_large`.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(source.data)) as archive:
            parts = archive.infolist()
            if len(parts) > _MAX_PARTS or sum(part.file_size for part in parts) > source.limits.unpacked:
                raise ImportRefused(Refusal.UNPACKS_TOO_LARGE)
            if any(part.flag_bits & _ENCRYPTED for part in parts):
                raise ImportRefused(Refusal.ENCRYPTED)
            strict = [_is_strict(archive, part) for part in parts]
            return _transitional(archive) if any(strict) else io.BytesIO(source.data)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError, ValueError):
        raise ImportRefused(Refusal.MALFORMED) from None


def _is_xml(part: zipfile.ZipInfo) -> bool:
    return part.filename.endswith((".xml", ".rels", ".vml"))


def _is_strict(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> bool:
    """Whether an XML part is in the strict dialect. Raises ImportRefused where it declares entities."""
    if not _is_xml(part):
        return False
    text = archive.read(part)
    if any(word in text for word in _DECLARATIONS):
        raise ImportRefused(Refusal.MALFORMED)
    return b"http://purl.oclc.org/ooxml/" in text


def _transitional(archive: zipfile.ZipFile) -> io.BytesIO:
    rewritten = io.BytesIO()
    with zipfile.ZipFile(rewritten, "w", zipfile.ZIP_STORED) as target:
        for part in archive.infolist():
            text = archive.read(part)
            if _is_xml(part):
                for strict, usual in _STRICT:
                    text = text.replace(strict, usual)
            target.writestr(part.filename, text)
    rewritten.seek(0)
    return rewritten
