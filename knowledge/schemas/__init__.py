"""The wire of the chat engine's APIs: pydantic for what comes in, msgspec for what goes out.

Fields of a request that the documents don't name are ignored. Texts lose the white space around them.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict

from bot.web.fields import Checked, one_line


class RequestModel(BaseModel):
    """A request's body. Types are taken as they are sent: neither `1` nor `"true"` is a boolean."""

    model_config = ConfigDict(strict=True, str_strip_whitespace=True)


def not_blank(value: str) -> str:
    if not value:
        raise ValueError("must not be blank")
    return value


def blank_is_none(value: Any) -> Any:
    """None for a text of white space alone, which is how forms send that there is nothing."""
    return None if isinstance(value, str) and not value.strip() else value


def up_to(length: int) -> Checked:
    """The check that a text has at most `length` characters."""

    def check(value: str) -> str:
        if len(value) > length:
            raise ValueError(f"must have at most {length} characters")
        return value

    return Checked(check, {"maxLength": length})


NOT_BLANK = Checked(not_blank, {"minLength": 1})
# A required line of plain text; name its length beside: `Annotated[Line, up_to(200)]`.
Line = Annotated[str, AfterValidator(one_line), NOT_BLANK]
# Put around an optional line: a blank one means that there is none.
BLANK_IS_NONE = BeforeValidator(blank_is_none)


def to_the_second(moment: datetime) -> str:
    """UTC without its offset, as the contract writes times: `2024-01-01T12:00:00`."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S")


def to_the_microsecond(moment: datetime) -> str:
    """UTC without its offset: `2024-01-01T12:00:00.000000`."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")
