"""Replies in the ledger, and the attempts of every delivery."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, func, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.db.statements import table_of
from bot.line.delivery.outcome import Outcome, OutcomeKind
from bot.line.delivery.verdict import DeliveryState, Verdict
from bot.line.flex import words_of
from bot.line.splitting import MAX_PARTS, split_text
from bot.models import Delivery, DeliveryAttempt, SentMessage

_DELIVERIES, _ATTEMPTS = table_of(Delivery), table_of(DeliveryAttempt)
_PLAN = insert(_DELIVERIES).returning(_DELIVERIES.c.id)
_BEGIN = insert(_ATTEMPTS)
_END = (
    update(_ATTEMPTS)
    .where(_ATTEMPTS.c.delivery_id == bindparam("delivery"), _ATTEMPTS.c.number == bindparam("attempt"))
    .values({name: bindparam(name) for name in ("ended_at", "outcome", "http_status", "line_request_id")})
)
_SETTLE = (
    update(_DELIVERIES)
    .where(_DELIVERIES.c.id == bindparam("delivery"))
    .values({name: bindparam(name) for name in ("state", "messages", "error", "updated_at")})
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedReply:
    """A reply to be sent: what, for which bot, in which lane and under which fence.

    `token_at` is when the webhook with the token arrived.
    """

    channel_id: uuid.UUID
    bot_id: uuid.UUID | None
    lane: str
    fence: int
    reply_token: str
    token_at: datetime
    messages: Sequence[dict[str, Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """A delivery in the state of being sent for the `number`th time.

    `doubtful` when an earlier attempt may have reached LINE without our knowing.
    """

    delivery_id: int
    number: int
    reply_token: str
    token_at: datetime
    messages: Sequence[dict[str, Any]]
    bot_id: uuid.UUID | None = None
    doubtful: bool = False


async def plan(session: AsyncSession, reply: PlannedReply, *, now: datetime) -> Attempt:
    """Write the delivery with its first attempt, as being sent from the moment this commits."""
    row = {
        "channel_id": reply.channel_id,
        "bot_id": reply.bot_id,
        "lane": reply.lane,
        "fence": reply.fence,
        "kind": "reply",
        "messages": list(reply.messages),
        "reply_token": reply.reply_token,
        "token_at": reply.token_at,
        "state": DeliveryState.SENDING,
        "attempts": 1,
        "cost": 0,
        "created_at": now,
        "updated_at": now,
    }
    delivery_id = (await session.execute(_PLAN, row)).scalar_one()
    await session.execute(_BEGIN, {"delivery_id": delivery_id, "number": 1, "started_at": now})
    return Attempt(
        delivery_id=delivery_id,
        number=1,
        reply_token=reply.reply_token,
        token_at=reply.token_at,
        messages=reply.messages,
        bot_id=reply.bot_id,
    )


async def begin_attempt(session: AsyncSession, delivery_id: int, *, fence: int, now: datetime) -> Attempt:
    """Write the next attempt of a delivery that isn't settled yet."""
    delivery = await session.get_one(Delivery, delivery_id)
    doubtful = await is_doubtful(session, delivery_id)
    delivery.attempts += 1
    delivery.state, delivery.fence, delivery.updated_at = DeliveryState.SENDING, fence, now
    session.add(DeliveryAttempt(delivery_id=delivery.id, number=delivery.attempts, started_at=now))
    return Attempt(
        delivery_id=delivery.id,
        number=delivery.attempts,
        reply_token=delivery.reply_token,
        token_at=delivery.token_at or delivery.created_at,
        messages=delivery.messages,
        bot_id=delivery.bot_id,
        doubtful=doubtful,
    )


async def is_doubtful(session: AsyncSession, delivery_id: int) -> bool:
    """Whether an attempt of this delivery may have reached LINE without our knowing."""
    unsure = or_(DeliveryAttempt.outcome.is_(None), DeliveryAttempt.outcome == OutcomeKind.UNKNOWN)
    counted = select(func.count()).where(DeliveryAttempt.delivery_id == delivery_id, unsure)
    return bool(await session.scalar(counted))


async def record(session: AsyncSession, attempt: Attempt, outcome: Outcome, verdict: Verdict, now: datetime) -> None:
    """Write what the running attempt came to. A repair leaves only the texts for the next one."""
    await end_attempt(session, attempt.delivery_id, attempt.number, outcome=outcome, now=now)
    settled = {
        "delivery": attempt.delivery_id,
        "state": verdict.delivery,
        "messages": plain_texts(attempt.messages) if verdict.repair else list(attempt.messages),
        "error": outcome.detail,
        "updated_at": now,
    }
    await session.execute(_SETTLE, settled)


async def end_attempt(session: AsyncSession, delivery_id: int, number: int, *, outcome: Outcome, now: datetime) -> None:
    """Write what LINE said to one attempt."""
    ended = {
        "delivery": delivery_id,
        "attempt": number,
        "ended_at": now,
        "outcome": outcome.kind,
        "http_status": outcome.http_status,
        "line_request_id": outcome.request_id,
    }
    await session.execute(_END, ended)


async def remember_sent(
    session: AsyncSession, channel_id: uuid.UUID, delivery_id: int, *, message_ids: Sequence[str]
) -> None:
    """Keep LINE's ids of messages that people may quote."""
    session.add_all(
        SentMessage(channel_id=channel_id, line_message_id=message_id, delivery_id=delivery_id)
        for message_id in message_ids
    )
    await session.flush()


async def was_sent_here(session: AsyncSession, channel_id: uuid.UUID, line_message_id: str) -> bool:
    """Whether the message of this LINE id is one that was remembered as ours."""
    ours = SentMessage.channel_id == channel_id, SentMessage.line_message_id == line_message_id
    return await session.scalar(select(SentMessage.id).where(*ours)) is not None


async def blank_delivery(session: AsyncSession, delivery_id: int) -> None:
    """Forget what a delivery said, since it may repeat words that were taken back; that it was sent stays."""
    await session.execute(update(Delivery).where(Delivery.id == delivery_id).values(messages=[]))


def plain_texts(messages: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """What can be said with text alone: no quick replies, and of cards what they say."""
    texts = [text for message in messages for text in _said_by(message)]
    return [{"type": "text", "text": text} for text in texts][:MAX_PARTS]


def _said_by(message: dict[str, Any]) -> list[str]:
    contents = message.get("contents")
    if isinstance(contents, dict):
        return split_text(words_of(contents))
    text = str(message.get("text") or message.get("altText") or "")
    return [text] if text else []


def is_plain(messages: Sequence[dict[str, Any]]) -> bool:
    """Whether a repair would change nothing."""
    return plain_texts(messages) == list(messages)
