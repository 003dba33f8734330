"""Making a bot: the one verb behind every door that makes one."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from bot.clock import Clock
from bot.models import Bot, Vendor
from bot.security.tokens import hash_token, random_characters
from bot.tenancy import repository

SHOP_CODE_LENGTH = 6


@dataclass(frozen=True, slots=True)
class BotRequest:
    """The bot to make: whose it is, where it speaks, and what it is called."""

    tenant_id: uuid.UUID
    channel_id: uuid.UUID
    store_name: str
    system_prompt: str | None = None
    partner_id: uuid.UUID | None = None


@dataclass(frozen=True, slots=True)
class CreatedBot:
    """A new bot. `mgmt_token` is shown once: only its keyed hash is in the store."""

    bot: Bot
    vendor: Vendor
    mgmt_token: str


async def create_bot(
    session: AsyncSession, request: BotRequest, *, clock: Clock, management_token_key: bytes
) -> CreatedBot:
    """Make a bot and the vendor that it speaks for, in the caller's transaction.

    `management_token_key` is the subkey that management tokens are hashed with.
    """
    now, bot_id, mgmt_token = clock.now(), uuid.uuid4(), str(uuid.uuid4())
    vendor = Vendor(
        tenant_id=request.tenant_id,
        code=f"bot-{bot_id}",
        name=request.store_name,
        created_at=now,
        updated_at=now,
    )
    session.add(vendor)
    await session.flush()
    bot = Bot(
        id=bot_id,
        tenant_id=request.tenant_id,
        vendor_id=vendor.id,
        channel_id=request.channel_id,
        partner_id=request.partner_id,
        store_name=request.store_name,
        shop_code=await _free_shop_code(session),
        system_prompt=request.system_prompt,
        mgmt_token_hash=hash_token(management_token_key, mgmt_token),
        created_at=now,
        updated_at=now,
    )
    session.add(bot)
    await session.flush()
    return CreatedBot(bot, vendor, mgmt_token)


async def _free_shop_code(session: AsyncSession) -> str:
    """A code that no bot has. The column's uniqueness stands behind it: two transactions that draw
    the same one of a thousand million at the same time fail rather than share it."""
    while await repository.shop_code_is_taken(session, code := random_characters(SHOP_CODE_LENGTH)):
        pass
    return code
