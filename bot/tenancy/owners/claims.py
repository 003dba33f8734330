"""Owning a bot: claiming it by code or by the bare command, taking it over, and giving it back.

A claim never guesses: it binds exactly one bot or none (decision 7 in `docs/decisions`).
"""

from __future__ import annotations

import uuid
from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from bot.models import Bot, BotOwner, ClaimAttempt, ClaimCode
from bot.tenancy.claims import CodeRole
from bot.tenancy.owners import repository
from bot.tenancy.owners.helpers import join
from bot.tenancy.owners.outcomes import Claim, Claimant, ClaimOutcome, Released, is_owner, spent

TRIES_AN_HOUR = 5
OWNING = frozenset({CodeRole.OWNER, CodeRole.SUCCESSOR})


async def claim_by_code(
    session: AsyncSession,
    claimant: Claimant,
    *,
    code_hash: str | None,
    now: datetime,
    roles: Collection[CodeRole] = OWNING,
) -> Claim:
    """Make the claimant what the code was issued for, where that is one of `roles`.

    `code_hash` is None for a text that can't be a code; it counts as a wrong try all the same.
    Concurrent claims of one code bind one: taking the code and the ownership are each one
    conditional statement.
    """
    since = now - repository.TRIES_WINDOW
    tries = await repository.count_claim_attempts(session, claimant.channel_id, claimant.user_id, since=since)
    if tries >= TRIES_AN_HOUR:
        return Claim(ClaimOutcome.TOO_MANY_TRIES)
    code = await repository.find_claim_code(session, code_hash) if code_hash else None
    if code is None:
        session.add(ClaimAttempt(channel_id=claimant.channel_id, user_id=claimant.user_id, tried_at=now))
        return Claim(ClaimOutcome.CODE_WRONG, tries_left=TRIES_AN_HOUR - tries - 1)
    if code.role not in roles:
        return Claim(ClaimOutcome.CODE_OF_HELPER if code.role == CodeRole.HELPER else ClaimOutcome.CODE_OF_OWNER)
    return await _redeem(session, claimant, code, now=now)


async def _redeem(session: AsyncSession, claimant: Claimant, code: ClaimCode, *, now: datetime) -> Claim:
    bot = await session.get_one(Bot, code.bot_id)
    if bot.channel_id != claimant.channel_id:
        return Claim(ClaimOutcome.CODE_OTHER_CHANNEL)
    owner = await session.get(BotOwner, bot.id, populate_existing=True)
    if code.role == CodeRole.HELPER:
        return await join(session, claimant, code, bot=bot, owner=owner, now=now)
    if code.role == CodeRole.SUCCESSOR:
        return await _succeed(session, claimant, code, bot=bot, owner=owner, now=now)
    if owner is not None:
        return _owned(bot, owner, claimant, code_used=code.used_at is not None)
    return spent(code, bot, now=now) or await _bind(session, bot, claimant, code=code, now=now)


async def claim_bare(session: AsyncSession, claimant: Claimant, *, window: timedelta, now: datetime) -> Claim:
    """Bind the one bot of the channel that waits for an owner, if it was provisioned within `window` and had none yet.

    With none or several waiting, or a window of zero, nothing is bound; neither is a further bot
    to somebody who owns one already, since that may be a repeated command.
    """
    owned = await repository.bots_owned_by(session, claimant.channel_id, claimant.user_id)
    if owned:
        return Claim(ClaimOutcome.ALREADY_OWNER_ELSEWHERE, owned[0])
    if not window:
        return Claim(ClaimOutcome.NEED_CODE)
    waiting = await repository.bots_waiting_for_owner(session, claimant.channel_id, since=now - window, limit=2)
    # A bot whose owner was released waits for whoever gets its next code, and not for the first to come by.
    if len(waiting) != 1 or await repository.was_owned(session, waiting[0]):
        return Claim(ClaimOutcome.NEED_CODE)
    claim = await _bind(session, waiting[0], claimant, now=now)
    return claim if claim.outcome is ClaimOutcome.BOUND else Claim(ClaimOutcome.NEED_CODE)


