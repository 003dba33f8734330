"""What is under way in a bot's name when it is given up: all of it ends, and says why."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import Update, bindparam, delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.db.statements import table_of
from bot.line.delivery import DeliveryState
from bot.models import Bot, Broadcast, Conversation, Delivery, LateAnswer, StaffDialog, StaffNotice
from handlers.line.repository.broadcasts import BroadcastState
from handlers.line.repository.conversations import Speaker
from handlers.line.repository.events import fail_delivered
from handlers.line.repository.follow_ups import PUSHED, UNTOLD

BOT_GONE = "bot_gone"
_DROPPED = "dropped"
_NOT_TOLD = ("pending", "ready", "failed", UNTOLD, PUSHED)
_OPEN_BROADCASTS = (BroadcastState.DRAFT, BroadcastState.SCHEDULED, BroadcastState.SENDING)
_BOTS = table_of(Bot)
_STATE = select(_BOTS.c.is_active, _BOTS.c.suspended_at).where(_BOTS.c.id == bindparam("bot"))
_UNSYNCHRONISED = {"synchronize_session": False}


async def still_speaks(session: AsyncSession, bot: Bot) -> bool:
    """Whether a bot that was read a while ago is still in service, and rests no more and no less than then."""
    row = (await session.execute(_STATE, {"bot": bot.id})).first()
    return row is not None and row[0] and (row[1] is None) is (bot.suspended_at is None)


async def end_all_of(session: AsyncSession, bot: Bot, *, now: datetime) -> None:
    """End what a bot was about to send, to answer, to tell, and whatever its people were in the middle of.

    A reply that LINE is being asked to take at this moment is the only thing that still may arrive.
    """
    # Broadcasts first: one that begins at this moment is waited for, and what it queued is seen after that.
    open_ones = update(Broadcast).where(Broadcast.bot_id == bot.id, Broadcast.state.in_(_OPEN_BROADCASTS))
    await _run(session, open_ones, state=BroadcastState.STOPPED, reason=BOT_GONE, due_at=None, ended_at=now)
    await _end_deliveries(session, bot.id, now=now)
    late = update(LateAnswer).where(LateAnswer.state.in_(_NOT_TOLD), LateAnswer.told_at.is_(None))
    await _run(session, late.where(LateAnswer.bot_id == bot.id), state=_DROPPED, due_at=None)
    held = update(Conversation).where(Conversation.bot_id == bot.id, Conversation.state != Speaker.BOT)
    await _run(session, held, state=Speaker.BOT, state_since=now, state_until=None, staff_contact_id=None)
    await session.execute(delete(StaffDialog).where(StaffDialog.bot_id == bot.id), execution_options=_UNSYNCHRONISED)
    untold = update(StaffNotice).where(StaffNotice.bot_id == bot.id, StaffNotice.told_at.is_(None))
    await _run(session, untold, told_at=now)


async def _end_deliveries(session: AsyncSession, bot_id: uuid.UUID, *, now: datetime) -> None:
    """Let nothing that waits be pushed; what is being pushed at this moment isn't tried once more."""
    waiting = update(Delivery).where(Delivery.bot_id == bot_id, Delivery.due_at.is_not(None))
    not_begun = waiting.where(Delivery.state != DeliveryState.SENDING).returning(Delivery.id)
    ended = not_begun.values(state=DeliveryState.REFUSED, due_at=None, error=BOT_GONE, updated_at=now)
    for delivery_id in (await session.scalars(ended, execution_options=_UNSYNCHRONISED)).all():
        await fail_delivered(session, delivery_id, reason=BOT_GONE)
    await _run(session, waiting, expires_at=now)


async def _run(session: AsyncSession, statement: Update, **values: Any) -> None:
    await session.execute(statement.values(**values), execution_options=_UNSYNCHRONISED)
