"""A body that any receiver takes: results that are too long are cut, and say so. Pure.

Express refuses bodies of more than 100 kB unless it is told otherwise.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.webhooks import javascript

MAX_BODY = 100_000
RESULTS = "results"
# What is worth most to a receiver; of the rest the shortest parts come first.
FIRST = ("overall_score", "scores")


def fitted(payload: Mapping[str, Any], *, results_url: str | None = None, most: int = MAX_BODY) -> bytes:
    """`payload` as JSON of at most `most` bytes.

    If need be its `results` are cut, in their own shape: texts end early (at a line's end where there is one),
    lists lose their last items, and whatever is neither stays. Then `truncated` is true, and `results_url` says
    where all of them are. Raises ValueError for a payload that is too long in anything but its results.
    """
    body = javascript.stringify(payload)
    if len(body) <= most:
        return body
    marks = {"truncated": True} | ({"results_url": results_url} if results_url is not None else {})
    empty = javascript.stringify({**payload, **marks, RESULTS: {}})
    results = payload.get(RESULTS)
    left = most - len(empty) + len("{}")
    if not isinstance(results, Mapping) or left < len("{}"):
        raise ValueError(f"a callback's body is at most {most:,} bytes")
    return javascript.stringify({**payload, **marks, RESULTS: _cut(results, left)})


def _size(value: Any) -> int:
    return len(javascript.stringify([value])) - len("[]")


def _emptied(value: Any) -> Any:
    """The shape of `value` with as little in it as it can have."""
    if isinstance(value, Mapping):
        return {name: _emptied(item) for name, item in value.items()}
    if isinstance(value, str):
        return ""
    return [] if isinstance(value, list | tuple) else value


def _cut(value: Any, most: int) -> Any:
    """As much of `value` as fits into `most` bytes; its emptied shape at least, and of an object {} at least."""
    if isinstance(value, Mapping):
        return _cut_object(value, most)
    if isinstance(value, str):
        return _cut_text(value, most)
    return _cut_list(value, most) if isinstance(value, list | tuple) else value


def _cut_object(value: Mapping[str, Any], most: int) -> Mapping[str, Any]:
    kept = {name: _emptied(item) for name, item in value.items()}
    left = most - _size(kept)
    if left < 0:
        return {}
    sizes = {name: _size(item) for name, item in value.items()}
    for name in sorted(value, key=lambda name: (name not in FIRST, sizes[name])):
        before = _size(kept[name])
        if sizes[name] - before <= left:
            kept[name] = value[name]
        else:
            kept[name] = _cut(value[name], before + left)
        left -= _size(kept[name]) - before
    return kept


def _cut_list(value: list[Any] | tuple[Any, ...], most: int) -> list[Any]:
    """The first items, each of them whole: half of one would be taken for all of it."""
    left, kept = most - len("[]"), []
    for item in value:
        left -= _size(item) + len(",")
        if left + len(",") < 0:
            break
        kept.append(item)
    return kept


def _cut_text(value: str, most: int) -> str:
    """The beginning of `value` that takes at most `most` bytes with its quotes, to the end of a line if it has one."""
    low, high = 0, min(len(value), max(0, most))
    while low < high:
        middle = (low + high + 1) // 2
        if _size(value[:middle]) <= most:
            low = middle
        else:
            high = middle - 1
    if low == len(value):
        return value
    end = value.rfind("\n", 0, low + 1)
    return value[:end] if end > 0 else value[:low]
