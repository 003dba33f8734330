"""The worker of a conversation's lane: an event is taken, answered, and its end recorded."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from bot.clock import Clock
from bot.line import delivery
from bot.line.channels import ChannelAccess, ChannelDirectory
from bot.line.channels.repository import mark_broken
from bot.line.client import LineClient
from bot.line.delivery import Outcome, OutcomeKind
from bot.line.delivery import repository as ledger
from bot.line.events import Event, EventState, MessageEvent, Mode, TextContent, UnreadableEvent, parse_event
from bot.line.messages import text_messages
from bot.logging import get_logger, log_context
from bot.outbox.lanes import Lease, LeaseLost
from bot.outbox.retry import RetryPolicy
from bot.texts import Language, language_of, say
from handlers.line import repository
from handlers.line.inbox.rows import LANE_PREFIX
from handlers.line.metrics import LineMetrics
from handlers.line.repository import OpenEvent
from handlers.line.responses import Incoming, Reply, Silent
from handlers.line.service import LineService

# Short, so that what failed for a moment is still answered while the reply token lives.
RETRIES = RetryPolicy(max_attempts=4, first=timedelta(seconds=1), longest=timedelta(seconds=8))
INTERNAL_ERROR = "internal_error"

log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Final:
    """The event ends here, without or after a delivery."""

    state: EventState
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Again:
    """Work on the event once more, after `delay`."""

    delay: timedelta


@dataclass(frozen=True, slots=True)
class Attempted:
    """A delivery was tried; `apology` when it says that there is no answer."""

    attempt: ledger.Attempt
    outcome: Outcome
    apology: bool = False


Result = Final | Again | Attempted


class LineLaneWorker:
    """Works lanes `line:<channel>:<source>` (see `bot.outbox.lanes.LaneWorker`)."""

    prefix = LANE_PREFIX

    def __init__(
        self,
        service: LineService,
        channels: ChannelDirectory,
        line: LineClient,
        *,
        clock: Clock,
        metrics: LineMetrics,
    ) -> None:
        self._service = service
        self._channels = channels
        self._line = line
        self._clock = clock
        self._metrics = metrics

    async def take(self, session: AsyncSession, lease: Lease, now: datetime) -> OpenEvent | None:
        event = await repository.head_of_lane(session, lease.key)
        if event is None or event.due_at > now:
            return None
        await repository.begin_work(session, event.id)
        return replace(event, attempts=event.attempts + 1)

    async def due(self, session: AsyncSession, now: datetime, *, limit: int) -> Sequence[str]:
        return await repository.due_lanes(session, now, limit=limit)

    async def next_due(self, session: AsyncSession, key: str) -> datetime | None:
        event = await repository.head_of_lane(session, key)
        return event.due_at if event is not None else None

    async def perform(self, lease: Lease, item: OpenEvent) -> Result:
        log_context(event_id=item.id)
        try:
            channel = await self._channels.find(item.channel_id)
            if channel is None:
                return Final(EventState.FAILED, "channel_gone")
            if item.delivery_id is not None:
                return await self._repeat(lease, item.delivery_id, channel)
            return await self._answer(lease, item, channel)
        except LeaseLost:
            raise
        except Exception:
            # Whatever goes wrong with one event must neither stop its lane nor lose the event: it is
            # tried again, and at last its sender gets an honest word.
            log.exception("event_failed", attempts=item.attempts, type=item.type)
            delay = RETRIES.delay(item.attempts)
            return Again(delay) if delay is not None else await self._apologise(lease, item)

    async def finish(self, session: AsyncSession, lease: Lease, item: OpenEvent, result: Result) -> None:
        now = self._clock.now()
        apology = item.reason == INTERNAL_ERROR
        if isinstance(result, Attempted):
            apology = apology or result.apology
            result = await self._judge(session, item, result, now=now)
        if isinstance(result, Again):
            await repository.postpone_event(session, item.id, until=now + result.delay)
            return
        state, reason = result.state, result.reason
        if apology:
            # An apology is no answer, even when it was delivered.
            state, reason = EventState.FAILED, INTERNAL_ERROR
        await repository.end_event(session, item.id, state, reason=reason)
        self._metrics.event_ended(state, reason, seconds=(now - item.received_at).total_seconds())
        log.info("event_ended", state=state, reason=reason, type=item.type, attempts=item.attempts)

    async def _answer(self, lease: Lease, item: OpenEvent, channel: ChannelAccess) -> Result:
        try:
            event = parse_event(item.payload)
        except UnreadableEvent:
            return Final(EventState.FAILED, "unreadable")
        if event.mode is not Mode.ACTIVE:
            return Final(EventState.SILENT, f"mode_{event.mode}")
        incoming = self._incoming(item, event, channel)
        prepared = await self._service.prepare(incoming)
        async with lease.transaction() as session:
            response = await self._service.respond(session, incoming, prepared)
            if isinstance(response, Silent):
                return Final(EventState.SILENT, response.reason)
            if event.reply_token is None:
                return Final(EventState.SILENT, "no_reply_token")
            planned = await self._plan(session, lease, item, response, reply_token=event.reply_token)
        return await self._send(planned, channel)

    async def _repeat(self, lease: Lease, delivery_id: int, channel: ChannelAccess) -> Result:
        """Send a planned reply again, under the same token."""
        async with lease.transaction() as session:
            attempt = await ledger.begin_attempt(session, delivery_id, fence=lease.fence, now=self._clock.now())
        return await self._send(attempt, channel)

    async def _apologise(self, lease: Lease, item: OpenEvent) -> Result:
        """Say that it didn't work, once, and end the event as failed."""
        failed = Final(EventState.FAILED, INTERNAL_ERROR)
        try:
            event = parse_event(item.payload)
        except UnreadableEvent:
            return failed
        channel = await self._channels.find(item.channel_id)
        beyond_help = item.attempts > RETRIES.max_attempts or item.delivery_id is not None
        if channel is None or beyond_help or not event.may_be_answered:
            return failed
        incoming = self._incoming(item, event, channel)
        reply = Reply(messages=tuple(text_messages(say("line.sorry", incoming.language))))
        async with lease.transaction() as session:
            planned = await self._plan(session, lease, item, reply, reply_token=event.reply_token or "")
            await repository.deliver_event(session, item.id, planned.delivery_id, reason=INTERNAL_ERROR)
        return replace(await self._send(planned, channel), apology=True)

    async def _plan(
        self, session: AsyncSession, lease: Lease, item: OpenEvent, reply: Reply, *, reply_token: str
    ) -> ledger.Attempt:
        planned = ledger.PlannedReply(
            channel_id=item.channel_id,
            bot_id=reply.bot_id,
            lane=lease.key,
            fence=lease.fence,
            reply_token=reply_token,
            messages=[message.to_json() for message in reply.messages],
        )
        attempt = await ledger.plan(session, planned, now=self._clock.now())
        await repository.deliver_event(session, item.id, attempt.delivery_id)
        return attempt

    async def _send(self, attempt: ledger.Attempt, channel: ChannelAccess) -> Attempted:
        outcome = await delivery.send_reply(
            self._line, channel.token, reply_token=attempt.reply_token, messages=attempt.messages
        )
        self._metrics.delivery_attempted(outcome.kind)
        return Attempted(attempt, outcome)

    async def _judge(
        self, session: AsyncSession, item: OpenEvent, attempted: Attempted, *, now: datetime
    ) -> Final | Again:
        """Record the attempt, and say what it means for the event."""
        verdict = delivery.judge(
            attempted.outcome,
            attempts=attempted.attempt.number,
            doubtful=attempted.attempt.doubtful,
            repaired=ledger.is_plain(attempted.attempt.messages),
            age=now - item.received_at,
        )
        await ledger.record(session, attempted.attempt, attempted.outcome, verdict, now)
        await self._note_access(session, item, attempted.outcome.kind, now=now)
        if verdict.event is not None:
            return Final(verdict.event, verdict.reason)
        return Again(verdict.retry_in or timedelta(0))

    async def _note_access(self, session: AsyncSession, item: OpenEvent, kind: OutcomeKind, *, now: datetime) -> None:
        """A channel whose token LINE refuses is marked, until a message goes through again."""
        channel = await self._channels.find(item.channel_id)
        if channel is None:
            return
        if kind is OutcomeKind.ACCESS_REFUSED and channel.broken_at is None:
            log.error("channel_access_refused", channel_id=str(channel.id))
            await mark_broken(session, channel.id, at=now)
            self._channels.forget()
        elif kind is OutcomeKind.SENT and channel.broken_at is not None:
            await mark_broken(session, channel.id, at=None)
            self._channels.forget()

    def _incoming(self, item: OpenEvent, event: Event, channel: ChannelAccess) -> Incoming:
        return Incoming(
            event_id=item.id,
            event=event,
            channel=channel,
            lane=item.lane,
            source_id=item.lane.split(":", 2)[2],
            language=_language(event),
            now=self._clock.now(),
        )


def _language(event: Event) -> Language:
    """Answer in the language of the question; what has no text is answered in the first language."""
    if isinstance(event, MessageEvent) and isinstance(event.content, TextContent):
        return language_of(event.content.text)
    return Language.ZH_TW
