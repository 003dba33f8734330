"""Sending what nobody's reply token pays for, and whether that is allowed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy.ext.asyncio import AsyncSession

from bot.line.channels import repository as channels
from bot.line.delivery import Purpose
from bot.line.delivery import repository as ledger
from bot.line.delivery.repository import PlannedPush
from bot.line.events import UnreadableEvent, parse_event
from bot.models import Bot, Channel, Delivery
from handlers.line import repository
from handlers.line.inbox.rows import lane_of
from handlers.line.months import month_begin, month_end
from handlers.line.repository import presence
from handlers.line.responses import Message

# A token that is older isn't worth trying: by the time of the call it may have expired.
TOKEN_FRESH = timedelta(seconds=45)
QUOTA_KNOWN_FOR = timedelta(hours=26)
# Of a quota that many shops share, a bot without a limit of its own may use that much a month, so that
# no shop can use up what belongs to all. A limit of its own (`shopkeeper usage limit`) replaces the share.
SHARE_OF_CENTRAL = 0.2


class NoRoom(StrEnum):
    """Why nothing may be pushed."""

    BOT_LIMIT = "push_limit_reached"
    SHARE = "shared_quota_share"
    CHANNEL_QUOTA = "quota_exhausted"
    QUOTA_UNKNOWN = "quota_unknown"
    GONE = "contact_gone"


@dataclass(frozen=True, slots=True)
class Room:
    """How many billed messages may still be caused (None: any number), and what sets that bound."""

    left: int | None
    bound: NoRoom | None = None

    def lacks(self, count: int) -> NoRoom | None:
        """What stands in the way of that many; None where they fit."""
        return self.bound if self.left is not None and count > self.left else None


async def room_for(session: AsyncSession, bot: Bot, *, now: datetime, count: int = 1) -> NoRoom | None:
    """Whether `bot` may cause `count` more billed messages this month: None, or what stands in the way."""
    return (await room_of(session, bot, now=now)).lacks(count)


async def room_of(session: AsyncSession, bot: Bot, *, now: datetime, apart_from: int | None = None) -> Room:
    """How many more billed messages `bot` may cause this month.

    That is what LINE said is left on its channel, less what was sent since and what is queued or scheduled there;
    and no more than the bot's own limit leaves. The broadcast `apart_from` isn't counted.
    """
    channel = await channels.find(session, bot.channel_id)
    if channel is None or channel.quota_checked_at is None or channel.quota_checked_at < now - QUOTA_KNOWN_FOR:
        return Room(0, NoRoom.QUOTA_UNKNOWN)
    rooms = []
    if channel.quota_limit is not None:
        rooms.append(Room(await _left_on(session, channel, now=now, apart_from=apart_from), NoRoom.CHANNEL_QUOTA))
    limit, bound = limit_of(bot, channel)
    if limit is not None:
        spent = await repository.billed(session, bot.id, since=month_begin(now))
        ahead = await repository.reserved(session, bot_id=bot.id, until=month_end(now), apart_from=apart_from)
        rooms.append(Room(max(0, limit - spent - ahead.total), bound))
    return min(rooms, key=lambda room: room.left or 0, default=Room(None))


def limit_of(bot: Bot, channel: Channel) -> tuple[int | None, NoRoom]:
    """What a bot may cause a month beside its channel's quota (None: anything), and which rule says so."""
    if bot.push_limit is not None or not channel.is_central or channel.quota_limit is None:
        return bot.push_limit, NoRoom.BOT_LIMIT
    return max(1, int(channel.quota_limit * SHARE_OF_CENTRAL)) if channel.quota_limit else 0, NoRoom.SHARE


async def used_on(session: AsyncSession, channel: Channel, *, now: datetime) -> int:
    """The month's billed messages of a channel as LINE told them, and what was sent since."""
    if channel.quota_checked_at is None or channel.quota_checked_at < month_begin(now):
        return await repository.sent_since(session, channel.id, month_begin(now))
    return (channel.quota_used or 0) + await repository.sent_since(session, channel.id, channel.quota_checked_at)


async def _left_on(session: AsyncSession, channel: Channel, *, now: datetime, apart_from: int | None) -> int:
    used = await used_on(session, channel, now=now)
    ahead = await repository.reserved(session, channel_id=channel.id, until=month_end(now), apart_from=apart_from)
    return max(0, (channel.quota_limit or 0) - used - ahead.total)


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

    None where there is no free token and `may_push` is false; NoRoom where the policy or the quota forbids a push,
    and where the person has blocked the account. Wake `delivery.lane` once the transaction is on the disk.
    """
    if await presence.is_gone(session, bot.channel_id, to):
        return NoRoom.GONE
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
