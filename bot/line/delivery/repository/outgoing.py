"""What is to be pushed: queued in the transaction of what caused it, then sent by a lane of its own."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.line.delivery.outcome import Outcome
from bot.line.delivery.purpose import Purpose
from bot.line.delivery.push_verdict import RETRY_KEY_LIFE, PushVerdict
from bot.line.delivery.repository.ledger import end_attempt, is_doubtful, plain_texts
from bot.line.delivery.verdict import TOKEN_LIFE, DeliveryState
from bot.models import Delivery, DeliveryAttempt, Lane

LANE_PREFIX = "out"


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedPush:
    """Messages to one chat (`to`) or to several people (`recipients`), not to be begun after `lasts`.

    With a `reply_token` that arrived at `token_at` and that nobody used, a free reply is tried first, and
    is all that is tried where it `may_push` not.
    """

    channel_id: uuid.UUID
    bot_id: uuid.UUID
    purpose: Purpose
    messages: Sequence[dict[str, Any]]
    to: str | None = None
    recipients: Sequence[str] = ()
    reply_token: str = ""
    token_at: datetime | None = None
    may_push: bool = True
    broadcast_id: int | None = None
    lasts: timedelta = RETRY_KEY_LIFE

    @property
    def lane(self) -> str:
        """What goes to one chat keeps its order. The multicasts of one broadcast go one after the other, so that a
        large one takes no more than one place among all that is sent at once."""
        together = f"broadcast-{self.broadcast_id}" if self.broadcast_id is not None else uuid.uuid4()
        return f"{LANE_PREFIX}:{self.channel_id.hex}:{self.to or together}"


@dataclass(frozen=True, slots=True)
class Waiting:
    """The first delivery of a lane that isn't final, and when it is due."""

    id: int
    channel_id: uuid.UUID
    due_at: datetime


async def queue_push(session: AsyncSession, push: PlannedPush, *, now: datetime) -> Delivery:
    """Write what is to be pushed, with the retry key that all its attempts will carry."""
    delivery = Delivery(
        channel_id=push.channel_id,
        bot_id=push.bot_id,
        lane=push.lane,
        kind="push" if push.to is not None else "multicast",
        purpose=push.purpose,
        messages=list(push.messages),
        to_id=push.to,
        recipients=None if push.to is not None else list(push.recipients),
        retry_key=uuid.uuid4() if push.may_push else None,
        reply_token=push.reply_token,
        token_at=push.token_at,
        state=DeliveryState.PLANNED,
        fence=0,
        cost=0,
        broadcast_id=push.broadcast_id,
        due_at=now,
        expires_at=now + push.lasts,
        created_at=now,
        updated_at=now,
    )
    session.add(delivery)
    await session.flush()
    return delivery


async def head_of_lane(session: AsyncSession, lane: str) -> Waiting | None:
    """The first delivery of a lane that isn't final."""
    waits = Delivery.lane == lane, Delivery.due_at.is_not(None)
    found = select(Delivery.id, Delivery.channel_id, Delivery.due_at).where(*waits).order_by(Delivery.id).limit(1)
    row = (await session.execute(found)).first()
    return Waiting(row[0], row[1], row[2]) if row is not None and row[2] is not None else None


async def due_lanes(session: AsyncSession, now: datetime, *, limit: int) -> Sequence[str]:
    """Lanes with something to push that nobody holds."""
    due = (
        select(Delivery.lane)
        .outerjoin(Lane, Lane.key == Delivery.lane)
        .where(Delivery.due_at.is_not(None), Delivery.due_at <= now)
        .where(or_(Lane.key.is_(None), Lane.lease_until <= now))
        .distinct()
        .limit(limit)
    )
    return (await session.scalars(due)).all()


async def begin_push(
    session: AsyncSession, delivery_id: int, *, fence: int, now: datetime
) -> tuple[Delivery, bool] | None:
    """Write the next attempt of a delivery and say whether an earlier one is in doubt.

    None where it was settled meanwhile. Whether this is a reply or a push is decided here, under the lane's
    fence: a process that freezes now and wakes when its token is too old must not push on top of what another
    replied meanwhile.
    """
    delivery = await session.get_one(Delivery, delivery_id)
    if delivery.due_at is None:
        return None
    doubtful = await is_doubtful(session, delivery_id)
    if not doubtful and delivery.token_at is not None and now - delivery.token_at >= TOKEN_LIFE:
        delivery.reply_token = ""
    delivery.attempts = (delivery.attempts or 0) + 1
    delivery.state, delivery.fence, delivery.updated_at = DeliveryState.SENDING, fence, now
    session.add(DeliveryAttempt(delivery_id=delivery.id, number=delivery.attempts, started_at=now))
    await session.flush()
    return delivery, doubtful


async def record_push(
    session: AsyncSession, delivery_id: int, outcome: Outcome, *, verdict: PushVerdict, cost: int, now: datetime
) -> Delivery:
    """Write what the running attempt came to and what follows. `cost` is what it cost if it was sent."""
    delivery = await session.get_one(Delivery, delivery_id)
    await end_attempt(session, delivery_id, delivery.attempts, outcome=outcome, now=now)
    delivery.state, delivery.updated_at = verdict.state, now
    delivery.error = verdict.reason if verdict.reason and not outcome.detail else outcome.detail
    delivery.due_at = None if verdict.retry_in is None else now + verdict.retry_in
    if verdict.state is DeliveryState.SENT:
        delivery.kind = delivery.kind if cost else "reply"
        delivery.cost = cost
    if verdict.drop_token:
        delivery.reply_token = ""
    if verdict.repair:
        # The key stands for one body.
        delivery.messages = plain_texts(delivery.messages)
        delivery.retry_key = uuid.uuid4() if delivery.retry_key is not None else None
    await session.flush()
    return delivery
