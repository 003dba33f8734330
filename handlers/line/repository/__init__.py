"""Statements of the LINE runtime."""

from handlers.line.repository.bots import (
    bots_known_to,
    bots_of_channel,
    find_bot,
    find_bot_by_shop_code,
)
from handlers.line.repository.contacts import (
    ContactRow,
    enter_bot,
    find_contact,
    mark_follow,
    upsert_contact,
)
from handlers.line.repository.conversations import (
    Exchange,
    asked_message,
    blank_messages,
    keep_exchange,
    recent_messages,
    upsert_conversation,
)
from handlers.line.repository.events import (
    OpenEvent,
    begin_work,
    count_open_events,
    deliver_event,
    due_lanes,
    end_event,
    event_of_message,
    head_of_lane,
    open_unsends,
    postpone_event,
    replace_payload,
)

__all__ = [
    "ContactRow",
    "Exchange",
    "OpenEvent",
    "asked_message",
    "begin_work",
    "blank_messages",
    "bots_known_to",
    "bots_of_channel",
    "count_open_events",
    "deliver_event",
    "due_lanes",
    "end_event",
    "enter_bot",
    "event_of_message",
    "find_bot",
    "find_bot_by_shop_code",
    "find_contact",
    "head_of_lane",
    "keep_exchange",
    "mark_follow",
    "open_unsends",
    "postpone_event",
    "recent_messages",
    "replace_payload",
    "upsert_contact",
    "upsert_conversation",
]
