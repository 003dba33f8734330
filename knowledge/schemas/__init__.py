"""The wire of the chat engine's APIs: pydantic for what comes in, msgspec for what goes out.

Fields of a request that the documents don't name are ignored. Texts lose the white space around them.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import CoreSchema, core_schema

# Marks that turn the direction of text around, so that what is shown isn't what is stored.
_DIRECTION = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


class RequestModel(BaseModel):
    """A request's body. Types are taken as they are sent: neither `1` nor `"true"` is a boolean."""

    model_config = ConfigDict(strict=True, str_strip_whitespace=True)


@dataclass(frozen=True, slots=True, eq=False)
class Checked:
    """A check of a value that was read, and what the JSON Schema says of it. `check` raises ValueError."""

    check: Callable[[Any], Any]
    told: Mapping[str, Any]

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_after_validator_function(self.check, handler(source))

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return {**handler(schema), **self.told}


@dataclass(frozen=True, slots=True, eq=False)
class NullIs:
    """Reads an explicit null as the default."""

    default: object

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        default = self.default
        return core_schema.no_info_before_validator_function(
            lambda value: default if value is None else value, handler(source)
        )

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return {"anyOf": [handler(schema), {"type": "null"}]}


def without_defaults(schema: dict[str, Any]) -> None:
    """Take the defaults out of the JSON Schema of a change: what isn't given stays, and isn't set to a default."""
    for told in schema.get("properties", {}).values():
        told.pop("default", None)


# The configuration of models whose fields are changed where they are given.
CHANGE = ConfigDict(json_schema_extra=without_defaults)


def one_line(value: str) -> str:
    """`value` itself. Raises ValueError for what no single line of plain text holds."""
    if any(_is_control(character) or character in _DIRECTION for character in value):
        raise ValueError("must not hold control or text-direction characters")
    return value


def many_lines(value: str) -> str:
    """`value` itself. Raises ValueError for control characters other than line ends and tabs."""
    if any(_is_control(character) and character not in "\n\r\t" for character in value):
        raise ValueError("must not hold control characters")
    return value


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


def _is_control(character: str) -> bool:
    return unicodedata.category(character) in ("Cc", "Cs", "Zl", "Zp")
