"""Long text to passages that are short enough to answer with. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from knowledge import sentences

PASSAGE = 400
SECTION = 1_000
_OPENING = 60


def passages(text: str, *, size: int = PASSAGE) -> Iterator[str]:
    """`text` in passages of about `size` characters that end where sentences end."""
    held = ""
    for sentence in _bounded(text, 2 * size):
        if held and len(held) + len(sentence) > size * 5 // 4:
            yield held.strip()
            held = ""
        held += sentence
        if len(held) >= size:
            yield held.strip()
            held = ""
    if held.strip():
        yield held.strip()


def opening(passage: str) -> str:
    """The first sentence of a passage, cut where it is long: what stands for its question."""
    first = next((one.strip() for one in sentences.split(passage) if one.strip()), "")
    return first if len(first) <= _OPENING else f"{first[: _OPENING - 1].rstrip()}…"


def _bounded(text: str, longest: int) -> Iterator[str]:
    for sentence in sentences.split(text):
        for start in range(0, len(sentence), longest):
            yield sentence[start : start + longest]
