"""The ledger's rows: what is planned, each attempt, and what became of it."""

from bot.line.delivery.repository.ledger import (
    Attempt,
    PlannedReply,
    begin_attempt,
    blank_delivery,
    is_plain,
    plain_texts,
    plan,
    record,
    remember_sent,
    was_sent_here,
)
from bot.line.delivery.repository.outgoing import (
    PlannedPush,
    Waiting,
    begin_push,
    due_lanes,
    head_of_lane,
    queue_push,
    record_push,
)

__all__ = [
    "Attempt",
    "PlannedPush",
    "PlannedReply",
    "Waiting",
    "begin_attempt",
    "begin_push",
    "blank_delivery",
    "due_lanes",
    "head_of_lane",
    "is_plain",
    "plain_texts",
    "plan",
    "queue_push",
    "record",
    "record_push",
    "remember_sent",
    "was_sent_here",
]
