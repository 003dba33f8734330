"""群發: a text to all who follow a bot. Written, looked at, then sent, or sent later, or thrown away."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from bot.clock import SHOP_TIME
from bot.line.channels import repository as channels
from bot.line.flex import bubble, list_bubble
from bot.line.messages import Action, DatetimePickerAction, FlexMessage, TextMessage, UriAction
from bot.line.splitting import TEXT_LIMIT, utf16_length
from bot.line.wording import is_blank
from bot.models import Bot, Broadcast
from handlers.line import repository
from handlers.line.budget import budget_of
from handlers.line.months import month_end
from handlers.line.owner.desk import Desk, Order
from handlers.line.owner.moments import read_moment
from handlers.line.owner.quota import QUOTA
from handlers.line.owner.replies import begin, current, end, expired, phrase, tap, told, way_back, ways_out
from handlers.line.pushing import NoRoom, Room, limit_of, room_of
from handlers.line.quiet import after_quiet_hours
from handlers.line.rendering import local
from handlers.line.repository import BroadcastState, Role
from handlers.line.responses import Message, Reply, Response, StoredMessage
from handlers.line.resting import suspended_text
from handlers.line.taps import TAP

BROADCAST = "broadcast"
FARTHEST = timedelta(days=366)
SOONEST = timedelta(minutes=1)
_URL = re.compile(r"https?://\S+")


def add_to(desk: Desk) -> None:
    """Let owners broadcast."""
    desk.action(BROADCAST, _tapped, needs=Role.OWNER)
    desk.dialog(BROADCAST, _written)


async def _tapped(session: AsyncSession, order: Order) -> Response:
    """The word itself, or a button: `<verb>.<broadcast>`."""
    verb, _, number = order.argument.partition(".")
    if not verb:
        return await _start(session, order)
    broadcast = await repository.find_broadcast(session, int(number)) if number.isdecimal() else None
    if broadcast is None or broadcast.bot_id != order.bot.id:
        return expired(order)
    if verb == "drop":
        return await _drop(session, order, broadcast)
    if broadcast.state != BroadcastState.DRAFT:
        return await _standing(session, order, broadcast)
    if verb == "send":
        return await _send(session, order, broadcast, at=order.incoming.now)
    return await _ask(session, order, verb, broadcast)


async def _ask(session: AsyncSession, order: Order, verb: str, broadcast: Broadcast) -> Response:
    """A button that asks for something more about a draft."""
    match verb:
        case "at":
            return await _picked(session, order, broadcast)
        case "plan":
            return await _ask_when(session, order, broadcast)
        case "edit" | "link":
            return await _ask_for(session, order, verb, broadcast)
    return await _preview(session, order, broadcast)


async def _start(session: AsyncSession, order: Order) -> Response:
    """Ask what is to be said, unless something is being sent already or nobody would get it."""
    if order.bot.suspended_at is not None:
        return _suspended(order)
    standing = await repository.open_broadcast(session, order.bot.id)
    if standing is not None:
        return await _standing(session, order, standing)
    count = await _count(session, order.bot)
    if not count:
        return told(order, phrase(order, "broadcast.nobody"), *ways_out(order))
    await begin(session, order, BROADCAST, data={"step": "edit"})
    return told(order, phrase(order, "broadcast.ask_text", count=count), way_back(order))


def _suspended(order: Order) -> Reply:
    """Nothing goes out to everybody while the provider lets the bot rest."""
    return told(order, suspended_text(order.bot, order.language), *ways_out(order))


async def _ask_for(session: AsyncSession, order: Order, step: str, broadcast: Broadcast) -> Response:
    await begin(session, order, BROADCAST, data={"step": step, "id": broadcast.id})
    return told(order, phrase(order, f"broadcast.ask_{step}"), _look(order, broadcast), way_back(order))


async def _ask_when(session: AsyncSession, order: Order, broadcast: Broadcast, *, key: str = "ask_when") -> Response:
    await begin(session, order, BROADCAST, data={"step": "plan", "id": broadcast.id})
    now = order.incoming.now.astimezone(SHOP_TIME)
    morning = after_quiet_hours(now + timedelta(hours=1))
    picker = DatetimePickerAction(
        phrase(order, "broadcast.pick"),
        data=f"{TAP}:{BROADCAST}:{order.bot.id.hex}:at.{broadcast.id}",
        mode="datetime",
        initial=f"{morning:%Y-%m-%dT%H:%M}",
        earliest=f"{now:%Y-%m-%dT%H:%M}",
        latest=f"{now + FARTHEST:%Y-%m-%dT%H:%M}",
    )
    return told(order, phrase(order, f"broadcast.{key}"), picker, way_back(order))


async def _written(session: AsyncSession, order: Order) -> Response:
    """A text of the dialog: what is to be sent, a link below it, or when."""
    dialog = await current(session, order, BROADCAST)
    if dialog is None:
        return expired(order)
    step, number = dialog.data.get("step"), dialog.data.get("id")
    broadcast = await repository.find_broadcast(session, number) if number is not None else None
    if broadcast is not None and broadcast.state != BroadcastState.DRAFT:
        await end(session, order)
        return await _standing(session, order, broadcast)
    if step == "plan" and broadcast is not None:
        moment = read_moment(order.argument, order.incoming.now.astimezone(SHOP_TIME))
        return await _plan(session, order, broadcast, moment)
    if step == "link" and broadcast is not None:
        return await _linked(session, order, broadcast)
    return await _texted(session, order, broadcast)


async def _texted(session: AsyncSession, order: Order, broadcast: Broadcast | None) -> Response:
    """Make a draft of what was written, or change one."""
    if is_blank(order.argument) or utf16_length(order.argument) > TEXT_LIMIT:
        return told(order, phrase(order, "broadcast.text_too_long", limit=TEXT_LIMIT), way_back(order))
    channel = await channels.find(session, order.bot.channel_id)
    # Where shops share an account, people must see whose word it is.
    sender = order.bot.store_name if channel is not None and channel.is_central else ""
    message = TextMessage(order.argument, sender=sender).to_json()
    await end(session, order)
    if broadcast is not None:
        messages = [message, *broadcast.messages[1:]]
        await _change(session, broadcast, messages)
        return await _preview(session, order, broadcast)
    made = Broadcast(
        tenant_id=order.bot.tenant_id,
        bot_id=order.bot.id,
        channel_id=order.bot.channel_id,
        contact_id=order.turn.contact.id,
        messages=[message],
        state=BroadcastState.DRAFT,
        created_at=order.incoming.now,
    )
    await repository.add_broadcast(session, made)
    return await _preview(session, order, made)


async def _linked(session: AsyncSession, order: Order, broadcast: Broadcast) -> Response:
    """Put a button with a link below the text."""
    found = _URL.search(order.argument)
    label = _URL.sub("", order.argument).strip() or phrase(order, "broadcast.link_label")
    try:
        opens = UriAction(label, found[0]) if found else None
    except ValueError:
        opens = None
    if opens is None:
        return told(order, phrase(order, "broadcast.link_unreadable"), way_back(order))
    card = FlexMessage(label, bubble("", buttons=[opens])).to_json()
    await end(session, order)
    sender = {"sender": broadcast.messages[0]["sender"]} if "sender" in broadcast.messages[0] else {}
    await _change(session, broadcast, [broadcast.messages[0], {**card, **sender}])
    return await _preview(session, order, broadcast)


async def _change(session: AsyncSession, broadcast: Broadcast, messages: list[dict[str, Any]]) -> None:
    drafts = [BroadcastState.DRAFT]
    await repository.change_broadcast(session, broadcast.id, only_from=drafts, messages=messages)
    await session.refresh(broadcast)


async def _picked(session: AsyncSession, order: Order, broadcast: Broadcast) -> Response:
    """A day and time that were chosen on the phone's wheel."""
    params = dict(getattr(order.incoming.event, "params", ()))
    try:
        moment = datetime.fromisoformat(params["datetime"]).replace(tzinfo=SHOP_TIME)
    except (KeyError, ValueError):
        moment = None
    return await _plan(session, order, broadcast, moment)


