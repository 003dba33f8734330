"""The worker of broadcasts: begins each at its time, exactly once, and reports when it is over."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from bot.clock import Clock
from bot.line.channels import ChannelDirectory
from bot.line.channels import repository as channels
from bot.line.client import MAX_MULTICAST, LineClient, Quota
from bot.line.delivery import Purpose
from bot.line.delivery import repository as ledger
from bot.line.delivery.repository import PlannedPush
from bot.logging import get_logger, log_context
from bot.models import Bot, Broadcast, Delivery
from bot.outbox.lanes import Lease
from bot.texts import say
from handlers.line import repository
from handlers.line.notices import Notice, NoticeKind, lasting_key, tell
from handlers.line.pushing import NoRoom, room_of
from handlers.line.quiet import after_quiet_hours
from handlers.line.quota import ask_line, keep_quota
from handlers.line.repository import BroadcastState, Tally
from handlers.line.repository.broadcasts import LANE_PREFIX

# The end of the last multicast brings the broadcast back at once; this only finds it again after a crash.
LOOK_AGAIN = timedelta(seconds=30)
ASK_AGAIN = timedelta(minutes=1)
WAIT_FOR_QUOTA = timedelta(hours=1)
# What LINE doesn't take in that time is not shown hours later, perhaps in the night.
LASTS = timedelta(hours=2)

log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Stop:
    """A broadcast isn't sent, for this reason, with what there is to say about it."""

    reason: str
    left: int = 0


class BroadcastWorker:
    """Works lanes `broadcast:<id>` (see `bot.outbox.lanes.LaneWorker`)."""

    prefix = LANE_PREFIX

    def __init__(self, directory: ChannelDirectory, line: LineClient, clock: Clock) -> None:
        self._directory = directory
        self._line = line
        self._clock = clock

    async def take(self, session: AsyncSession, lease: Lease, now: datetime) -> Broadcast | None:
        broadcast = await repository.find_broadcast(session, _id_in(lease.key))
        return broadcast if broadcast is not None and broadcast.due_at is not None and broadcast.due_at <= now else None

    async def perform(self, lease: Lease, item: Broadcast) -> Quota | None:
        """Before anything is sent, LINE is asked what is left."""
        log_context(broadcast_id=item.id, bot_id=item.bot_id)
        if item.state != BroadcastState.SCHEDULED:
            return None
        return await ask_line(self._directory, self._line, item.channel_id)

    async def finish(self, session: AsyncSession, lease: Lease, item: Broadcast, result: Quota | None) -> None:
        now = self._clock.now()
        broadcast = await repository.find_broadcast(session, item.id)
        if broadcast is None:
            return
        if broadcast.state == BroadcastState.SENDING:
            await self._end(session, broadcast, now=now)
        elif broadcast.state == BroadcastState.SCHEDULED and item.state == BroadcastState.SCHEDULED:
            if result is not None:
                await keep_quota(session, broadcast.channel_id, result, now=now)
            await self._begin(session, broadcast, now=now)
        elif broadcast.state != BroadcastState.SCHEDULED:
            # Cancelled after it was taken.
            broadcast.due_at = None

    async def due(self, session: AsyncSession, now: datetime, *, limit: int) -> Sequence[str]:
        return await repository.due_broadcasts(session, now, limit=limit)

    async def next_due(self, session: AsyncSession, key: str) -> datetime | None:
        broadcast = await repository.find_broadcast(session, _id_in(key))
        return broadcast.due_at if broadcast is not None else None

    async def _begin(self, session: AsyncSession, broadcast: Broadcast, *, now: datetime) -> None:
        """Write down everybody it goes to, in the transaction that makes it begun: then it can't begin twice."""
        if (morning := after_quiet_hours(now)) != now:
            broadcast.due_at = morning
            return
        bot = await session.get_one(Bot, broadcast.bot_id)
        people = await self._people(session, bot)
        stop = await _hindrance(session, bot, broadcast, count=len(people), now=now)
        if stop is not None and stop.reason == NoRoom.QUOTA_UNKNOWN and _waits(broadcast, now):
            broadcast.due_at = now + ASK_AGAIN
        elif stop is not None:
            await _stopped(session, bot, broadcast, stop=stop, count=len(people), now=now)
        elif await repository.change_broadcast(
            session,
            broadcast.id,
            only_from=[BroadcastState.SCHEDULED],
            state=BroadcastState.SENDING,
            started_at=now,
            due_at=now + LOOK_AGAIN,
            recipients=len(people),
        ):
            await _queue(session, bot, broadcast, people=people, now=now)
            log.info("broadcast_begun", recipients=len(people))

    async def _people(self, session: AsyncSession, bot: Bot) -> Sequence[str]:
        channel = await channels.find(session, bot.channel_id)
        return await repository.followers(session, bot, shared=channel is None or channel.is_central)

    async def _end(self, session: AsyncSession, broadcast: Broadcast, *, now: datetime) -> None:
        """Report, once nothing is under way any more."""
        tally = await repository.tally_of(session, broadcast.id)
        if tally.open:
            broadcast.due_at = now + LOOK_AGAIN
            return
        done: dict[str, Any] = {"state": BroadcastState.DONE, "due_at": None, "ended_at": now}
        if await repository.change_broadcast(session, broadcast.id, only_from=[BroadcastState.SENDING], **done):
            log.info("broadcast_done", sent=tally.sent, refused=tally.refused, unknown=tally.unknown, cost=tally.cost)
            bot = await session.get_one(Bot, broadcast.bot_id)
            await _tell(session, bot, broadcast, text=report_of(tally), now=now)


