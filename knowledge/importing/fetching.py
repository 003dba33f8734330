"""The bytes of an import: those that were sent, or those of the page that it names."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePosixPath
from urllib.parse import unquote, urlsplit

from bot.webhooks.errors import AnswerTooLarge, FetchFailed, FetchTimeout, UnsafeAddress
from bot.webhooks.messages import OutgoingRequest
from bot.webhooks.sender import SafeSender
from knowledge.importing.errors import ImportRefused, Refusal
from knowledge.importing.rows import MEGABYTE

MOST_BYTES = 5 * MEGABYTE
REDIRECTS = 3
SECONDS = 30.0
OK = 200
LONGEST_NAME = 300
_TYPES = (
    "text/html,application/xhtml+xml,text/csv,text/markdown,text/plain,application/json,application/x-ndjson,"
    "application/pdf,application/vnd.openxmlformats-officedocument.spreadsheetml.sheet,"
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document;q=0.9"
)


@dataclass(frozen=True, slots=True)
class Fetched:
    """A page's bytes, and what its address and its server say that they are."""

    data: bytes
    file_name: str
    content_type: str


async def fetch(sender: SafeSender, url: str) -> Fetched:
    """What is at `url`. Raises ImportRefused with a code that tells why it can't be had."""
    request = OutgoingRequest(
        url=url, headers={"Accept": _TYPES}, timeout=SECONDS, max_answer_bytes=MOST_BYTES, follow_redirects=REDIRECTS
    )
    try:
        answer = await sender.send(request)
    except UnsafeAddress:
        raise ImportRefused(Refusal.UNSAFE_URL) from None
    except AnswerTooLarge:
        raise ImportRefused(Refusal.PAGE_TOO_LARGE, limit=MOST_BYTES // MEGABYTE) from None
    except FetchTimeout:
        raise ImportRefused(Refusal.FETCH_TIMEOUT) from None
    except FetchFailed:
        raise ImportRefused(Refusal.FETCH_FAILED) from None
    if answer.status != OK:
        raise ImportRefused(Refusal.PAGE_STATUS, status=answer.status)
    return Fetched(answer.body, name_in(answer.url), answer.headers.get("content-type", ""))


def name_in(url: str) -> str:
    """The file name at the end of a URL's path; its host where there is none."""
    try:
        parts = urlsplit(url)
        name = PurePosixPath(unquote(parts.path)).name or parts.hostname or ""
    except ValueError:
        name = ""
    return name[:LONGEST_NAME] or "page"
