"""What the documentation says of the chat engine's routes: one module for each of theirs, and `examples.json`."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import Any

_EXAMPLES: dict[str, dict[str, Any]] = json.loads(files(__name__).joinpath("examples.json").read_text(encoding="utf-8"))
ACCEPT_LANGUAGE: dict[str, Any] = {
    "name": "Accept-Language",
    "in": "header",
    "description": "The language of texts for people: `zh` unless it prefers `en`.",
    "schema": {"type": "string", "examples": ["en"]},
}


def examples(operation: str) -> dict[str, Any]:
    """Of an operation by its name, such as `chat.message`: the `example` of its body and the `answer_example`."""
    return _EXAMPLES[operation]
