"""Bots, as the people of a channel reach them."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from sqlalchemy import bindparam, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.models import Bot, BotHelper, BotOwner, Conversation

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


async def staffed_bots(session: AsyncSession, channel_id: uuid.UUID, user_id: str, *, limit: int) -> Sequence[Bot]:
    """Active bots of a channel that a LINE user owns or helps with, by name."""
    owned = select(BotOwner.bot_id).where(BotOwner.channel_id == channel_id, BotOwner.user_id == user_id)
    helped = select(BotHelper.bot_id).where(BotHelper.channel_id == channel_id, BotHelper.user_id == user_id)
    theirs = Bot.is_active, Bot.channel_id == channel_id, or_(Bot.id.in_(owned), Bot.id.in_(helped))
    return (await session.scalars(select(Bot).where(*theirs).order_by(Bot.store_name, Bot.id).limit(limit))).all()


async def bots_of_vendor(session: AsyncSession, vendor_id: int) -> dict[uuid.UUID, Bot]:
    """The active bots that speak for a vendor."""
    found = await session.scalars(select(Bot).where(Bot.vendor_id == vendor_id, Bot.is_active))
    return {bot.id: bot for bot in found}
