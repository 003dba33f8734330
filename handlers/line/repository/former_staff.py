"""What people leave behind who are no longer of a shop."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.models import Bot, Contact, Conversation, StaffDialog
from handlers.line.repository.conversations import Speaker

_UNSYNCHRONISED = {"synchronize_session": False}


async def _contacts_of(session: AsyncSession, channel_id: uuid.UUID, user_ids: Sequence[str]) -> Sequence[int]:
    """The contacts of LINE users on a channel; none for who never wrote."""
    of_users = select(Contact.id).where(Contact.channel_id == channel_id, Contact.source_id.in_(user_ids))
    return (await session.scalars(of_users)).all()


async def end_staff_work(session: AsyncSession, bot: Bot, user_ids: Sequence[str], *, now: datetime) -> None:
    """End what these people were in the middle of, and give the conversations that they held back to the bot."""
    contact_ids = await _contacts_of(session, bot.channel_id, user_ids)
    if not contact_ids:
        return
    dialogs = delete(StaffDialog).where(StaffDialog.bot_id == bot.id, StaffDialog.contact_id.in_(contact_ids))
    await session.execute(dialogs, execution_options=_UNSYNCHRONISED)
    held = update(Conversation).where(Conversation.bot_id == bot.id, Conversation.staff_contact_id.in_(contact_ids))
    given_back = {"state": Speaker.BOT, "state_since": now, "state_until": None, "staff_contact_id": None}
    await session.execute(held.values(**given_back), execution_options=_UNSYNCHRONISED)
