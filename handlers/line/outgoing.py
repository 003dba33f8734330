"""The worker of what is pushed: each chat's messages in order, each multicast by itself."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from bot.clock import Clock
from bot.line.channels import ChannelAccess, ChannelDirectory
from bot.line.client import LineClient
from bot.line.delivery import Outcome, OutcomeKind, Purpose, PushSituation, judge_push, send_push, send_reply
from bot.line.delivery import repository as ledger
from bot.line.delivery.repository import Waiting, is_plain
from bot.line.delivery.repository.outgoing import LANE_PREFIX
from bot.logging import get_logger, log_context
from bot.models import Delivery
from bot.outbox.lanes import Lease
from handlers.line import repository
from handlers.line.channel_state import note_access
from handlers.line.metrics import LineMetrics

_NOT_ALLOWED = Outcome(kind=OutcomeKind.QUOTA_EXHAUSTED, detail="The policy allows no push.")
_TOO_LATE = Outcome(kind=OutcomeKind.TOKEN_REFUSED, detail="It was not sent in the time that it had.")
_CHANNEL_GONE = Outcome(kind=OutcomeKind.ACCESS_REFUSED, detail="The channel is not active.")

log = get_logger(__name__)

Ended = Callable[[AsyncSession, Delivery], Awaitable[None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pushed:
    """One attempt and what LINE said; `token_age` is None where it was no reply."""

    delivery: Delivery
    doubtful: bool
    outcome: Outcome
    token_age: timedelta | None


class OutgoingWorker:
    """Works lanes `out:<channel>:<chat>` (see `bot.outbox.lanes.LaneWorker`).

    `on_end` are called with every delivery that becomes final, in the transaction that makes it so.
    """

    prefix = LANE_PREFIX

    def __init__(
        self,
        channels: ChannelDirectory,
        line: LineClient,
        *,
        clock: Clock,
        metrics: LineMetrics,
        on_end: Sequence[Ended] = (),
    ) -> None:
        self._channels = channels
        self._line = line
        self._clock = clock
        self._metrics = metrics
        self._on_end = (fail_events_of, *on_end)

    async def take(self, session: AsyncSession, lease: Lease, now: datetime) -> Waiting | None:
        head = await ledger.head_of_lane(session, lease.key)
        return head if head is not None and head.due_at <= now else None

    async def due(self, session: AsyncSession, now: datetime, *, limit: int) -> Sequence[str]:
        return await ledger.due_lanes(session, now, limit=limit)

    async def next_due(self, session: AsyncSession, key: str) -> datetime | None:
        head = await ledger.head_of_lane(session, key)
        return head.due_at if head is not None else None

    async def perform(self, lease: Lease, item: Waiting) -> Pushed | None:
        log_context(delivery_id=item.id)
        channel = await self._channels.find(item.channel_id)
        async with lease.transaction() as session:
            begun = await ledger.begin_push(session, item.id, fence=lease.fence, now=self._clock.now())
        if begun is None:
            return None
        delivery, doubtful = begun
        if channel is None:
            return Pushed(delivery=delivery, doubtful=doubtful, outcome=_CHANNEL_GONE, token_age=None)
        if delivery.expires_at is not None and delivery.expires_at <= self._clock.now():
            # Whoever was to send it was away for long; its retry key may be worth nothing by now.
            return Pushed(delivery=delivery, doubtful=doubtful, outcome=_TOO_LATE, token_age=None)
        return await self._send(channel, delivery, doubtful=doubtful)

    async def finish(self, session: AsyncSession, lease: Lease, item: Waiting, result: Pushed | None) -> None:
        if result is None:
            return
        now, before = self._clock.now(), result.delivery
        situation = PushSituation(
            attempts=before.attempts,
            doubtful=result.doubtful,
            repaired=is_plain(before.messages),
            token_age=result.token_age,
            age=now - before.created_at,
            left=(before.expires_at or now) - now,
        )
        verdict = judge_push(result.outcome, situation)
        cost = 0 if result.token_age is not None else len(before.recipients or (before.to_id,))
        delivery = await ledger.record_push(session, before.id, result.outcome, verdict=verdict, cost=cost, now=now)
        await note_access(session, self._channels, delivery.channel_id, result.outcome.kind, now=now)
        self._metrics.delivery_attempted(result.outcome.kind)
        if delivery.due_at is None:
            log.info("push_ended", state=delivery.state, purpose=delivery.purpose, attempts=delivery.attempts)
            for ended in self._on_end:
                await ended(session, delivery)

    async def _send(self, channel: ChannelAccess, delivery: Delivery, *, doubtful: bool) -> Pushed:
        """Try the free token where there is one, else push."""
        if delivery.reply_token and delivery.token_at is not None:
            token_age = self._clock.now() - delivery.token_at
            outcome = await send_reply(
                self._line, channel.token, reply_token=delivery.reply_token, messages=delivery.messages
            )
            return Pushed(delivery=delivery, doubtful=doubtful, outcome=outcome, token_age=token_age)
        if delivery.retry_key is None:
            return Pushed(delivery=delivery, doubtful=doubtful, outcome=_NOT_ALLOWED, token_age=None)
        to = delivery.to_id if delivery.to_id is not None else [str(one) for one in delivery.recipients or ()]
        outcome = await send_push(
            self._line, channel.token, to=to, messages=delivery.messages, retry_key=delivery.retry_key
        )
        return Pushed(delivery=delivery, doubtful=doubtful, outcome=outcome, token_age=None)


async def fail_events_of(session: AsyncSession, delivery: Delivery) -> None:
    """What an answer's push could not tell counts as failed, with the reason."""
    if delivery.purpose == Purpose.ANSWER and delivery.state != "sent":
        reason = "outcome_unknown" if delivery.state == "unknown" else "push_refused"
        await repository.fail_delivered(session, delivery.id, reason=reason)
