"""Why the text in an image can't be read."""

from __future__ import annotations

from enum import StrEnum

from bot.errors import UnprocessableRequest
from bot.texts import Language, say


class ImageRefusal(StrEnum):
    EMPTY = "empty"
    TOO_LARGE = "too_large"
    TOO_MANY_PIXELS = "too_many_pixels"
    UNKNOWN_FORMAT = "unknown_format"
    HEIC = "heic"
    UNREADABLE = "unreadable"
    TOO_SLOW = "too_slow"


class ImageRefused(UnprocessableRequest):
    """An image that isn't read. One class for all causes, since the reading process names them on a wire.

    `code` is `image_` and the refusal; `text_key` and `values` give the text for a person in any
    language (`say(error.text_key, language, **error.values)`).
    """

    def __init__(self, refusal: ImageRefusal, **values: str | int) -> None:
        self.refusal = refusal
        self.values = values
        self.code = f"image_{refusal}"
        self.text_key = f"media.image_{refusal}"
        super().__init__(say(self.text_key, Language.EN, **values))
        if refusal is ImageRefusal.TOO_LARGE:
            self.status = 413
