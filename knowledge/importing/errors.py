"""Why a file as a whole can't be imported."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from bot.errors import UnprocessableRequest
from bot.texts import Language, say


class Refusal(StrEnum):
    EMPTY = "empty"
    TOO_LARGE = "too_large"
    TOO_MANY_ROWS = "too_many_rows"
    UNKNOWN_FORMAT = "unknown_format"
    MISMATCHED = "mismatched"
    OLD_OFFICE = "old_office"
    IMAGE = "image"
    ENCODING = "encoding"
    ENCRYPTED = "encrypted"
    MALFORMED = "malformed"
    SCANNED = "scanned"
    PICTURE_WITHOUT_TEXT = "picture_without_text"
    TOO_MANY_PIXELS = "too_many_pixels"
    NOTHING_FOUND = "nothing_found"
    UNPACKS_TOO_LARGE = "unpacks_too_large"
    TOO_COMPLEX = "too_complex"
    TOO_SLOW = "too_slow"
    UNREADABLE = "unreadable"
    UNSAFE_URL = "unsafe_url"
    FETCH_FAILED = "fetch_failed"
    FETCH_TIMEOUT = "fetch_timeout"
    PAGE_TOO_LARGE = "page_too_large"
    PAGE_STATUS = "page_status"
    INTERRUPTED = "interrupted"


class ImportRefused(UnprocessableRequest):
    """A file that isn't imported. One class for all causes, since the reading process names them on a wire.

    `code` is `import_` and the refusal; `text_key` and `values` give the text for a person in any
    language (`say(error.text_key, language, **error.values)`).
    """

    def __init__(self, refusal: Refusal, **values: str | int) -> None:
        self.refusal = refusal
        self.values = values
        self.code = f"import_{refusal}"
        self.text_key = f"import.{refusal}"
        super().__init__(say(self.text_key, Language.EN, **values))
        if refusal is Refusal.TOO_LARGE:
            self.status = 413


def told(code: str, language: Language, values: Mapping[str, str | int]) -> str:
    """The text of a kept error's code, with the values that it was kept with."""
    return say(f"import.{code.removeprefix('import_')}", language, **values)
