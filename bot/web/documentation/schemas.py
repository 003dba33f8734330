"""JSON Schemas of pydantic models, msgspec Structs and rendered errors, under `#/components/schemas`."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterable, Mapping
from typing import Any

import msgspec
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from bot.web.documentation.guide import JsonObject

REFERENCE = "#/components/schemas/{name}"
# Keywords that tell the form of a text.
_FORMS = {"enum", "const", "format", "pattern"}
_PYDANTIC_REFERENCE = "#/components/schemas/{model}"


class Schemas:
    """The schemas of every type that the operations name.

    Where a request and an answer have a name in common, the request's schema is called `<name>Request`, unless
    both are the same enumeration. `names` are other names for answers' schemas.
    """

    def __init__(
        self,
        *,
        models: Iterable[type[BaseModel]],
        answers: Iterable[Any],
        texts: Mapping[str, JsonObject] | None = None,
        names: Mapping[str, str] | None = None,
    ) -> None:
        known = tuple(dict.fromkeys(models))
        references, definitions = models_json_schema(
            [(model, "validation") for model in known], ref_template=_PYDANTIC_REFERENCE
        )
        told = list({repr(answer): answer for answer in answers}.values())
        shown, structs = msgspec.json.schema_components(told, ref_template=REFERENCE)
        self._shown = dict(zip(map(repr, told), _with_names(list(shown), names or {}), strict=True))
        structs = {(names or {}).get(name, name): _with_names(one, names or {}) for name, one in structs.items()}
        own = _renamed(definitions.get("$defs", {}), structs)
        self._models = {model: own[references[model, "validation"]["$ref"].rpartition("/")[2]] for model in known}
        requests = {own[name]: _with_names(schema, own) for name, schema in definitions.get("$defs", {}).items()}
        self.components: dict[str, JsonObject] = {
            name: _plain(schema) for name, schema in sorted({**requests, **structs}.items())
        }
        for schema in self.components.values():
            _say_more(schema.get("properties", {}), texts or {})

    def of_model(self, model: type[BaseModel]) -> JsonObject:
        """A reference to a model's schema."""
        return {"$ref": REFERENCE.format(name=self._models[model])}

    def of_answer(self, answer: Any) -> JsonObject:
        """The schema of an answer's type, mostly a reference."""
        schema: JsonObject = self._shown[repr(answer)]
        return schema

    def add(self, name: str, schema: JsonObject) -> JsonObject:
        """Put a schema in under a name; returns the reference to it."""
        self.components[name] = schema
        return {"$ref": REFERENCE.format(name=name)}

    def properties(self, model: type[BaseModel]) -> Iterable[tuple[str, JsonObject, bool]]:
        """Name, schema and whether it is required, of each field of a model."""
        schema = self.components[self._models[model]]
        for name, shape in schema.get("properties", {}).items():
            yield name, shape, name in schema.get("required", ())

    def drop(self, models: Iterable[type[BaseModel]]) -> None:
        """Leave out the schemas of models that nothing refers to."""
        for model in models:
            self.components.pop(self._models[model], None)


def _renamed(requests: Mapping[str, Any], answers: Mapping[str, Any]) -> dict[str, str]:
    """The name in the document of each request's schema."""
    return {
        name: f"{name}Request" if name in answers and not _is_same_choice(schema, answers[name]) else name
        for name, schema in requests.items()
    }


def _is_same_choice(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    return "enum" in one and sorted(map(str, one["enum"])) == sorted(map(str, other.get("enum", ())))


def _with_names(schema: Any, names: Mapping[str, str]) -> Any:
    """The same schema, whose references follow `names` where they have another."""
    if isinstance(schema, list):
        return [_with_names(one, names) for one in schema]
    if not isinstance(schema, dict):
        return schema
    return {
        key: _reference(value, names) if key == "$ref" else _with_names(value, names) for key, value in schema.items()
    }


def _reference(reference: str, names: Mapping[str, str]) -> str:
    name = reference.rpartition("/")[2]
    return REFERENCE.format(name=names.get(name, name))


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


def _say_more(properties: Mapping[str, JsonObject], texts: Mapping[str, JsonObject]) -> None:
    """Add to plain texts what their names tell of them; what tells its own form stays."""
    for name, schema in properties.items():
        more = next((one for pattern, one in texts.items() if re.fullmatch(pattern, name)), {})
        for shape in (schema, *schema.get("anyOf", ())):
            if shape.get("type") == "string" and not shape.keys() & _FORMS:
                shape.update(more)


def _is_title(name: str, value: object) -> bool:
    """A keyword, not a property that happens to be called `title`: those have schemas."""
    return name == "title" and isinstance(value, str)
