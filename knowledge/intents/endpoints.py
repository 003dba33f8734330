"""How a vendor's own system is asked for an intent: the stored declaration, read. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from math import isnan
from typing import Any

from bot.texts import words_of
from knowledge.entries import CALLING, IntentCard
from knowledge.intents.patterns import UnsafePattern, check_pattern

METHODS = ("GET", "POST")
DEFAULT_SECONDS = 5.0
MIN_SECONDS, MAX_SECONDS = 1.0, 10.0
MAX_CALLED = 60


@dataclass(frozen=True, slots=True)
class Wanted:
    """A value that is collected from the customer. `pattern` matches a whole value."""

    name: str
    description: str = ""
    required: bool = True
    pattern: str | None = None

    @property
    def called(self) -> str:
        """What customers are asked for: the description's first line as a part of a sentence, else the name."""
        line = next(iter(self.description.strip().splitlines()), "")[:MAX_CALLED]
        return _courtesies().sub("", line.strip()).rstrip("。．.：:，,！!？? ") or self.name


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where the system is asked, with what, and for how long. `answer` is a text with `{{field}}` of what it says."""

    url: str = field(repr=False)
    method: str = "POST"
    parameters: tuple[Wanted, ...] = ()
    timeout_seconds: float = DEFAULT_SECONDS
    answer: str | None = None


@cache
def _courtesies() -> re.Pattern[str]:
    """What a description may begin with that the question for the value says itself."""
    said = sorted(words_of("system.heard_before_what"), key=len, reverse=True)
    return re.compile(rf"^(?:{'|'.join(map(re.escape, said))})+", re.IGNORECASE)


def endpoint_of(card: IntentCard) -> Endpoint | None:
    """The intent's endpoint; None where it has none, may have none, or its declaration can't be used.

    What is missing has its default and what is too much is left out, since declarations outlive the checks
    that they went through when they were written. A required parameter that can't be read makes the whole
    unusable: the system would be asked something else than was meant.
    """
    stored = card.endpoint
    if card.type not in CALLING or not isinstance(stored, Mapping):
        return None
    url, method = stored.get("url"), str(stored.get("method") or "POST").upper()
    parameters = _parameters(stored.get("parameters"))
    if not isinstance(url, str) or not url or method not in METHODS or parameters is None:
        return None
    answer = stored.get("answer")
    return Endpoint(
        url=url,
        method=method,
        parameters=parameters,
        timeout_seconds=_seconds(stored.get("timeout_seconds")),
        answer=answer if isinstance(answer, str) and answer.strip() else None,
    )


def _parameters(stored: Any) -> tuple[Wanted, ...] | None:
    if stored is None:
        return ()
    if not isinstance(stored, list):
        return None
    read: dict[str, Wanted] = {}
    for item in stored:
        wanted = _wanted(item) if isinstance(item, Mapping) else None
        if wanted is not None:
            read.setdefault(wanted.name, wanted)
        elif not isinstance(item, Mapping) or item.get("required") is not False:
            return None
    return tuple(read.values())


def _wanted(stored: Mapping[str, Any]) -> Wanted | None:
    name, description, pattern = stored.get("name"), stored.get("description"), stored.get("pattern")
    if not isinstance(name, str) or not name.strip():
        return None
    if pattern is not None:
        try:
            check_pattern(pattern if isinstance(pattern, str) else "(")
        except UnsafePattern:
            return None
    said = description if isinstance(description, str) else ""
    return Wanted(name, said, required=stored.get("required") is not False, pattern=pattern or None)


def _seconds(stored: Any) -> float:
    if isinstance(stored, bool) or not isinstance(stored, int | float) or isnan(stored):
        return DEFAULT_SECONDS
    return float(min(max(stored, MIN_SECONDS), MAX_SECONDS))
