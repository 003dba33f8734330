"""Delivery: what goes out to LINE, and a ledger that knows what became of it.

The reply token is the idempotency key of a reply: LINE takes it once, so repeating the same reply
with the same token can't show it twice. A push has a retry key of its own for the same end. See
`docs/message-lifecycle.md`.
"""

from bot.line.delivery.outcome import Outcome, OutcomeKind
from bot.line.delivery.purpose import Purpose
from bot.line.delivery.push_verdict import PushSituation, PushVerdict, judge_push
from bot.line.delivery.sender import send_push, send_reply
from bot.line.delivery.verdict import DeliveryState, Verdict, judge

__all__ = [
    "DeliveryState",
    "Outcome",
    "OutcomeKind",
    "Purpose",
    "PushSituation",
    "PushVerdict",
    "Verdict",
    "judge",
    "judge_push",
    "send_push",
    "send_reply",
]
