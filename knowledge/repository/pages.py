"""Which part of a list is read."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Page:
    limit: int = 50
    offset: int = 0
