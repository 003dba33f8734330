"""Statements on owners, claim codes and wrong tries."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from bot.models import Bot, BotOwner, ClaimAttempt, ClaimCode


async def bots_owned_by(session: AsyncSession, channel_id: uuid.UUID, user_id: str) -> Sequence[Bot]:
    """The active bots this LINE user owns on this channel, the latest bound first."""
    owned = (
        select(Bot)
        .join(BotOwner, BotOwner.bot_id == Bot.id)
        .where(BotOwner.channel_id == channel_id, BotOwner.user_id == user_id, Bot.is_active)
        .order_by(BotOwner.bound_at.desc())
    )
    return (await session.scalars(owned)).all()


async def bots_waiting_for_owner(
    session: AsyncSession, channel_id: uuid.UUID, *, since: datetime, limit: int
) -> Sequence[Bot]:
    """Active bots of the channel that nobody owns and that were provisioned after `since`."""
    waiting = (
        select(Bot)
        .outerjoin(BotOwner, BotOwner.bot_id == Bot.id)
        .where(Bot.channel_id == channel_id, Bot.is_active, Bot.created_at > since, BotOwner.bot_id.is_(None))
        .limit(limit)
    )
    return (await session.scalars(waiting)).all()


async def add_owner(session: AsyncSession, owner: dict[str, Any]) -> bool:
    """Make somebody the owner; False when the bot has one already, even one added this very moment."""
    dialect = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
    added = dialect.insert(BotOwner).values(owner).on_conflict_do_nothing().returning(BotOwner.bot_id)
    return await session.scalar(added) is not None


async def remove_owner(session: AsyncSession, bot_id: uuid.UUID, channel_id: uuid.UUID, user_id: str) -> bool:
    """End an ownership; False when it wasn't this user's."""
    removed = delete(BotOwner).where(
        BotOwner.bot_id == bot_id, BotOwner.channel_id == channel_id, BotOwner.user_id == user_id
    )
    return await session.scalar(removed.returning(BotOwner.bot_id)) is not None


async def find_claim_code(session: AsyncSession, code_hash: str) -> ClaimCode | None:
    """The claim code of this keyed hash, whatever its state."""
    code: ClaimCode | None = await session.scalar(select(ClaimCode).where(ClaimCode.code_hash == code_hash))
    return code


async def use_up_claim_codes(session: AsyncSession, bot_id: uuid.UUID, *, now: datetime) -> None:
    """No open code of a bot may bind it once it has an owner."""
    await session.execute(
        update(ClaimCode).where(ClaimCode.bot_id == bot_id, ClaimCode.used_at.is_(None)).values(used_at=now)
    )


async def count_claim_attempts(session: AsyncSession, channel_id: uuid.UUID, user_id: str, *, since: datetime) -> int:
    """How many wrong codes this user tried on this channel after `since`."""
    tries = select(func.count()).where(
        ClaimAttempt.channel_id == channel_id, ClaimAttempt.user_id == user_id, ClaimAttempt.tried_at > since
    )
    return await session.scalar(tries) or 0