async def _plan(session: AsyncSession, order: Order, broadcast: Broadcast, moment: datetime | None) -> Response:
    if moment is None:
        return await _ask_when(session, order, broadcast, key="when_unreadable")
    if not order.incoming.now - SOONEST <= moment <= order.incoming.now + FARTHEST:
        return await _ask_when(session, order, broadcast, key="when_over")
    await end(session, order)
    return await _send(session, order, broadcast, at=max(moment, order.incoming.now))


async def _send(session: AsyncSession, order: Order, broadcast: Broadcast, *, at: datetime) -> Response:
    """Let it go out at that time, or when the night is over, where the month of that time has room."""
    if order.bot.suspended_at is not None:
        return _suspended(order)
    count, when = await _count(session, order.bot), after_quiet_hours(at)
    room = await _room(session, order, broadcast, when=when)
    if not count or room.lacks(count) is not None:
        return await _preview(session, order, broadcast)
    if not await repository.schedule_broadcast(session, broadcast, at=when, recipients=count):
        standing = await repository.open_broadcast(session, order.bot.id)
        return await _standing(session, order, standing or broadcast)
    await end(session, order)
    lane = repository.broadcast_lane(broadcast.id)
    if when <= order.incoming.now:
        result = tap(order, "broadcast.result", BROADCAST, f"show.{broadcast.id}")
        return told(order, phrase(order, "broadcast.begins", count=count), result, *ways_out(order), wake=[lane])
    key = "broadcast.scheduled" if when == at else "broadcast.scheduled_for_morning"
    text = phrase(order, key, count=count, when=local(when))
    return told(order, text, _drop_button(order, broadcast), *ways_out(order))


async def _drop(session: AsyncSession, order: Order, broadcast: Broadcast) -> Response:
    """Throw it away, as long as nothing of it is on its way."""
    dropped = await repository.change_broadcast(
        session,
        broadcast.id,
        only_from=[BroadcastState.DRAFT, BroadcastState.SCHEDULED],
        state=BroadcastState.CANCELLED,
        due_at=None,
        ended_at=order.incoming.now,
    )
    await end(session, order)
    if not dropped:
        await session.refresh(broadcast)
        return await _standing(session, order, broadcast)
    return told(order, phrase(order, "broadcast.dropped"), *ways_out(order))


