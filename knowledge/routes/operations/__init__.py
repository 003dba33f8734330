"""What the documentation says of the chat engine's routes: one module for each of theirs."""

from __future__ import annotations

from typing import Any

ACCEPT_LANGUAGE: dict[str, Any] = {
    "name": "Accept-Language",
    "in": "header",
    "description": "The language of texts for people: `zh` unless it prefers `en`.",
    "schema": {"type": "string", "examples": ["en"]},
}
