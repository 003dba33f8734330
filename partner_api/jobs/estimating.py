"""How long a job takes, in words for people."""

from __future__ import annotations

from typing import Any

MEGABYTE = 1024 * 1024
AT_ONCE, FOR_A_TEXT, USUAL = "a few seconds", "less than a minute", "2-3 minutes"
# The largest recording in bytes, and how long it takes at most: speech is transcribed several times faster than it
# is spoken, and a megabyte of it is one to ten minutes.
_BY_SIZE = ((8 * MEGABYTE, USUAL), (16 * MEGABYTE, "3-6 minutes"))
_LARGEST = "5-10 minutes"


def estimated_time(request: dict[str, Any], *, environment: str) -> str:
    """An estimate for a job by what was asked for (`AsyncJob.request`)."""
    if environment == "sandbox":
        return AT_ONCE
    if request.get("audio") is None:
        return FOR_A_TEXT
    size = request.get("audio_bytes") or 0
    return next((words for most, words in _BY_SIZE if size <= most), _LARGEST)
