"""Reading the fields of an untrusted JSON object: a field of another type counts as missing."""

from __future__ import annotations

from typing import Any

from bot.line.events.values import storable


class Fields:
    """One object of an event. A JSON value that is no object reads as an empty one."""

    __slots__ = ("_fields",)

    def __init__(self, value: Any) -> None:
        self._fields: dict[str, Any] = value if isinstance(value, dict) else {}

    def text(self, name: str) -> str | None:
        value = self._fields.get(name)
        return storable(value) if isinstance(value, str) else None

    def whole(self, name: str) -> int | None:
        value = self._fields.get(name)
        return value if isinstance(value, int) and not isinstance(value, bool) else None

    def number(self, name: str) -> float | None:
        value = self._fields.get(name)
        return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None

    def flag(self, name: str) -> bool:
        return self._fields.get(name) is True

    def inner(self, name: str) -> Fields:
        return Fields(self._fields.get(name))

    def list_of(self, name: str) -> list[Fields]:
        """The objects of a list; what is no object in it is left out."""
        return [Fields(item) for item in self._list(name) if isinstance(item, dict)]

    def texts(self, name: str) -> tuple[str, ...]:
        return tuple(storable(item) for item in self._list(name) if isinstance(item, str))

    def pairs(self) -> tuple[tuple[str, str], ...]:
        """The fields that hold text, as pairs of name and value."""
        return tuple(
            (storable(name), storable(value)) for name, value in self._fields.items() if isinstance(value, str)
        )

    def _list(self, name: str) -> list[Any]:
        value = self._fields.get(name)
        return value if isinstance(value, list) else []
