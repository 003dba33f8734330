"""Who claims a bot, and what a claim comes to."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.models import Bot, BotOwner, ClaimCode


class ClaimOutcome(StrEnum):
    BOUND = "bound"
    SUCCEEDED = "succeeded"
    JOINED = "joined"
    ALREADY_YOURS = "already_yours"
    ALREADY_HELPER = "already_helper"
    ALREADY_OWNER_ELSEWHERE = "already_owner_elsewhere"
    OWNED_BY_OTHER = "owned_by_other"
    CODE_WRONG = "code_wrong"
    CODE_USED = "code_used"
    CODE_EXPIRED = "code_expired"
    CODE_OTHER_CHANNEL = "code_other_channel"
    CODE_OF_OWNER = "code_of_owner"
    CODE_OF_HELPER = "code_of_helper"
    TOO_MANY_HELPERS = "too_many_helpers"
    TOO_MANY_TRIES = "too_many_tries"
    NEED_CODE = "need_code"


@dataclass(frozen=True, slots=True)
class Claim:
    """What a claim came to; `bot` where there is one to name, `tries_left` after a wrong code.

    `former` are the user ids of those who lost their part in the bot by it, its owner first.
    """

    outcome: ClaimOutcome
    bot: Bot | None = None
    tries_left: int = 0
    former: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Claimant:
    """The LINE user who claims: user ids mean nothing without their channel. `name` is what LINE calls them."""

    channel_id: uuid.UUID
    user_id: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class Released:
    """A bot that has no owner any more; `former` are the user ids of its owner and then of its helpers."""

    bot: Bot
    former: tuple[str, ...]


def spent(code: ClaimCode, bot: Bot, *, now: datetime) -> Claim | None:
    """Why a code binds nobody any more; None for one that does."""
    if code.used_at is not None or not bot.is_active:
        return Claim(ClaimOutcome.CODE_USED, bot)
    return Claim(ClaimOutcome.CODE_EXPIRED, bot) if code.expires_at <= now else None


def is_owner(owner: BotOwner | None, claimant: Claimant) -> bool:
    return owner is not None and (owner.channel_id, owner.user_id) == (claimant.channel_id, claimant.user_id)
