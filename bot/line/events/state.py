"""The states of an acknowledged event."""

from __future__ import annotations

from enum import StrEnum


class EventState(StrEnum):
    """`received -> working -> answered | silent | handed_over | failed`.

    `silent`: there was nothing to say. `handed_over`: a person has the conversation. `failed`:
    given up, with the reason on the row.
    """

    RECEIVED = "received"
    WORKING = "working"
    ANSWERED = "answered"
    SILENT = "silent"
    HANDED_OVER = "handed_over"
    FAILED = "failed"


OPEN_STATES = frozenset({EventState.RECEIVED, EventState.WORKING})
FINAL_STATES = frozenset(EventState) - OPEN_STATES