async def _standing(session: AsyncSession, order: Order, broadcast: Broadcast) -> Reply:
    """How it stands with a broadcast that is no draft any more."""
    match broadcast.state:
        case BroadcastState.SCHEDULED:
            when = local(broadcast.due_at or order.incoming.now)
            text = phrase(order, "broadcast.is_scheduled", when=when, count=broadcast.recipients)
            return told(order, text, _drop_button(order, broadcast), *ways_out(order))
        case BroadcastState.SENDING | BroadcastState.DONE:
            tally = await repository.tally_of(session, broadcast.id)
            key = "broadcast.is_done" if broadcast.state == BroadcastState.DONE else "broadcast.is_sending"
            return told(order, phrase(order, key, sent=tally.sent, count=broadcast.recipients), *ways_out(order))
    return expired(order)


async def _preview(session: AsyncSession, order: Order, broadcast: Broadcast) -> Reply:
    """What followers will see, as they will see it, then to how many it goes and what that costs."""
    count = await _count(session, order.bot)
    room = await _room(session, order, broadcast, when=order.incoming.now)
    problem = _problem(order, room, count)
    rows = [(phrase(order, "broadcast.people"), phrase(order, "broadcast.people_count", count=count))]
    rows.append((phrase(order, "broadcast.cost"), phrase(order, "broadcast.messages", count=count)))
    if room.bound is not NoRoom.QUOTA_UNKNOWN and room.left is not None:
        rows.append((phrase(order, "broadcast.left"), phrase(order, "broadcast.messages", count=room.left)))
    if not problem and (ahead := await _forecast(session, order.bot, order.incoming.now)) is not None:
        rows.append((phrase(order, "broadcast.forecast"), phrase(order, "broadcast.messages", count=ahead + count)))
    card = list_bubble(
        phrase(order, "broadcast.preview"),
        [*rows, problem] if problem else rows,
        buttons=_choices(order, broadcast, sendable=not problem),
        note=phrase(order, "broadcast.note"),
    )
    as_sent: Sequence[Message] = [StoredMessage(message) for message in broadcast.messages]
    return Reply(messages=(*as_sent, FlexMessage("", card)), bot_id=order.bot.id)


def _choices(order: Order, broadcast: Broadcast, *, sendable: bool) -> list[Action]:
    def one(verb: str, key: str) -> Action:
        return tap(order, f"broadcast.{key}", BROADCAST, f"{verb}.{broadcast.id}")

    first = [one("send", "send"), one("plan", "plan")] if sendable else [one("plan", "plan"), one("show", "again")]
    usage = [] if sendable else [tap(order, "broadcast.usage", QUOTA)]
    return [*first, one("edit", "edit"), one("link", "link"), *usage, one("drop", "drop")]


def _problem(order: Order, room: Room, count: int) -> str:
    """Why it can't be sent now; an empty text where it can."""
    if not count:
        return phrase(order, "broadcast.nobody")
    match room.lacks(count):
        case None:
            return ""
        case NoRoom.QUOTA_UNKNOWN:
            return phrase(order, "quota.not_known")
        case NoRoom.SHARE:
            return phrase(order, "broadcast.beyond_share", count=count, left=room.left)
    return phrase(order, "broadcast.no_room", count=count, left=room.left)


async def _room(session: AsyncSession, order: Order, broadcast: Broadcast, *, when: datetime) -> Room:
    """What may be sent at that time: of a month to come, all that its quota will be."""
    now = order.incoming.now
    if when < month_end(now):
        return await room_of(session, order.bot, now=now, apart_from=broadcast.id)
    channel = await channels.find(session, order.bot.channel_id)
    if channel is None:
        return Room(0, NoRoom.QUOTA_UNKNOWN)
    limit, bound = limit_of(order.bot, channel)
    rooms = [Room(channel.quota_limit, NoRoom.CHANNEL_QUOTA), Room(limit, bound)]
    return min((room for room in rooms if room.left is not None), key=lambda room: room.left or 0, default=Room(None))


async def _forecast(session: AsyncSession, bot: Bot, now: datetime) -> int | None:
    """Billed messages by the end of the month, without this broadcast; None where nothing bounds them."""
    channel = await channels.find(session, bot.channel_id)
    budget = await budget_of(session, bot, channel, now=now) if channel is not None else None
    return budget.forecast if budget is not None and budget.limit is not None else None


async def _count(session: AsyncSession, bot: Bot) -> int:
    channel = await channels.find(session, bot.channel_id)
    return await repository.count_followers(session, bot, shared=channel is None or channel.is_central)


def _look(order: Order, broadcast: Broadcast) -> Action:
    return tap(order, "broadcast.back", BROADCAST, f"show.{broadcast.id}")


def _drop_button(order: Order, broadcast: Broadcast) -> Action:
    return tap(order, "broadcast.unplan", BROADCAST, f"drop.{broadcast.id}")
