"""What is wrong with a request body, in LINE's words and shape.

LINE answers 400 with `{"message", "details": [{"message", "property"}]}`. Findings about fields use a
path such as `messages[0].text`; findings inside a Flex container use one such as `/body/contents/0`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from bot.line.simulator.model import JsonObject
from bot.line.simulator.rules.counting import graphemes, utf16_units

Count = Callable[[str], int]


@dataclass(slots=True)
class Findings:
    """Collects findings while a body is read."""

    details: list[JsonObject] = field(default_factory=list)

    def add(self, path: str, message: str) -> None:
        self.details.append({"message": message, "property": path})

    def text(
        self,
        owner: JsonObject,
        name: str,
        *,
        path: str,
        limit: int,
        count: Count = utf16_units,
        required: bool = True,
    ) -> str | None:
        """Check that `owner[name]` is a text of 1 to `limit`; answers it if it is one."""
        value = owner.get(name)
        where = f"{path}.{name}" if path else name
        if value is None and not required:
            return None
        if value is None or value == "":
            self.add(where, "May not be empty")
            return None
        if not isinstance(value, str):
            self.add(where, "Must be a string")
            return None
        if count(value) > limit:
            self.add(where, f"Length must be between 1 and {limit}")
        return value

    def label(self, owner: JsonObject, name: str, *, path: str, limit: int, required: bool = True) -> None:
        """The same, counted as a reader counts."""
        self.text(owner, name, path=path, limit=limit, count=graphemes, required=required)

    def url(self, owner: JsonObject, name: str, *, path: str, required: bool = True) -> None:
        """Check for an HTTPS URL of at most 2,000 characters."""
        value = self.text(owner, name, path=path, limit=2000, required=required)
        if value is not None and not value.startswith("https://"):
            self.add(f"{path}.{name}", "Must be a valid HTTPS URL")

    def choice(self, owner: JsonObject, name: str, *, path: str, allowed: tuple[str, ...]) -> str | None:
        """Check that `owner[name]` is one of `allowed`; answers it if it is."""
        value = owner.get(name)
        if isinstance(value, str) and value in allowed:
            return value
        self.add(f"{path}.{name}", f"Must be one of the following values: [{', '.join(allowed)}]")
        return None

    def items(self, owner: JsonObject, name: str, *, path: str, least: int, most: int) -> list[JsonObject]:
        """The objects in the list `owner[name]`, checking how many there are."""
        value = owner.get(name)
        where = f"{path}.{name}" if path else name
        if value is None:
            self.add(where, "May not be empty")
            return []
        if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
            self.add(where, "Must be a list of objects")
            return []
        if not least <= len(value) <= most:
            self.add(where, f"Size must be between {least} and {most}")
        return value
