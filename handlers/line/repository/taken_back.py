"""Everything that holds a message's words, to take them back or to follow their sender's changes."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.line.delivery import Purpose
from bot.models import Conversation, Delivery, LateAnswer, LineEvent, Message, StaffDialog, StaffNotice
from handlers.line.repository.staff import staff_of

_UNSYNCHRONISED = {"synchronize_session": False}
# What goes out to one person, as a reply and as a push.
LANES = ("line", "out")
MESSAGE, EDITED, UNSEND = "message", "messageEdited", "unsend"


async def events_of_message(session: AsyncSession, channel_id: uuid.UUID, message_id: str) -> Sequence[LineEvent]:
    """The events that told of a LINE message: its sending, and every change of its text."""
    told = LineEvent.channel_id == channel_id, LineEvent.message_id == message_id, LineEvent.type != UNSEND
    return (await session.scalars(select(LineEvent).where(*told).order_by(LineEvent.occurred_at, LineEvent.id))).all()


async def unsent_among(
    session: AsyncSession, channel_id: uuid.UUID, message_ids: Collection[str]
) -> Collection[str | None]:
    """Which of these LINE messages were taken back, whether or not the turn of their unsend has come."""
    unsends = LineEvent.channel_id == channel_id, LineEvent.message_id.in_(message_ids), LineEvent.type == UNSEND
    return set(await session.scalars(select(LineEvent.message_id).where(*unsends)))


async def newest_edit(session: AsyncSession, channel_id: uuid.UUID, message_id: str) -> str | None:
    """The payload of the latest change of a message's text, whether or not its turn has come; None without any."""
    told = LineEvent.channel_id == channel_id, LineEvent.message_id == message_id, LineEvent.type == EDITED
    newest = select(LineEvent.payload).where(*told).order_by(LineEvent.occurred_at.desc(), LineEvent.id.desc())
    payload: str | None = await session.scalar(newest.limit(1))
    return payload


async def answer_to(session: AsyncSession, event: LineEvent) -> int | None:
    """The delivery that answers an event. What merely went out on its token holds other people's words."""
    answers = Delivery.id == event.delivery_id, Delivery.purpose == Purpose.ANSWER
    found: int | None = await session.scalar(select(Delivery.id).where(*answers))
    return found


async def events_answered_by(session: AsyncSession, delivery_id: int) -> Sequence[int]:
    """The events that one delivery answers."""
    return (await session.scalars(select(LineEvent.id).where(LineEvent.delivery_id == delivery_id))).all()


async def messages_of_events(session: AsyncSession, event_ids: Sequence[int]) -> Sequence[int]:
    """The ids of what events brought into conversations."""
    said = Message.event_id.in_(event_ids), Message.direction == "in"
    return (await session.scalars(select(Message.id).where(*said))).all()


async def blank_answers(session: AsyncSession, event_ids: Sequence[int], *, at: datetime) -> None:
    """Remove what was answered to events from their conversations: it may repeat what was asked."""
    answers = update(Message).where(Message.event_id.in_(event_ids), Message.direction == "out")
    await session.execute(answers.values(text="", sources=None, unsent_at=at), execution_options=_UNSYNCHRONISED)


async def change_words(session: AsyncSession, event_id: int, text: str) -> int | None:
    """Let what an event brought into a conversation say this from now on; its id, None where it stands in none."""
    said = Message.event_id == event_id, Message.direction == "in", Message.unsent_at.is_(None)
    changed = update(Message).where(*said).values(text=text).returning(Message.id)
    found: int | None = await session.scalar(changed, execution_options=_UNSYNCHRONISED)
    return found


async def told_late(
    session: AsyncSession, lane: str, event_ids: Sequence[int], message_ids: Sequence[int]
) -> Sequence[int]:
    """The deliveries that tell the late answers to events: fetched by a tap, pushed, or before another reply."""
    answers = select(LateAnswer.id, LateAnswer.sources).where(_about(event_ids, message_ids))
    found: set[int | None] = set()
    for answer_id, sources in (await session.execute(answers)).all():
        told = sources or {}
        found.add(told.get("delivery"))
        taps = and_(LineEvent.lane == lane, LineEvent.type == "postback", LineEvent.payload.contains(answer_id.hex))
        carried = or_(taps, LineEvent.id == told.get("event"))
        found |= {*await session.scalars(select(LineEvent.delivery_id).where(carried))}
    return [delivery_id for delivery_id in found if delivery_id is not None]


