"""Whether a chat can still be reached."""

from __future__ import annotations

import uuid

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.models import Contact


async def is_gone(session: AsyncSession, channel_id: uuid.UUID, source_id: str) -> bool:
    """Whether a person blocked the account, or it was removed from a group."""
    gone = or_(Contact.unfollowed_at.is_not(None), Contact.left_at.is_not(None))
    found = select(Contact.id).where(Contact.channel_id == channel_id, Contact.source_id == source_id, gone)
    return await session.scalar(found) is not None
