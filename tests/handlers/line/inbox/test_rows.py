from __future__ import annotations

import json
import uuid
from datetime import UTC, datetime

from bot.line.events import read_webhook
from handlers.line.inbox import InboxRow, row_of

CHANNEL = uuid.UUID("0fdac6cd-3c02-4f0c-9b5e-2f7f7b9a1b11")
NOW = datetime(2026, 1, 1, 12, 0, 0, 123456, tzinfo=UTC)


def row(event: object) -> InboxRow:
    body = json.dumps({"destination": "U1", "events": [event]}).encode()
    return row_of(CHANNEL, read_webhook(body).events[0], received_at=NOW)


def test_an_event_waits_in_the_lane_of_its_channel_and_source() -> None:
    event = {"type": "message", "webhookEventId": "01A", "timestamp": 1767225600500}
    made = row({**event, "source": {"type": "group", "groupId": "C1", "userId": "U1"}, "message": {"id": "7"}})
    assert made.lane == f"line:{CHANNEL.hex}:C1"
    assert (made.webhook_event_id, made.type, made.message_id) == ("01A", "message", "7")
    assert (made.state, made.reason, made.received_at, made.due_at) == ("received", None, NOW, NOW)
    assert made.occurred_at == datetime(2026, 1, 1, 0, 0, 0, 500_000, tzinfo=UTC)


def test_an_event_without_a_time_happened_when_it_arrived() -> None:
    assert row({"type": "follow", "source": {"userId": "U1"}}).occurred_at == NOW


def test_an_unreadable_event_is_final_from_the_start() -> None:
    made = row(["not", "an", "object"])
    assert (made.type, made.state, made.reason) == ("unreadable", "failed", "unreadable")
    assert json.loads(made.payload) == ["not", "an", "object"]
