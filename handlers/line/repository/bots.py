"""Bots as a contact of a channel may reach them."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from sqlalchemy import bindparam, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.models import Bot, Conversation

_OF_CHANNEL = select(Bot).where(Bot.channel_id == bindparam("channel"), Bot.is_active).limit(bindparam("most"))
_FIND = select(Bot).where(Bot.id == bindparam("bot"), Bot.channel_id == bindparam("channel"), Bot.is_active)


async def bots_of_channel(session: AsyncSession, channel_id: uuid.UUID, *, limit: int) -> Sequence[Bot]:
    """Active bots of a channel."""
    return (await session.scalars(_OF_CHANNEL, {"channel": channel_id, "most": limit})).all()


async def find_bot(session: AsyncSession, channel_id: uuid.UUID, bot_id: uuid.UUID) -> Bot | None:
    """An active bot of this channel."""
    bot: Bot | None = await session.scalar(_FIND, {"bot": bot_id, "channel": channel_id})
    return bot


async def find_bot_by_shop_code(session: AsyncSession, channel_id: uuid.UUID, shop_code: str) -> Bot | None:
    """The active bot of this channel that customers enter by this code."""
    bot: Bot | None = await session.scalar(
        select(Bot).where(Bot.shop_code == shop_code, Bot.channel_id == channel_id, Bot.is_active)
    )
    return bot


async def bots_known_to(session: AsyncSession, contact_id: int, *, limit: int) -> Sequence[Bot]:
    """Active bots that a contact has talked with, the latest first."""
    known = (
        select(Bot)
        .join(Conversation, Conversation.bot_id == Bot.id)
        .where(Conversation.contact_id == contact_id, Bot.is_active)
        .order_by(Conversation.last_message_at.desc())
        .limit(limit)
    )
    return (await session.scalars(known)).all()
