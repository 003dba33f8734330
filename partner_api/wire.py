"""How values are written on the wire, and what requests of several folders have in common."""

from __future__ import annotations

import contextlib
import unicodedata
import uuid
from datetime import UTC, datetime
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from bot.errors import NotFound
from bot.web.fields import one_line

MAX_LIMIT = 200
MAX_OFFSET = 1_000_000_000
EXAMPLE_ID = "550e8400-e29b-41d4-a716-446655440000"
# Letters that show nothing: a name of these alone looks empty.
_FILLERS = frozenset("\u115f\u1160\u2800\u3164\uffa0")


class RequestBody(BaseModel):
    """A request's body. Types are taken as they are sent: `1` is no text, and `"true"` no boolean."""

    model_config = ConfigDict(strict=True)


class PageQuery(BaseModel):
    """Which part of a list. Numbers arrive as text here, so that types are read and not taken as sent."""

    model_config = ConfigDict(str_strip_whitespace=True)

    limit: Annotated[int, Field(ge=1, le=MAX_LIMIT)] = 50
    offset: Annotated[int, Field(ge=0, le=MAX_OFFSET)] = 0


def shown_line(value: str) -> str:
    """Like `one_line`, for what must show something. Raises ValueError for what looks empty."""
    line = one_line(value)
    if not any(_is_visible(character) for character in line):
        raise ValueError("must not be blank")
    return line


def _is_visible(character: str) -> bool:
    return character not in _FILLERS and unicodedata.category(character)[0] not in "ZC"


# Put behind the length: `Annotated[str, Field(max_length=200), SHOWN_LINE]`.
SHOWN_LINE = AfterValidator(shown_line)


def timestamp(moment: datetime) -> str:
    """ISO 8601 in UTC to the second: `2026-11-22T03:00:00Z`."""
    return f"{moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec='seconds')}Z"


def uuid_of(text: str, missing: type[NotFound]) -> uuid.UUID:
    """The id in a path or body. Raises `missing` for what is none, as for an id that nobody has."""
    with contextlib.suppress(ValueError):
        found = uuid.UUID(text)
        # Other spellings of an id, such as one in braces, are no id of ours.
        if str(found) == text.lower():
            return found
    raise missing
