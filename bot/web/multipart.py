"""`multipart/form-data` (RFC 7578) out of a body that is in memory already. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from urllib.parse import unquote

from bot.errors import BadRequest

MOST_PARTS = 100
LONGEST_HEAD = 8_000
_BOUNDARY = re.compile(r""";\s*boundary=(?:"([^"]{1,70})"|([^\s;"]{1,70}))""", re.IGNORECASE)
_PARAMETER = re.compile(r';\s*(name|filename|filename\*)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^;"]*))', re.IGNORECASE)
_ESCAPED = re.compile(r'\\(["\\])')
_UTF_8 = "utf-8''"


@dataclass(frozen=True, slots=True)
class Part:
    """One field of a form. `file_name` is None where it is no file; `content_type` as it was sent, or empty."""

    name: str
    data: bytes = field(repr=False)
    file_name: str | None = None
    content_type: str = ""

    @property
    def text(self) -> str:
        """The value of a plain field. Raises BadRequest where it isn't UTF-8."""
        try:
            return self.data.decode("utf-8")
        except UnicodeDecodeError:
            raise BadRequest(f"{self.name}: the form field is not valid UTF-8.") from None


def parse_multipart(body: bytes, content_type: str) -> list[Part]:
    """The parts of `body`, in their order. Raises BadRequest for whatever isn't a whole form."""
    boundary = _BOUNDARY.search(content_type)
    if boundary is None:
        raise BadRequest("The Content-Type multipart/form-data needs a boundary.")
    delimiter = b"\r\n--" + (boundary[1] or boundary[2]).encode()
    pieces = (b"\r\n" + body).split(delimiter, MOST_PARTS + 2)
    parts: list[Part] = []
    for piece in pieces[1:]:
        if piece.startswith(b"--"):
            return parts
        parts.append(_part(piece))
        if len(parts) > MOST_PARTS:
            raise BadRequest(f"The form has more than {MOST_PARTS} fields.")
    raise BadRequest("The form is cut off: its last boundary is missing.")


def _part(piece: bytes) -> Part:
    head, blank, data = piece.partition(b"\r\n\r\n")
    padding, line_end, head = head.partition(b"\r\n")
    if not blank or not line_end or padding.strip() or len(head) > LONGEST_HEAD:
        raise BadRequest("A field of the form has no proper head.")
    headers = dict(_header(line) for line in head.decode("utf-8", "replace").split("\r\n"))
    named = _parameters(headers.get("content-disposition", ""))
    if not named.get("name"):
        raise BadRequest("A field of the form has no name.")
    file_name = named.get("filename*", named.get("filename"))
    plain = base_name(file_name) if file_name is not None else None
    return Part(named["name"], data, plain, headers.get("content-type", ""))


def _header(line: str) -> tuple[str, str]:
    name, _, value = line.partition(":")
    return name.strip().lower(), value.strip()


def _parameters(disposition: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, quoted, bare in _PARAMETER.findall(disposition):
        value = _ESCAPED.sub(r"\1", quoted) or bare.strip()
        if name.endswith("*"):
            value = unquote(value[len(_UTF_8) :]) if value.lower().startswith(_UTF_8) else value
        # Browsers write what would end the quotes or the line like this (RFC 7578, section 2; WHATWG).
        found.setdefault(name.lower(), value.replace("%22", '"').replace("%0D", "").replace("%0A", " "))
    return found


def base_name(file_name: str) -> str:
    """The name alone, in what can be seen of it: some clients send the path on the sender's machine."""
    plain = "".join(character for character in file_name if character.isprintable())
    return plain.replace("\\", "/").rpartition("/")[2].strip()
