"""Figures as results carry them: a value, its unit, and what it was measured from; null where it wasn't. Pure."""

from __future__ import annotations

from typing import Any

AUDIO, SEGMENTS, TRANSCRIPT = "audio", "segments", "transcript"
RATIO, SECONDS, COUNT = "ratio", "seconds", "count"

Figure = dict[str, Any]


def figure(value: float | None, unit: str, source: str | None, *, digits: int = 2) -> Figure:
    """A figure; without a value it has no source either."""
    if value is None or source is None:
        return {"value": None, "unit": unit, "source": None}
    return {"value": round(value, digits) if isinstance(value, float) else value, "unit": unit, "source": source}
