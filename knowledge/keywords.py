"""An entry's keywords: one text in the store, as files and forms bring it, and a list on the wire. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable

_MARKS = re.compile(r"[\n,，、;；]")


def split(text: str) -> list[str]:
    """The keywords in a text: what its commas or lines separate, or its spaces where it has neither."""
    parts = _MARKS.split(text) if _MARKS.search(text) else text.split()
    return list(dict.fromkeys(part.strip() for part in parts if part.strip()))


def join(keywords: Iterable[str]) -> str:
    """The text that `split` makes the same list of; a keyword with a comma in it becomes two."""
    whole = split("\n".join([*keywords, ""]))
    # One keyword of several words would fall apart without a mark.
    return ", ".join(whole) + ("," if len(whole) == 1 and len(whole[0].split()) > 1 else "")
