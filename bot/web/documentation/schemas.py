"""JSON Schemas of pydantic models, msgspec Structs and rendered errors, under `#/components/schemas`."""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Mapping
from typing import Any

import msgspec
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from bot.web.documentation.guide import JsonObject

REFERENCE = "#/components/schemas/{name}"
_PYDANTIC_REFERENCE = "#/components/schemas/{model}"


class AmbiguousName(Exception):
    """Two types of one name would be one schema in the document."""


class Schemas:
    """The schemas of every type that the operations name. Raises AmbiguousName."""

    def __init__(self, *, models: Iterable[type[BaseModel]], answers: Iterable[Any]) -> None:
        self._models = tuple(dict.fromkeys(models))
        self._answers = list({repr(answer): answer for answer in answers}.values())
        _, definitions = models_json_schema(
            [(model, "validation") for model in self._models], ref_template=_PYDANTIC_REFERENCE
        )
        shown, structs = msgspec.json.schema_components(self._answers, ref_template=REFERENCE)
        self._shown = dict(zip(map(repr, self._answers), shown, strict=True))
        requests = definitions.get("$defs", {})
        if both := sorted(requests.keys() & structs.keys() | {name for name in structs if "." in name}):
            raise AmbiguousName(", ".join(both))
        self.components: dict[str, JsonObject] = {
            name: _plain(schema) for name, schema in sorted({**requests, **structs}.items())
        }

    def of_model(self, model: type[BaseModel]) -> JsonObject:
        """A reference to a model's schema."""
        return {"$ref": REFERENCE.format(name=model.__name__)}

    def of_answer(self, answer: Any) -> JsonObject:
        """The schema of an answer's type, mostly a reference."""
        return self._shown[repr(answer)]

    def add(self, name: str, schema: JsonObject) -> JsonObject:
        """Put a schema in under a name; returns the reference to it. Raises AmbiguousName for another one."""
        if self.components.setdefault(name, schema) != schema:
            raise AmbiguousName(name)
        return {"$ref": REFERENCE.format(name=name)}

    def properties(self, model: type[BaseModel]) -> Iterable[tuple[str, JsonObject, bool]]:
        """Name, schema and whether it is required, of each field of a model."""
        schema = self.components[model.__name__]
        for name, shape in schema.get("properties", {}).items():
            yield name, shape, name in schema.get("required", ())


def shape_of(example: object) -> JsonObject:
    """The schema of a rendered error: objects with just these members, flags that are constant, texts."""
    if isinstance(example, Mapping):
        members = {name: shape_of(value) for name, value in example.items()}
        return {"type": "object", "properties": members, "required": list(members)}
    if isinstance(example, bool):
        return {"type": "boolean", "const": example}
    return {"type": "string"}


def _plain(schema: Any) -> Any:
    """Without the titles that repeat the fields' names, and with descriptions that aren't indented as in code."""
    if isinstance(schema, list):
        return [_plain(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    plain = {name: _plain(value) for name, value in schema.items() if not _is_title(name, value)}
    if isinstance(text := plain.get("description"), str):
        plain["description"] = inspect.cleandoc(text)
    return plain


def _is_title(name: str, value: object) -> bool:
    """A keyword, not a property that happens to be called `title`: those have schemas."""
    return name == "title" and isinstance(value, str)