async def release(session: AsyncSession, claimant: Claimant, bot_id: uuid.UUID, *, now: datetime) -> Released | None:
    """End this user's ownership of the bot, its helpers' part in it and every open code; None when it isn't theirs."""
    if not is_owner(await session.get(BotOwner, bot_id, populate_existing=True), claimant):
        return None
    await repository.use_up_claim_codes(session, bot_id, now=now)
    if not await repository.remove_owner(session, bot_id, claimant.channel_id, claimant.user_id):
        return None
    helpers = await repository.remove_helpers(session, bot_id)
    return Released(await session.get_one(Bot, bot_id), (claimant.user_id, *helpers))


async def end_ownership(session: AsyncSession, bot: Bot, *, now: datetime) -> Released | None:
    """End whoever's ownership of `bot` it is, its helpers' part in it and every open code; None without an owner."""
    await repository.use_up_claim_codes(session, bot.id, now=now)
    owner_id = await repository.remove_any_owner(session, bot.id)
    helpers = await repository.remove_helpers(session, bot.id)
    return Released(bot, (owner_id, *helpers)) if owner_id is not None else None


async def _succeed(
    session: AsyncSession, claimant: Claimant, code: ClaimCode, *, bot: Bot, owner: BotOwner | None, now: datetime
) -> Claim:
    """Put the claimant in the place of the owner who issued the code."""
    if is_owner(owner, claimant):
        return Claim(ClaimOutcome.ALREADY_YOURS, bot)
    if (refused := spent(code, bot, now=now)) is not None:
        return refused
    if owner is None:
        return Claim(ClaimOutcome.CODE_EXPIRED, bot)
    # The code before the owner, as in `release`: whoever takes it decides, and nobody waits for each other.
    taken = await repository.take_claim_code(session, code.id, now=now)
    if not taken or not await repository.replace_owner(session, owner, claimant.user_id, now=now):
        return Claim(ClaimOutcome.CODE_USED, bot)
    await repository.use_up_claim_codes(session, bot.id, now=now)
    helpers = await repository.remove_helpers(session, bot.id)
    former = tuple(user_id for user_id in (owner.user_id, *helpers) if user_id != claimant.user_id)
    return Claim(ClaimOutcome.SUCCEEDED, bot, former=former)


async def _bind(
    session: AsyncSession, bot: Bot, claimant: Claimant, *, now: datetime, code: ClaimCode | None = None
) -> Claim:
    """Make the claimant the owner of a bot that had none a moment ago, by `code` where they have one."""
    if not await repository.hold_in_service(session, bot.id):
        return Claim(ClaimOutcome.CODE_USED, bot)
    # The code before the owner, as in `release`.
    if code is not None and not await repository.take_claim_code(session, code.id, now=now):
        return await _too_late(session, bot, claimant, code, now=now)
    owner = {
        "bot_id": bot.id,
        "tenant_id": bot.tenant_id,
        "channel_id": claimant.channel_id,
        "user_id": claimant.user_id,
        "bound_at": now,
    }
    if not await repository.add_owner(session, owner):
        current = await session.get_one(BotOwner, bot.id, populate_existing=True)
        return _owned(bot, current, claimant, code_used=False)
    await repository.use_up_claim_codes(session, bot.id, now=now)
    return Claim(ClaimOutcome.BOUND, bot)


async def _too_late(session: AsyncSession, bot: Bot, claimant: Claimant, code: ClaimCode, *, now: datetime) -> Claim:
    """What became of a code that was good a moment ago: used by somebody, or ended by a newer one."""
    current = await session.get(BotOwner, bot.id, populate_existing=True)
    if current is not None:
        return _owned(bot, current, claimant, code_used=True)
    await session.refresh(code)
    return spent(code, bot, now=now) or Claim(ClaimOutcome.CODE_USED, bot)


def _owned(bot: Bot, owner: BotOwner, claimant: Claimant, *, code_used: bool) -> Claim:
    if is_owner(owner, claimant):
        return Claim(ClaimOutcome.ALREADY_YOURS, bot)
    return Claim(ClaimOutcome.CODE_USED if code_used else ClaimOutcome.OWNED_BY_OTHER, bot)
