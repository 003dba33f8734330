"""Reads and writes of channels."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.models import Channel


async def find(session: AsyncSession, channel_id: uuid.UUID | None) -> Channel | None:
    """The channel of this id, or the central one for None."""
    wanted = Channel.is_central if channel_id is None else Channel.id == channel_id
    channel: Channel | None = await session.scalar(select(Channel).where(wanted))
    return channel


async def find_by_bot_user_id(session: AsyncSession, bot_user_id: str) -> Channel | None:
    """The channel whose Official Account has this LINE user id."""
    channel: Channel | None = await session.scalar(select(Channel).where(Channel.bot_user_id == bot_user_id))
    return channel


async def promote_secret(session: AsyncSession, channel: Channel, *, at: datetime) -> bool:
    """Let the announced secret be the channel's only one, if it still is the one that `channel` was read with."""
    announced = channel.next_secret_box
    promoted = await session.execute(
        update(Channel)
        .where(Channel.id == channel.id, Channel.next_secret_box == announced)
        .values(secret_box=announced, next_secret_box=None, updated_at=at)
        .returning(Channel.id)
    )
    return promoted.first() is not None


async def mark_broken(session: AsyncSession, channel_id: uuid.UUID, *, at: datetime | None) -> None:
    """Note that LINE refuses the channel's token since `at`, or with None that it works again."""
    await session.execute(update(Channel).where(Channel.id == channel_id).values(broken_at=at))
