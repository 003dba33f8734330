"""Claim codes: what people type after a command to become a bot's owner or one of its helpers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy.ext.asyncio import AsyncSession

from bot.clock import Clock
from bot.models import Bot, ClaimCode
from bot.security.tokens import hash_token, random_code
from bot.tenancy import repository

CLAIM_COMMAND = "@我是店長"
VALID_FOR = timedelta(days=7)
# What an owner gives out themselves is used the same day.
PASSED_ON_VALID_FOR = timedelta(hours=24)


class CodeRole(StrEnum):
    """What the bearer of a code becomes: owner of a bot that has none, owner instead of the present one,
    or a helper."""

    OWNER = "owner"
    SUCCESSOR = "successor"
    HELPER = "helper"


@dataclass(frozen=True, slots=True)
class IssuedCode:
    """A new code, shown once: only its keyed hash is in the store."""

    code: str
    expires_at: datetime


async def issue_claim_code(
    session: AsyncSession,
    bot: Bot,
    *,
    clock: Clock,
    claim_code_key: bytes,
    valid_for: timedelta = VALID_FOR,
    role: CodeRole = CodeRole.OWNER,
) -> IssuedCode:
    """Give `bot` a new code in the caller's transaction; its older unused ones for this role stop being valid.

    `claim_code_key` is the subkey that claim codes are hashed with.
    """
    now = clock.now()
    issued = IssuedCode(random_code(), now + valid_for)
    await repository.expire_unused_claim_codes(session, bot, role=role, now=now)
    session.add(
        ClaimCode(
            tenant_id=bot.tenant_id,
            bot_id=bot.id,
            code_hash=hash_token(claim_code_key, issued.code),
            role=role,
            created_at=now,
            expires_at=issued.expires_at,
        )
    )
    await session.flush()
    return issued


async def withdraw_claim_codes(session: AsyncSession, bot: Bot, *, role: CodeRole, now: datetime) -> None:
    """Let no code of `bot` for this role count any more."""
    await repository.expire_unused_claim_codes(session, bot, role=role, now=now)
