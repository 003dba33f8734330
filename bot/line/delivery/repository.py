"""The ledger's rows."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.line.delivery.outcome import Outcome, OutcomeKind
from bot.line.delivery.verdict import DeliveryState, Verdict
from bot.models import Delivery, DeliveryAttempt


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedReply:
    """A reply to be sent: what, for which bot, in which lane and under which fence."""

    channel_id: uuid.UUID
    bot_id: uuid.UUID | None
    lane: str
    fence: int
    reply_token: str
    messages: Sequence[dict[str, Any]]


async def plan(session: AsyncSession, reply: PlannedReply, *, now: datetime) -> Delivery:
    """Write the delivery with its first attempt, as being sent from the moment this commits."""
    delivery = Delivery(
        channel_id=reply.channel_id,
        bot_id=reply.bot_id,
        lane=reply.lane,
        fence=reply.fence,
        kind="reply",
        messages=list(reply.messages),
        reply_token=reply.reply_token,
        state=DeliveryState.SENDING,
        attempts=1,
        created_at=now,
        updated_at=now,
    )
    session.add(delivery)
    await session.flush()
    session.add(DeliveryAttempt(delivery_id=delivery.id, number=1, started_at=now))
    return delivery


async def begin_attempt(session: AsyncSession, delivery_id: int, *, fence: int, now: datetime) -> tuple[Delivery, bool]:
    """Write the next attempt of a delivery that isn't settled yet.

    Returns the delivery, and whether some earlier attempt may have reached LINE without our knowing.
    """
    delivery = await session.get_one(Delivery, delivery_id)
    doubtful = await _is_doubtful(session, delivery_id)
    delivery.attempts += 1
    delivery.state, delivery.fence, delivery.updated_at = DeliveryState.SENDING, fence, now
    session.add(DeliveryAttempt(delivery_id=delivery.id, number=delivery.attempts, started_at=now))
    return delivery, doubtful


async def _is_doubtful(session: AsyncSession, delivery_id: int) -> bool:
    unsure = or_(DeliveryAttempt.outcome.is_(None), DeliveryAttempt.outcome == OutcomeKind.UNKNOWN)
    counted = select(func.count()).where(DeliveryAttempt.delivery_id == delivery_id, unsure)
    return bool(await session.scalar(counted))


async def record(session: AsyncSession, delivery: Delivery, outcome: Outcome, verdict: Verdict, now: datetime) -> None:
    """Write what the running attempt came to. A repair leaves only the texts for the next one."""
    attempt = update(DeliveryAttempt).where(
        DeliveryAttempt.delivery_id == delivery.id, DeliveryAttempt.number == delivery.attempts
    )
    await session.execute(
        attempt.values(
            ended_at=now,
            outcome=outcome.kind,
            http_status=outcome.http_status,
            line_request_id=outcome.request_id,
        )
    )
    changes: dict[str, Any] = {"state": verdict.delivery, "updated_at": now, "error": outcome.detail}
    if verdict.repair:
        changes["messages"] = plain_texts(delivery.messages)
    await session.execute(update(Delivery).where(Delivery.id == delivery.id).values(**changes))


def plain_texts(messages: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """What can be said with text alone: no quick replies, no rich messages but their alternative text."""
    texts = [str(message.get("text") or message.get("altText") or "") for message in messages]
    return [{"type": "text", "text": text} for text in texts if text]


def is_plain(messages: Sequence[dict[str, Any]]) -> bool:
    """Whether a repair would change nothing."""
    return plain_texts(messages) == list(messages)