async def note_progress(session: AsyncSession, delivery: Delivery) -> None:
    """A multicast has ended: its broadcast may be over (`OutgoingWorker.on_end`)."""
    if delivery.broadcast_id is not None:
        sending, now = [BroadcastState.SENDING], delivery.updated_at
        await repository.change_broadcast(session, delivery.broadcast_id, only_from=sending, due_at=now)


def report_of(tally: Tally) -> str:
    """How a broadcast went, in a sentence or two."""
    said = [say("broadcast.report", sent=tally.sent, cost=tally.cost)]
    if tally.refused:
        said.append(say("broadcast.report_refused", count=tally.refused))
    if tally.unknown:
        said.append(say("broadcast.report_unknown", count=tally.unknown))
    return "\n".join(said)


async def _hindrance(
    session: AsyncSession, bot: Bot, broadcast: Broadcast, *, count: int, now: datetime
) -> Stop | None:
    if not bot.is_active or bot.channel_id != broadcast.channel_id:
        return Stop("bot_gone")
    if bot.suspended_at is not None:
        return Stop("suspended")
    if not count:
        return Stop("nobody")
    room = await room_of(session, bot, now=now, apart_from=broadcast.id)
    bound = room.lacks(count)
    return Stop(bound, room.left or 0) if bound is not None else None


async def _queue(
    session: AsyncSession, bot: Bot, broadcast: Broadcast, *, people: Sequence[str], now: datetime
) -> None:
    for start in range(0, len(people), MAX_MULTICAST):
        planned = PlannedPush(
            channel_id=broadcast.channel_id,
            bot_id=bot.id,
            purpose=Purpose.BROADCAST,
            messages=broadcast.messages,
            recipients=people[start : start + MAX_MULTICAST],
            broadcast_id=broadcast.id,
            lasts=LASTS,
        )
        await ledger.queue_push(session, planned, now=now)


async def _stopped(
    session: AsyncSession, bot: Bot, broadcast: Broadcast, *, stop: Stop, count: int, now: datetime
) -> None:
    stopped: dict[str, Any] = {"state": BroadcastState.STOPPED, "reason": stop.reason, "due_at": None, "ended_at": now}
    if await repository.change_broadcast(session, broadcast.id, only_from=[BroadcastState.SCHEDULED], **stopped):
        log.warning("broadcast_stopped", reason=stop.reason, recipients=count, left=stop.left)
        key = stop.reason if stop.reason in {"bot_gone", "nobody", "suspended", NoRoom.QUOTA_UNKNOWN} else "no_room"
        text = say(f"broadcast.stopped_{key}", count=count, left=stop.left)
        await _tell(session, bot, broadcast, text=text, now=now, urgent=True)


async def _tell(
    session: AsyncSession, bot: Bot, broadcast: Broadcast, *, text: str, now: datetime, urgent: bool = False
) -> None:
    key = lasting_key(NoticeKind.BROADCAST, broadcast.id)
    await tell(session, bot, Notice(kind=NoticeKind.BROADCAST, key=key, text=text, urgent=urgent), now=now)


def _waits(broadcast: Broadcast, now: datetime) -> bool:
    """Whether there is still time for LINE to tell its quota."""
    return now - (broadcast.scheduled_at or now) < WAIT_FOR_QUOTA


def _id_in(lane: str) -> int:
    return int(lane.partition(":")[2])
