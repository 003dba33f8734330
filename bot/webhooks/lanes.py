"""The lanes that callbacks are sent in: a few for each endpoint, which bounds what one endpoint gets at once."""

from __future__ import annotations

import uuid

PREFIX = "callback"
# Lanes are claimed by one process at a time, so this holds across processes.
AT_ONCE = 4


def lane_of(endpoint_id: uuid.UUID, message_id: uuid.UUID) -> str:
    """The lane (`bot.outbox`) of a message to an endpoint; deliveries of one message follow each other."""
    return f"{PREFIX}:{endpoint_id}:{message_id.int % AT_ONCE}"


def endpoint_of(lane: str) -> uuid.UUID | None:
    """The endpoint of a lane; None for a key that is no such lane's."""
    parts = lane.split(":")
    try:
        return uuid.UUID(parts[1])
    except (IndexError, ValueError):
        return None
