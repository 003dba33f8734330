"""What the fields of requests have in common on every surface: checks, and what the JSON Schema says of them."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import ConfigDict, GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import CoreSchema, core_schema

# Marks that turn the direction of text around, so that what is shown isn't what is stored.
_DIRECTION = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_WHITESPACE = "\n\r\t"


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
    """`value` without the white space around it. Raises ValueError for what no single line of plain text holds."""
    if any(_is_control(character) or character in _DIRECTION for character in value):
        raise ValueError("must not hold control or text-direction characters")
    return value.strip()


def many_lines(value: str) -> str:
    """`value` itself. Raises ValueError for control characters other than line ends and tabs."""
    if any(_is_control(character) and character not in _WHITESPACE for character in value):
        raise ValueError("must not hold control characters")
    return value


def _is_control(character: str) -> bool:
    return unicodedata.category(character) in ("Cc", "Cs", "Zl", "Zp")
