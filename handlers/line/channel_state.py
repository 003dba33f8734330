"""What the outcome of a call says about its channel."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from bot.line.channels import ChannelDirectory
from bot.line.channels.repository import mark_broken
from bot.line.delivery import OutcomeKind
from bot.logging import get_logger

log = get_logger(__name__)


async def note_access(
    session: AsyncSession, channels: ChannelDirectory, channel_id: uuid.UUID, kind: OutcomeKind, *, now: datetime
) -> None:
    """A channel whose token LINE refuses is marked, until a message goes through again."""
    channel = await channels.find(channel_id)
    if channel is None:
        return
    if kind is OutcomeKind.ACCESS_REFUSED and channel.broken_at is None:
        log.error("channel_access_refused", channel_id=str(channel.id))
        await mark_broken(session, channel.id, at=now)
        channels.forget()
    elif kind is OutcomeKind.SENT and channel.broken_at is not None:
        await mark_broken(session, channel.id, at=None)
        channels.forget()