async def notices_about(
    session: AsyncSession, event_id: int, *, since: datetime
) -> Sequence[tuple[StaffNotice, Delivery | None]]:
    """What was noted for the people of the shop about the conversation that an event belongs to, since then."""
    of_conversation = (
        select(StaffNotice, Delivery)
        .join(Conversation, Conversation.id == StaffNotice.conversation_id)
        .join(Message, Message.conversation_id == Conversation.id)
        .outerjoin(Delivery, Delivery.id == StaffNotice.delivery_id)
        .where(Message.event_id == event_id, Message.direction == "in", StaffNotice.created_at >= since)
        .execution_options(populate_existing=True)
    )
    return [(notice, delivery) for notice, delivery in await session.execute(of_conversation)]


async def texts_of_events(session: AsyncSession, event_ids: Sequence[int]) -> Sequence[str]:
    """What was said in events and in answer to them."""
    return (await session.scalars(select(Message.text).where(Message.event_id.in_(event_ids)))).all()


async def told_to_staff(session: AsyncSession, event: LineEvent) -> Sequence[Delivery]:
    """What was sent, since an event, to the people of the shop whose conversation it belongs to."""
    people = [user_id for bot_id in await _bots_of(session, event) for _, user_id, _ in await staff_of(session, bot_id)]
    lanes = [f"{prefix}:{event.channel_id.hex}:{one}" for prefix in LANES for one in people]
    if not lanes:
        return ()
    since = Delivery.channel_id == event.channel_id, Delivery.created_at >= event.received_at
    told = select(Delivery).where(*since, Delivery.lane.in_(lanes), Delivery.due_at.is_(None))
    return (await session.scalars(told.execution_options(populate_existing=True))).all()


async def dialogs_about(session: AsyncSession, event: LineEvent) -> Sequence[StaffDialog]:
    """What the people of the shop, whose conversation an event belongs to, are in the middle of."""
    of_bots = select(StaffDialog).where(StaffDialog.bot_id.in_(await _bots_of(session, event)))
    return (await session.scalars(of_bots.execution_options(populate_existing=True))).all()


async def _bots_of(session: AsyncSession, event: LineEvent) -> Sequence[uuid.UUID]:
    """The bots to which an event was said."""
    of_bot = select(Conversation.bot_id).join(Message, Message.conversation_id == Conversation.id)
    return (await session.scalars(of_bot.where(Message.event_id == event.id).distinct())).all()


async def drop_late_answers(session: AsyncSession, event_ids: Sequence[int], message_ids: Sequence[int]) -> None:
    """Blank the late answers to events and to what they brought: they are not told any more."""
    blank: dict[str, Any] = {
        "state": "dropped",
        "question": "",
        "answer": None,
        "messages": None,
        "sources": None,
        "due_at": None,
    }
    await session.execute(
        update(LateAnswer).where(_about(event_ids, message_ids)).values(**blank), execution_options=_UNSYNCHRONISED
    )


async def cancel_delivery(session: AsyncSession, delivery_id: int) -> None:
    """Let a delivery that isn't out yet never go out; one that is says nothing any more in the ledger."""
    waits = Delivery.id == delivery_id, Delivery.due_at.is_not(None), Delivery.state.in_(["planned", "refused"])
    ended = update(Delivery).where(*waits).values(state="refused", due_at=None, error="unsent")
    await session.execute(ended, execution_options=_UNSYNCHRONISED)
    blank = update(Delivery).where(Delivery.id == delivery_id, Delivery.due_at.is_(None)).values(messages=[])
    await session.execute(blank, execution_options=_UNSYNCHRONISED)


def _about(event_ids: Sequence[int], message_ids: Sequence[int]) -> ColumnElement[bool]:
    return or_(LateAnswer.event_id.in_(event_ids), LateAnswer.message_id.in_(message_ids))
