"""What goes out and what comes back. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.webhooks.errors import UnsafeHeaders

DEFAULT_TIMEOUT = 10.0
DEFAULT_MAX_ANSWER = 1_000_000
METHODS = frozenset(("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"))
# These belong to the connection, and the sender sets them: another value here could make two
# requests of one, or talk to another site on the same machine.
OWN_HEADERS = frozenset({
    "accept-encoding", "connection", "content-length", "expect", "host", "keep-alive", "te", "trailer",
    "transfer-encoding", "upgrade",
})  # fmt: skip
MAX_HEADER = 8_000

_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]{1,200}")
_CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f\ud800-\udfff]")
_CHARSET = re.compile(r""";\s*charset\s*=\s*["']?([^\s"';]+)""", re.IGNORECASE)
# Python calls these text encodings, but no page is written in them.
_NOT_OF_THE_WEB = frozenset(("idna", "punycode", "raw_unicode_escape", "undefined", "unicode_escape", "utf_7"))


@dataclass(frozen=True, slots=True, kw_only=True)
class OutgoingRequest:
    """One request to a URL that a user gave.

    `timeout` is in seconds, for everything together: name, connection, redirects, answer.
    `max_answer_bytes` counts the body unpacked. `follow_redirects` is how many are followed; with 0
    an answer that redirects is an answer like any other.
    """

    url: str = field(repr=False)
    method: str = "GET"
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: bytes = field(default=b"", repr=False)
    timeout: float = DEFAULT_TIMEOUT
    max_answer_bytes: int = DEFAULT_MAX_ANSWER
    follow_redirects: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class IncomingAnswer:
    """The answer, whatever its status. `headers` have lower-case names; repeated ones are joined by ", ".

    `content_type` is lower-case and without parameters, "" where there is none. `charset` is the
    declared one, a name that Python decodes; None where it is absent or no encoding for pages.
    `url` is where the answer came from, after redirects.
    """

    status: int
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)
    content_type: str
    charset: str | None
    url: str = field(repr=False)


def check_headers(method: str, headers: Mapping[str, str]) -> None:
    """Raises UnsafeHeaders for a method or a header that can't be sent as it is. Values are not repeated."""
    if method not in METHODS:
        raise UnsafeHeaders(f"The method must be one of {', '.join(sorted(METHODS))}.")
    for name, value in headers.items():
        if _TOKEN.fullmatch(name) is None:
            raise UnsafeHeaders("A header's name must be letters, digits and dashes.")
        if name.lower() in OWN_HEADERS or name.lower().startswith("proxy-"):
            raise UnsafeHeaders(f"The header {name} can't be set.")
        if _CONTROL.search(value) or len(value) > MAX_HEADER:
            raise UnsafeHeaders(f"The header {name} must be one line of at most {MAX_HEADER:,} characters.")


def content_type(header: str) -> str:
    """The media type in a Content-Type header, lower-case and without parameters."""
    return header.partition(";")[0].strip().lower()


def charset(header: str) -> str | None:
    """The charset in a Content-Type header where Python can decode it and pages are written in it."""
    found = _CHARSET.search(header)
    if found is None:
        return None
    name = found[1].lower()
    try:
        # An empty text would be decoded by any name, known or not.
        b" ".decode(name, "replace")
    except (LookupError, ValueError):
        return None
    return None if name.replace("-", "_") in _NOT_OF_THE_WEB else name
