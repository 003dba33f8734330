"""Data inside a prompt: fenced and escaped, so that no text in it can end the fence and pose as instructions."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

_FENCE = re.compile(r"<data>\n(.*)\n</data>", re.DOTALL)


def fenced(data: Mapping[str, Any]) -> str:
    """`data` as one line of JSON between `<data>` and `</data>`; angle brackets within it are escaped."""
    line = json.dumps(data, ensure_ascii=False).replace("<", "\\u003c").replace(">", "\\u003e")
    return f"<data>\n{line}\n</data>"


def unfenced(text: str) -> dict[str, Any] | None:
    """The data of the first fence in `text`; None where there is none."""
    found = _FENCE.search(text)
    data = json.loads(found[1]) if found else None
    return data if isinstance(data, dict) else None
