"""Statements on owners, helpers, claim codes and wrong tries."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, func, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from bot.models import Bot, BotHelper, BotOwner, ClaimAttempt, ClaimCode

# How long a wrong code counts against whoever tried it.
TRIES_WINDOW = timedelta(hours=1)


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


async def was_owned(session: AsyncSession, bot: Bot) -> bool:
    """Whether somebody was bound to a bot before: that uses its code up."""
    used = select(ClaimCode.id).where(ClaimCode.bot_id == bot.id, ClaimCode.used_at.is_not(None)).limit(1)
    return await session.scalar(used) is not None


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


async def remove_any_owner(session: AsyncSession, bot_id: uuid.UUID) -> str | None:
    """End the ownership of a bot; the user id of who owned it."""
    removed = delete(BotOwner).where(BotOwner.bot_id == bot_id).returning(BotOwner.user_id)
    user_id: str | None = await session.scalar(removed, execution_options={"synchronize_session": False})
    return user_id


async def hold_in_service(session: AsyncSession, bot_id: uuid.UUID) -> bool:
    """Whether a bot is in service, which it then stays until this transaction ends."""
    held = select(Bot.id).where(Bot.id == bot_id, Bot.is_active).with_for_update(read=True)
    return await session.scalar(held) is not None


async def replace_owner(session: AsyncSession, owner: BotOwner, user_id: str, *, now: datetime) -> bool:
    """Put another user of the channel in an owner's place; False when it isn't that owner's any more."""
    replaced = (
        update(BotOwner)
        .where(BotOwner.bot_id == owner.bot_id)
        .where(BotOwner.channel_id == owner.channel_id, BotOwner.user_id == owner.user_id)
        .values(user_id=user_id, bound_at=now)
        .returning(BotOwner.bot_id)
    )
    unsynchronised = {"synchronize_session": False}
    return await session.scalar(replaced, execution_options=unsynchronised) is not None


async def helpers_of(session: AsyncSession, bot: Bot) -> Sequence[BotHelper]:
    """The helpers of a bot on its channel, the first added first."""
    helping = select(BotHelper).where(BotHelper.bot_id == bot.id, BotHelper.channel_id == bot.channel_id)
    return (await session.scalars(helping.order_by(BotHelper.added_at, BotHelper.user_id))).all()


async def add_helper(session: AsyncSession, helper: dict[str, Any]) -> bool:
    """Make somebody a helper; False when they are one already."""
    dialect = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
    added = dialect.insert(BotHelper).values(helper).on_conflict_do_nothing().returning(BotHelper.user_id)
    return await session.scalar(added) is not None


async def remove_helpers(session: AsyncSession, bot_id: uuid.UUID, *, user_id: str | None = None) -> Sequence[str]:
    """End the part of a bot's helpers, or of one of them; the user ids of those who were one."""
    removed = delete(BotHelper).where(BotHelper.bot_id == bot_id)
    if user_id is not None:
        removed = removed.where(BotHelper.user_id == user_id)
    unsynchronised = {"synchronize_session": False}
    return (await session.scalars(removed.returning(BotHelper.user_id), execution_options=unsynchronised)).all()


async def find_claim_code(session: AsyncSession, code_hash: str) -> ClaimCode | None:
    """The claim code of this keyed hash, whatever its state."""
    code: ClaimCode | None = await session.scalar(select(ClaimCode).where(ClaimCode.code_hash == code_hash))
    return code


async def take_claim_code(session: AsyncSession, code_id: int, *, now: datetime) -> bool:
    """Use a code; False when another claim was faster, or it has ended meanwhile, as when a new one was issued."""
    still_open = ClaimCode.used_at.is_(None), ClaimCode.expires_at > now
    taken = update(ClaimCode).where(ClaimCode.id == code_id, *still_open).values(used_at=now)
    unsynchronised = {"synchronize_session": False}
    return await session.scalar(taken.returning(ClaimCode.id), execution_options=unsynchronised) is not None


async def use_up_claim_codes(session: AsyncSession, bot_id: uuid.UUID, *, now: datetime) -> None:
    """No open code of a bot may bind it once it has an owner."""
    await session.execute(
        update(ClaimCode).where(ClaimCode.bot_id == bot_id, ClaimCode.used_at.is_(None)).values(used_at=now)
    )


async def purge_claim_attempts(session: AsyncSession, now: datetime) -> None:
    """Remove the tries that no longer count against anybody."""
    outdated = delete(ClaimAttempt).where(ClaimAttempt.tried_at <= now - TRIES_WINDOW)
    await session.execute(outdated, execution_options={"synchronize_session": False})


async def count_claim_attempts(session: AsyncSession, channel_id: uuid.UUID, user_id: str, *, since: datetime) -> int:
    """How many wrong codes this user tried on this channel after `since`."""
    tries = select(func.count()).where(
        ClaimAttempt.channel_id == channel_id, ClaimAttempt.user_id == user_id, ClaimAttempt.tried_at > since
    )
    return await session.scalar(tries) or 0
