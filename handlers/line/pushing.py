"""Sending what nobody's reply token pays for, and whether that is allowed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from sqlalchemy.ext.asyncio import AsyncSession

from bot.clock import SHOP_TIME
from bot.line.channels import repository as channels
from bot.line.delivery import Purpose
from bot.line.delivery import repository as ledger
from bot.line.delivery.repository import PlannedPush
from bot.line.events import UnreadableEvent, parse_event
from bot.models import Bot, Delivery
from handlers.line import repository
from handlers.line.inbox.rows import lane_of
from handlers.line.responses import Message

# A token that is older isn't worth trying: by the time of the call it may have expired.
TOKEN_FRESH = timedelta(seconds=45)
# LINE counts by the month of its own time zone.
LINE_TIME = SHOP_TIME
QUOTA_KNOWN_FOR = timedelta(hours=26)


class NoRoom(StrEnum):
    """Why nothing may be pushed."""

    BOT_LIMIT = "push_limit_reached"
    CHANNEL_QUOTA = "quota_exhausted"
    QUOTA_UNKNOWN = "quota_unknown"


async def room_for(session: AsyncSession, bot: Bot, *, now: datetime, count: int = 1) -> NoRoom | None:
    """Whether `bot` may cause `count` more billed messages this month: None, or what stands in the way."""
    channel = await channels.find(session, bot.channel_id)
    if channel is None or channel.quota_checked_at is None or channel.quota_checked_at < now - QUOTA_KNOWN_FOR:
        return NoRoom.QUOTA_UNKNOWN
    if channel.quota_limit is not None and (channel.quota_used or 0) + count > channel.quota_limit:
        return NoRoom.CHANNEL_QUOTA
    if bot.push_limit is not None:
        spent = await ledger.billed_since(session, bot.id, month_begin(now))
        if spent + count > bot.push_limit:
            return NoRoom.BOT_LIMIT
    return None


def month_begin(now: datetime) -> datetime:
    """When the month began in which LINE counts at `now`."""
    return now.astimezone(LINE_TIME).replace(day=1, hour=0, minute=0, second=0, microsecond=0).astimezone(UTC)


async def send_to(
    session: AsyncSession,
    bot: Bot,
    to: str,
    messages: Sequence[Message],
    *,
    purpose: Purpose,
    now: datetime,
    may_push: bool = True,
) -> Delivery | NoRoom | None:
    """Queue messages to somebody's one-to-one chat: on a free token where one is left, else as a push.

    None where there is no free token and `may_push` is false; NoRoom where the policy or the quota forbids a push.
    Wake `delivery.lane` once the transaction is on the disk.
    """
    refused = None if not may_push else await room_for(session, bot, now=now)
    token = await _free_token(session, bot, to, now=now)
    if token is None and (refused is not None or not may_push):
        return refused
    event_id, reply_token, token_at = token or (None, "", None)
    planned = PlannedPush(
        channel_id=bot.channel_id,
        bot_id=bot.id,
        to=to,
        purpose=purpose,
        messages=[message.to_json() for message in messages],
        reply_token=reply_token,
        token_at=token_at,
        may_push=may_push and refused is None,
    )
    delivery = await ledger.queue_push(session, planned, now=now)
    if event_id is not None:
        await repository.spend(session, event_id, delivery.id)
    return delivery


async def _free_token(session: AsyncSession, bot: Bot, to: str, *, now: datetime) -> tuple[int, str, datetime] | None:
    """The newest unspent reply token of a chat: its event, itself, and when it arrived."""
    lane = lane_of(bot.channel_id, to)
    unspent = await repository.unspent_events(session, bot.channel_id, lane, since=now - TOKEN_FRESH)
    for event_id, payload, received_at in unspent:
        try:
            event = parse_event(payload)
        except UnreadableEvent:
            continue
        if event.may_be_answered and event.reply_token is not None:
            return event_id, event.reply_token, received_at
    return None
