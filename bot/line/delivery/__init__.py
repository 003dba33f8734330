"""Delivery: what goes out to LINE, and a ledger that knows what became of it.

The reply token is the idempotency key of a reply: LINE takes it once, so repeating the same reply
with the same token can't show it twice. See `docs/message-lifecycle.md`.
"""

from bot.line.delivery.outcome import Outcome, OutcomeKind
from bot.line.delivery.sender import send_reply
from bot.line.delivery.verdict import DeliveryState, Verdict, judge

__all__ = ["DeliveryState", "Outcome", "OutcomeKind", "Verdict", "judge", "send_reply"]
