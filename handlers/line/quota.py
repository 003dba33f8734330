"""The month's quota of each channel: asked of LINE every hour, and its owners warned before it is used up."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from bot.clock import Clock
from bot.line.channels import ChannelDirectory
from bot.line.channels import repository as channels
from bot.line.client import LineClient, LineError, Quota
from bot.logging import get_logger, log_context
from bot.models import Bot, Channel, Delivery
from bot.outbox.lanes import Lease
from bot.texts import say
from handlers.line import repository
from handlers.line.budget import budget_of
from handlers.line.months import month_begin, month_name
from handlers.line.notices import Notice, NoticeKind, lasting_key, tell
from handlers.line.repository.quota import LANE_PREFIX

ASK_EVERY = timedelta(hours=1)
ASK_AGAIN = timedelta(minutes=5)

log = get_logger(__name__)


class QuotaWorker:
    """Works lanes `quota:<channel>` (see `bot.outbox.lanes.LaneWorker`)."""

    prefix = LANE_PREFIX

    def __init__(self, directory: ChannelDirectory, line: LineClient, clock: Clock) -> None:
        self._directory = directory
        self._line = line
        self._clock = clock
        self._not_before: dict[uuid.UUID, datetime] = {}

    async def take(self, session: AsyncSession, lease: Lease, now: datetime) -> uuid.UUID | None:
        channel = await channels.find(session, _id_in(lease.key))
        if channel is None or not channel.is_active or self._waits(channel.id, now):
            return None
        told = channel.quota_checked_at
        return channel.id if told is None or told < _old_before(now) else None

    async def perform(self, lease: Lease, item: uuid.UUID) -> Quota | None:
        log_context(channel_id=str(item))
        return await ask_line(self._directory, self._line, item)

    async def finish(self, session: AsyncSession, lease: Lease, item: uuid.UUID, result: Quota | None) -> None:
        now = self._clock.now()
        if result is None:
            self._not_before[item] = now + ASK_AGAIN
            return
        self._not_before.pop(item, None)
        await keep_quota(session, item, result, now=now)

    async def due(self, session: AsyncSession, now: datetime, *, limit: int) -> Sequence[str]:
        found = await repository.channels_to_ask(session, before=_old_before(now), now=now, limit=limit)
        return [repository.quota_lane(channel_id) for channel_id in found if not self._waits(channel_id, now)]

    async def next_due(self, session: AsyncSession, key: str) -> datetime | None:
        """Nothing is urgent: the sweep finds what is due."""
        return None

    def _waits(self, channel_id: uuid.UUID, now: datetime) -> bool:
        """Whether LINE gave no answer a moment ago."""
        return now < self._not_before.get(channel_id, now)


async def ask_line(directory: ChannelDirectory, line: LineClient, channel_id: uuid.UUID) -> Quota | None:
    """The month's quota of a channel as LINE tells it; None where it doesn't."""
    access = await directory.find(channel_id)
    if access is None:
        return None
    try:
        return await line.quota(access.token)
    except LineError as error:
        log.warning("quota_unknown", channel_id=str(channel_id), error=str(error))
        return None


async def keep_quota(session: AsyncSession, channel_id: uuid.UUID, quota: Quota, *, now: datetime) -> None:
    """Write what LINE told, and warn the owners whom it concerns.

    LINE's count lags behind, and within a month it only grows: what is known to be used stays used.
    """
    channel = await channels.find(session, channel_id)
    if channel is None:
        return
    known = channel.quota_used or 0
    same_month = channel.quota_checked_at is not None and channel.quota_checked_at >= month_begin(now)
    used = max(quota.used, known) if same_month else quota.used
    await _save(session, channel, limit=quota.limit, used=used, now=now)


async def note_used_up(session: AsyncSession, delivery: Delivery) -> None:
    """After LINE said that the month's messages are used up: believe it, and tell the owners.

    As many as this delivery would have cost are not left, which is known at once and lasts.
    """
    if delivery.state == "sent" or not await repository.was_out_of_quota(session, delivery):
        return
    channel = await channels.find(session, delivery.channel_id)
    if channel is None:
        return
    now, wanted = delivery.updated_at, len(delivery.recipients or ()) or 1
    limit = channel.quota_used or 0 if channel.quota_limit is None else channel.quota_limit
    used = max(channel.quota_used or 0, limit - wanted + 1)
    log.warning("quota_exhausted", channel_id=str(channel.id), wanted=wanted)
    await _save(session, channel, limit=limit, used=used, now=now)


async def _save(session: AsyncSession, channel: Channel, *, limit: int | None, used: int, now: datetime) -> None:
    """Write what is known of a channel's month, and warn the owners whom it concerns."""
    await repository.save_quota(session, channel.id, limit=limit, used=used, now=now)
    await session.refresh(channel)
    await warn_owners(session, channel, now=now)


async def warn_owners(session: AsyncSession, channel: Channel, *, now: datetime) -> None:
    """Tell the owners of bots whose month's limit is reached, nearly, or will be: each once a month."""
    if channel.is_central:
        bots: Sequence[Bot] = await repository.bots_that_cost(session, channel.id, since=month_begin(now))
    else:
        bots = await repository.bots_of_channel(session, channel.id, limit=10)
    for bot in bots:
        budget = await budget_of(session, bot, channel, now=now)
        if (warning := budget.warning) is None:
            continue
        text = say(
            f"quota.warning_{warning}",
            shop=bot.store_name,
            used=budget.used,
            limit=budget.limit,
            percent=round(budget.share * 100),
            forecast=budget.forecast,
        )
        key = lasting_key(NoticeKind.QUOTA, month_name(now), warning)
        notice = Notice(kind=NoticeKind.QUOTA, key=key, text=text)
        await tell(session, bot, notice, now=now)


def _old_before(now: datetime) -> datetime:
    """What was told before then is asked anew: an hour ago, or before the month began."""
    return max(now - ASK_EVERY, month_begin(now))


def _id_in(lane: str) -> uuid.UUID:
    return uuid.UUID(lane.partition(":")[2])
