"""What a file is, by its content first and by its name second. Pure."""

from __future__ import annotations

import json
import re

from knowledge.importing.errors import ImportRefused, Refusal
from knowledge.importing.readers import archive
from knowledge.importing.rows import Format, Source
from knowledge.media.kinds import is_other, is_readable

_PDF_WITHIN = 1024
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED_PACKAGE = "EncryptedPackage".encode("utf-16-le")
_OTHER_BINARY = (b"{\\rtf", b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b", b"\x7fELF", b"MZ", b"ID3", b"OggS", b"\x1aE\xdf\xa3")
_HTML = re.compile(
    r"\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body)\b", re.IGNORECASE | re.DOTALL
)
_TAGS = re.compile(r"<(?:p|div|h[1-6]|table|ul|ol|dl|details|section|article|br)\b[^>]*>", re.IGNORECASE)
_MARKDOWN = re.compile(r"^(?:#{1,6} \S|```|\|.+\|\s*$|\*\*.+\*\*\s*$)", re.MULTILINE)
_BY_SUFFIX = {
    ".csv": Format.CSV, ".tsv": Format.CSV, ".md": Format.MARKDOWN, ".markdown": Format.MARKDOWN, ".txt": Format.TEXT,
    ".text": Format.TEXT, ".html": Format.HTML, ".htm": Format.HTML, ".xhtml": Format.HTML,
    ".jsonl": Format.JSONL, ".ndjson": Format.JSONL, ".json": Format.JSON,
}  # fmt: skip
_BY_TYPE = {
    "text/csv": Format.CSV, "text/tab-separated-values": Format.CSV, "text/markdown": Format.MARKDOWN,
    "text/html": Format.HTML, "application/xhtml+xml": Format.HTML, "application/json": Format.JSON,
    "application/x-ndjson": Format.JSONL, "application/jsonl": Format.JSONL,
}  # fmt: skip
_BINARY_SUFFIXES = frozenset({".pdf", ".docx", ".xlsx", ".doc", ".xls", ".xlsm", ".docm"})
_SHEETS = frozenset({".xls", ".xlsx", ".xlsm"})


def binary_format(source: Source) -> Format | None:
    """PDF, DOCX, XLSX or an image where the bytes are one; None where they may be text.

    Raises ImportRefused: `empty`, `unknown_format`, `old_office`, `encrypted` or `image`.
    """
    data = source.data
    if not data.strip(b"\0 \t\r\n\xef\xbb\xbf\xff\xfe"):
        raise ImportRefused(Refusal.EMPTY)
    if b"%PDF-" in data[:_PDF_WITHIN]:
        return Format.PDF
    if data.startswith(b"PK\x03\x04"):
        return _zipped(data)
    if data.startswith(_OLE):
        raise ImportRefused(Refusal.ENCRYPTED if _ENCRYPTED_PACKAGE in data else Refusal.OLD_OFFICE)
    if is_readable(data):
        return Format.IMAGE
    if is_other(data):
        raise ImportRefused(Refusal.IMAGE)
    if data.startswith(_OTHER_BINARY) or data[4:8] == b"ftyp":
        raise ImportRefused(Refusal.UNKNOWN_FORMAT)
    return None


def text_format(text: str, source: Source, *, is_table: bool) -> Format:
    """What a text is. `is_table` tells that it has a header with question and answer columns.

    Raises ImportRefused (`mismatched`) where the name promises a PDF or an Office file.
    """
    named = _BY_SUFFIX.get(source.suffix) or _BY_TYPE.get(source.content_type.partition(";")[0].strip().lower())
    if _HTML.match(text) or (named is Format.HTML and _TAGS.search(text)):
        return Format.HTML
    as_json = _json_format(text)
    if as_json is not None:
        return as_json
    if named is Format.MARKDOWN:
        return named
    if is_table:
        return Format.CSV
    if source.suffix in _BINARY_SUFFIXES:
        if source.suffix in _SHEETS and "\t" in text:
            return Format.CSV
        raise ImportRefused(Refusal.MISMATCHED, suffix=source.suffix)
    if named in (Format.JSON, Format.JSONL):
        raise ImportRefused(Refusal.MALFORMED)
    return named or (Format.MARKDOWN if _MARKDOWN.search(text) else Format.TEXT)


def _zipped(data: bytes) -> Format:
    names = archive.names_in(data)
    if not names:
        raise ImportRefused(Refusal.MALFORMED)
    if "EncryptedPackage" in names:
        raise ImportRefused(Refusal.ENCRYPTED)
    if any(name.startswith("word/") for name in names):
        return Format.DOCX
    if any(name.startswith("xl/") for name in names) and "xl/workbook.bin" not in names:
        return Format.XLSX
    raise ImportRefused(Refusal.UNKNOWN_FORMAT)


def _json_format(text: str) -> Format | None:
    """JSON where the whole is an array or object, JSON lines where the first line is an object."""
    start = text.lstrip()
    if start[:1] not in ("{", "["):
        return None
    first = start.partition("\n")[0]
    if first.startswith("{") and _parses(first):
        return Format.JSONL
    return Format.JSON if _parses(start) else None


def _parses(text: str) -> bool:
    try:
        return isinstance(json.loads(text), dict | list)
    except ValueError:
        return False
    except RecursionError:
        raise ImportRefused(Refusal.TOO_COMPLEX) from None
