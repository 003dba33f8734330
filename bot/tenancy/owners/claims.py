"""Owning a bot: claiming it by code or by the bare command, and giving it back.

A claim never guesses: it binds exactly one bot or none (decision 8 in `docs/decisions`).
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy.ext.asyncio import AsyncSession

from bot.models import Bot, BotOwner, ClaimAttempt, ClaimCode
from bot.tenancy.owners import repository

TRIES_AN_HOUR = 5
TRIES_WINDOW = timedelta(hours=1)


class ClaimOutcome(StrEnum):
    BOUND = "bound"
    ALREADY_YOURS = "already_yours"
    ALREADY_OWNER_ELSEWHERE = "already_owner_elsewhere"
    OWNED_BY_OTHER = "owned_by_other"
    CODE_WRONG = "code_wrong"
    CODE_USED = "code_used"
    CODE_EXPIRED = "code_expired"
    CODE_OTHER_CHANNEL = "code_other_channel"
    TOO_MANY_TRIES = "too_many_tries"
    NEED_CODE = "need_code"


@dataclass(frozen=True, slots=True)
class Claim:
    """What a claim came to; `bot` where there is one to name, `tries_left` after a wrong code."""

    outcome: ClaimOutcome
    bot: Bot | None = None
    tries_left: int = 0


@dataclass(frozen=True, slots=True)
class Claimant:
    """The LINE user who claims: user ids mean nothing without their channel."""

    channel_id: uuid.UUID
    user_id: str


async def claim_by_code(session: AsyncSession, claimant: Claimant, *, code_hash: str | None, now: datetime) -> Claim:
    """Bind the bot that the code was issued for.

    `code_hash` is None for a text that can't be a code; it counts as a wrong try all the same.
    Concurrent claims of one code bind one: taking the code and the ownership are each one
    conditional statement.
    """
    since = now - TRIES_WINDOW
    tries = await repository.count_claim_attempts(session, claimant.channel_id, claimant.user_id, since=since)
    if tries >= TRIES_AN_HOUR:
        return Claim(ClaimOutcome.TOO_MANY_TRIES)
    code = await repository.find_claim_code(session, code_hash) if code_hash else None
    if code is None:
        session.add(ClaimAttempt(channel_id=claimant.channel_id, user_id=claimant.user_id, tried_at=now))
        return Claim(ClaimOutcome.CODE_WRONG, tries_left=TRIES_AN_HOUR - tries - 1)
    return await _redeem(session, claimant, code, now=now)


async def _redeem(session: AsyncSession, claimant: Claimant, code: ClaimCode, *, now: datetime) -> Claim:
    bot = await session.get_one(Bot, code.bot_id)
    if bot.channel_id != claimant.channel_id:
        return Claim(ClaimOutcome.CODE_OTHER_CHANNEL)
    owner = await session.get(BotOwner, bot.id)
    if owner is not None:
        return _owned(bot, owner, claimant, code_used=code.used_at is not None)
    if code.used_at is not None or not bot.is_active:
        return Claim(ClaimOutcome.CODE_USED, bot)
    if code.expires_at <= now:
        return Claim(ClaimOutcome.CODE_EXPIRED, bot)
    return await _bind(session, bot, claimant, now=now)


async def claim_bare(session: AsyncSession, claimant: Claimant, *, window: timedelta, now: datetime) -> Claim:
    """Bind the one bot of the channel that waits for an owner, if it was provisioned within `window`.

    With none or several waiting, or a window of zero, nothing is bound; neither is a further bot
    to somebody who owns one already, since that may be a repeated command.
    """
    owned = await repository.bots_owned_by(session, claimant.channel_id, claimant.user_id)
    if owned:
        return Claim(ClaimOutcome.ALREADY_OWNER_ELSEWHERE, owned[0])
    if not window:
        return Claim(ClaimOutcome.NEED_CODE)
    waiting = await repository.bots_waiting_for_owner(session, claimant.channel_id, since=now - window, limit=2)
    if len(waiting) != 1:
        return Claim(ClaimOutcome.NEED_CODE)
    claim = await _bind(session, waiting[0], claimant, now=now)
    return claim if claim.outcome is ClaimOutcome.BOUND else Claim(ClaimOutcome.NEED_CODE)


async def release(session: AsyncSession, claimant: Claimant, bot_id: uuid.UUID) -> Bot | None:
    """End this user's ownership of the bot; None when it isn't theirs."""
    if not await repository.remove_owner(session, bot_id, claimant.channel_id, claimant.user_id):
        return None
    return await session.get_one(Bot, bot_id)


async def _bind(session: AsyncSession, bot: Bot, claimant: Claimant, *, now: datetime) -> Claim:
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


def _owned(bot: Bot, owner: BotOwner, claimant: Claimant, *, code_used: bool) -> Claim:
    if (owner.channel_id, owner.user_id) == (claimant.channel_id, claimant.user_id):
        return Claim(ClaimOutcome.ALREADY_YOURS, bot)
    return Claim(ClaimOutcome.CODE_USED if code_used else ClaimOutcome.OWNED_BY_OTHER, bot)
