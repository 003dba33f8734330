"""The worker of a conversation's lane: an event is taken, answered, and its end recorded."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from bot.clock import Clock
from bot.line import delivery
from bot.line.channels import ChannelAccess, ChannelDirectory
from bot.line.client import LineClient
from bot.line.delivery import Outcome, OutcomeKind
from bot.line.delivery import repository as ledger
from bot.line.events import EventState, Mode, UnreadableEvent, parse_event
from bot.logging import get_logger, log_context
from bot.outbox.lanes import Lease, LeaseLost
from bot.outbox.retry import RetryPolicy
from bot.security.box import BoxError
from bot.texts import say
from handlers.line import repository
from handlers.line.aftermath import Aftermath
from handlers.line.inbox.rows import LANE_PREFIX
from handlers.line.metrics import LineMetrics
from handlers.line.reading import following, read_incoming
from handlers.line.rendering import messages_for
from handlers.line.repository import AWAITS_MORE, EndedEvent, OpenEvent
from handlers.line.responses import HandedOver, Incoming, Later, Reply, Response, Silent
from handlers.line.service import LineService

# Short, so that what failed for a moment is still answered while the reply token lives.
RETRIES = RetryPolicy(max_attempts=4, first=timedelta(seconds=1), longest=timedelta(seconds=8))
INTERNAL_ERROR = "internal_error"
# How many events of a lane are looked at together: what one person types in a row.
MOST_TOGETHER = 12

log = get_logger(__name__)
Wake = Callable[[Sequence[str]], None]


@dataclass(frozen=True, slots=True)
class Work:
    """An event that is to be worked on, and those that wait behind it."""

    head: OpenEvent
    behind: tuple[OpenEvent, ...] = ()


@dataclass(frozen=True, slots=True)
class Final:
    """The event ends here, without a delivery."""

    state: EventState
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Again:
    """Work on the event once more, after `delay`, or with `or_more` as soon as something follows it."""

    delay: timedelta
    or_more: bool = False


@dataclass(frozen=True, slots=True)
class Attempted:
    """A delivery was tried; `apology` when it says that there is no answer."""

    attempt: ledger.Attempt
    outcome: Outcome
    apology: bool = False


Result = Final | Again | Attempted


class LineLaneWorker:
    """Works lanes `line:<channel>:<source>` (see `bot.outbox.lanes.LaneWorker`).

    `wake` tells runners of lanes that have something new to do.
    """

    prefix = LANE_PREFIX

    def __init__(
        self,
        service: LineService,
        channels: ChannelDirectory,
        line: LineClient,
        *,
        clock: Clock,
        metrics: LineMetrics,
        wake: Wake,
    ) -> None:
        self._service = service
        self._channels = channels
        self._line = line
        self._clock = clock
        self._metrics = metrics
        self._wake = wake
        self._aftermath = Aftermath(channels, line, clock)

    async def take(self, session: AsyncSession, lease: Lease, now: datetime) -> Work | None:
        waiting = await repository.open_events(session, lease.key, limit=MOST_TOGETHER)
        head = waiting[0] if waiting else None
        has_more = len(waiting) > 1 and head is not None and head.reason == AWAITS_MORE
        if head is None or (head.due_at > now and not has_more):
            return None
        await repository.begin_work(session, head.id)
        return Work(replace(head, attempts=head.attempts + 1), tuple(waiting[1:]))

    async def due(self, session: AsyncSession, now: datetime, *, limit: int) -> Sequence[str]:
        return await repository.due_lanes(session, now, limit=limit)

    async def next_due(self, session: AsyncSession, key: str) -> datetime | None:
        waiting = await repository.open_events(session, key, limit=1)
        return waiting[0].due_at if waiting else None

    async def perform(self, lease: Lease, item: Work) -> Result:
        head = item.head
        log_context(event_id=head.id)
        try:
            channel = await self._channels.find(head.channel_id)
            if channel is None:
                return Final(EventState.FAILED, "channel_gone")
            if head.delivery_id is not None:
                return await self._repeat(lease, head.delivery_id, channel)
            return await self._answer(lease, item, channel)
        except LeaseLost:
            raise
        except Exception:
            # Whatever goes wrong with one event must neither stop its lane nor lose the event: it is
            # tried again, and at last its sender gets an honest word.
            log.exception("event_failed", attempts=head.attempts, type=head.type)
            delay = RETRIES.delay(head.attempts)
            return Again(delay) if delay is not None else await self._apologise(lease, head)

    async def finish(self, session: AsyncSession, lease: Lease, item: Work, result: Result) -> None:
        judged = await self._judge(session, lease, result) if isinstance(result, Attempted) else result
        if isinstance(judged, Again):
            until = self._clock.now() + judged.delay
            await repository.postpone_event(session, item.head.id, until=until, or_more=judged.or_more)
        elif isinstance(result, Attempted):
            await self._end_attempted(session, lease, item.head, attempted=result, judged=judged)
        else:
            ended = await repository.end_event(session, item.head.id, judged.state, reason=judged.reason)
            self._tell(ended, judged)

    async def _end_attempted(
        self, session: AsyncSession, lease: Lease, head: OpenEvent, *, attempted: Attempted, judged: Final
    ) -> None:
        """Nothing more is tried: end all events that the delivery answers, unless a push takes them over."""
        if attempted.apology or head.reason == INTERNAL_ERROR:
            # An apology is no answer, even when it was delivered.
            judged = Final(EventState.FAILED, INTERNAL_ERROR)
        delivery_id = attempted.attempt.delivery_id
        moved = await self._aftermath.push_instead(session, lease.key, attempted.attempt, judged)
        if moved is not None:
            delivery_id, judged = moved.delivery_id, Final(EventState.ANSWERED, moved.reason)
            self._wake([moved.lane])
        ended = await repository.end_delivered(
            session, lease.key, delivery_id, state=judged.state, reason=judged.reason
        )
        self._tell(ended, judged)

    async def _answer(self, lease: Lease, item: Work, channel: ChannelAccess) -> Result:
        incoming = self._read(item, channel)
        if incoming is None:
            return Final(EventState.FAILED, "unreadable")
        if incoming.event.mode is not Mode.ACTIVE:
            return Final(EventState.SILENT, f"mode_{incoming.event.mode}")
        prepared = await self._service.prepare(incoming)
        async with lease.transaction() as session:
            response = prepared.response or await self._service.respond(session, prepared)
            attempt = None
            if isinstance(response, Reply):
                attempt = await self._plan(session, lease, incoming, response)
        if isinstance(response, Reply | HandedOver):
            self._wake(response.wake)
        if not isinstance(response, Reply) or attempt is None:
            return _without_reply(response)
        sent = await self._send(attempt, channel)
        await self._aftermath.mark_read(channel, incoming, sent.outcome, covers=response.covers)
        return sent

    async def _repeat(self, lease: Lease, delivery_id: int, channel: ChannelAccess) -> Result:
        """Send a planned reply again, under the same token."""
        async with lease.transaction() as session:
            attempt = await ledger.begin_attempt(session, delivery_id, fence=lease.fence, now=self._clock.now())
        return await self._send(attempt, channel)

    async def _apologise(self, lease: Lease, head: OpenEvent) -> Result:
        """Say that it didn't work, once, and end the event as failed."""
        failed = Final(EventState.FAILED, INTERNAL_ERROR)
        try:
            channel = await self._channels.find(head.channel_id)
        except BoxError:
            return failed
        incoming = self._read(Work(head), channel) if channel is not None else None
        beyond_help = head.attempts > RETRIES.max_attempts or head.delivery_id is not None
        if channel is None or incoming is None or beyond_help or not incoming.event.may_be_answered:
            return failed
        reply = Reply(messages=messages_for(say("line.sorry", incoming.language)))
        async with lease.transaction() as session:
            attempt = await self._plan(session, lease, incoming, reply, reason=INTERNAL_ERROR)
        return replace(await self._send(attempt, channel), apology=True) if attempt is not None else failed

    async def _plan(
        self, session: AsyncSession, lease: Lease, incoming: Incoming, reply: Reply, *, reason: str | None = None
    ) -> ledger.Attempt | None:
        """Write the reply as being sent, with the newest token among what it answers; None without any."""
        covered = (incoming, *reply.covers)
        newest = next((one for one in reversed(covered) if one.event.reply_token is not None), None)
        if newest is None:
            return None
        planned = ledger.PlannedReply(
            channel_id=incoming.channel.id,
            bot_id=reply.bot_id,
            lane=lease.key,
            fence=lease.fence,
            reply_token=newest.event.reply_token or "",
            token_at=newest.received_at,
            messages=[message.to_json() for message in reply.messages],
        )
        attempt = await ledger.plan(session, planned, now=self._clock.now())
        for one in covered:
            await repository.deliver_event(session, one.event_id, attempt.delivery_id, reason=reason)
        await repository.deliver_notices(session, reply.told, attempt.delivery_id)
        return attempt

    async def _send(self, attempt: ledger.Attempt, channel: ChannelAccess) -> Attempted:
        outcome = await delivery.send_reply(
            self._line, channel.token, reply_token=attempt.reply_token, messages=attempt.messages
        )
        self._metrics.delivery_attempted(outcome.kind)
        return Attempted(attempt, outcome)

    async def _judge(self, session: AsyncSession, lease: Lease, attempted: Attempted) -> Final | Again:
        """Record the attempt, and say what it means for the events."""
        attempt, outcome, now = attempted.attempt, attempted.outcome, self._clock.now()
        verdict = delivery.judge(
            outcome,
            attempts=attempt.number,
            doubtful=attempt.doubtful,
            repaired=ledger.is_plain(attempt.messages),
            age=now - attempt.token_at,
        )
        await ledger.record(session, attempt, outcome, verdict, now)
        if outcome.kind is not OutcomeKind.UNKNOWN:
            await self._aftermath.note(session, lease.key, attempt, outcome)
        if verdict.event is not None:
            return Final(verdict.event, verdict.reason)
        return Again(verdict.retry_in or timedelta(0))

    def _read(self, item: Work, channel: ChannelAccess) -> Incoming | None:
        """The event as behaviours see it, with the texts behind it; None for one that can't be read."""
        now = self._clock.now()
        try:
            incoming = read_incoming(item.head, parse_event(item.head.payload), channel, now=now)
        except UnreadableEvent:
            return None
        behind = following(incoming, item.behind, channel, now=now)
        return replace(incoming, following=behind, is_newest=not item.behind)

    def _tell(self, ended: Sequence[EndedEvent], final: Final) -> None:
        for event in ended:
            seconds = (self._clock.now() - event.received_at).total_seconds()
            self._metrics.event_ended(final.state, final.reason, seconds=seconds)
            log.info("event_ended", state=final.state, reason=final.reason, type=event.type, attempts=event.attempts)


def _without_reply(response: Response) -> Final | Again:
    """How an event ends that nothing is replied to."""
    match response:
        case Later(delay, or_more):
            return Again(delay, or_more)
        case Silent(reason):
            return Final(EventState.SILENT, reason)
        case HandedOver(reason):
            return Final(EventState.HANDED_OVER, reason)
        case Reply():
            return Final(EventState.SILENT, "no_reply_token")
