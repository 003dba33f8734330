"""An event as a row of `line_events`."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import NamedTuple

from bot.line.events import UNREADABLE, EventState, ReceivedEvent

LANE_PREFIX = "line"


class InboxRow(NamedTuple):
    """The columns that are known when an event arrives; the order is that of `COLUMNS`."""

    channel_id: uuid.UUID
    webhook_event_id: str
    lane: str
    type: str
    message_id: str | None
    payload: str
    occurred_at: datetime
    received_at: datetime
    due_at: datetime
    state: str
    reason: str | None


COLUMNS = InboxRow._fields
TIMES = ("occurred_at", "received_at", "due_at")


def lane_of(channel_id: uuid.UUID, source_id: str) -> str:
    """The lane in which the events of one person, group or room on a channel are worked."""
    return f"{LANE_PREFIX}:{channel_id.hex}:{source_id}"


def place_of(lane: str) -> tuple[uuid.UUID, str]:
    """The channel of a chat's lane, and the id of the person, group or room."""
    _, channel, source_id = lane.split(":", 2)
    return uuid.UUID(channel), source_id


def row_of(channel_id: uuid.UUID, event: ReceivedEvent, *, received_at: datetime) -> InboxRow:
    """The row for an event of this channel. An unreadable one is kept as received and is final."""
    unreadable = event.type == UNREADABLE
    return InboxRow(
        channel_id=channel_id,
        webhook_event_id=event.webhook_event_id,
        lane=lane_of(channel_id, event.source_id),
        type=event.type,
        message_id=event.message_id,
        payload=event.payload,
        occurred_at=event.occurred_at or received_at,
        received_at=received_at,
        due_at=received_at,
        state=EventState.FAILED if unreadable else EventState.RECEIVED,
        reason=UNREADABLE if unreadable else None,
    )
