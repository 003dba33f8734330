"""Making a bot and giving it up: the one verb each behind every door that does it."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from bot.clock import Clock
from bot.errors import NotFound
from bot.models import Bot, BotOwner, Vendor
from bot.security.tokens import hash_token, random_characters
from bot.tenancy import repository
from bot.tenancy.owners.repository import remove_helpers
from bot.tenancy.principal import Principal
from bot.tenancy.slots import return_slot

SHOP_CODE_LENGTH = 6
# What customers type before a shop's code.
ENTER_COMMAND = "@進店"


@dataclass(frozen=True, slots=True)
class BotRequest:
    """The bot to make: whose it is, where it speaks, and what it is called.

    It speaks for the vendor `vendor_id`, or for a new one that is made with it.
    """

    tenant_id: uuid.UUID
    channel_id: uuid.UUID
    store_name: str
    system_prompt: str | None = None
    partner_id: uuid.UUID | None = None
    vendor_id: int | None = None


@dataclass(frozen=True, slots=True)
class CreatedBot:
    """A new bot. `mgmt_token` is shown once: only its keyed hash is in the store."""

    bot: Bot
    mgmt_token: str


async def create_bot(
    session: AsyncSession, request: BotRequest, *, clock: Clock, management_token_key: bytes
) -> CreatedBot:
    """Make a bot, and the vendor that it speaks for where none is given, in the caller's transaction.

    `management_token_key` is the subkey that management tokens are hashed with.
    """
    now, bot_id, mgmt_token = clock.now(), uuid.uuid4(), str(uuid.uuid4())
    bot = Bot(
        id=bot_id,
        tenant_id=request.tenant_id,
        vendor_id=request.vendor_id or await _make_vendor(session, request, code=f"bot-{bot_id}", now=now),
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
    return CreatedBot(bot, mgmt_token)


async def give_up_bot(session: AsyncSession, principal: Principal, bot_id: uuid.UUID, *, clock: Clock) -> Bot | None:
    """End a bot: it answers nobody, its management token opens nothing, nobody is in its shop, and its slot is free.

    None where it isn't the principal's, or was given up before: of any number of calls at once one does it,
    and so its slot is returned once. What its people and the LINE runtime have to do with it is the caller's.
    """
    bot = await repository.give_up_bot(session, principal, bot_id, now=clock.now())
    if bot is None:
        return None
    await repository.leave_bot(session, bot.id)
    if bot.partner_id is not None:
        # A slot is its partner's, whichever vendor the principal is bound to.
        await return_slot(session, replace(principal, vendor_id=None), partner_id=bot.partner_id, clock=clock)
    return bot


def roll_management_token(bot: Bot, *, now: datetime, management_token_key: bytes) -> str:
    """A new management token of `bot`, shown once; the one before opens nothing any more."""
    mgmt_token = str(uuid.uuid4())
    bot.mgmt_token_hash, bot.updated_at = hash_token(management_token_key, mgmt_token), now
    return mgmt_token


async def find_any_bot(session: AsyncSession, bot_id: uuid.UUID) -> Bot:
    """The bot of this id, whosever it is: for the operator. Raises NotFound."""
    bot = await session.get(Bot, bot_id)
    if bot is None:
        raise NotFound("There is no bot with this id.")
    return bot


async def move_bot(session: AsyncSession, bot: Bot, *, channel_id: uuid.UUID, now: datetime) -> None:
    """Let `bot` answer on another channel. LINE's user ids differ there, so its owner's and helpers' parts end."""
    bot.channel_id, bot.updated_at = channel_id, now
    owner = await session.get(BotOwner, bot.id)
    if owner is not None:
        await session.delete(owner)
    await remove_helpers(session, bot.id)


async def _make_vendor(session: AsyncSession, request: BotRequest, *, code: str, now: datetime) -> int:
    vendor = Vendor(tenant_id=request.tenant_id, code=code, name=request.store_name, created_at=now, updated_at=now)
    session.add(vendor)
    await session.flush()
    return vendor.id


async def _free_shop_code(session: AsyncSession) -> str:
    """A code that no bot has. The column's uniqueness stands behind it: two transactions that draw
    the same one of a thousand million at the same time fail rather than share it."""
    while await repository.shop_code_is_taken(session, code := random_characters(SHOP_CODE_LENGTH)):
        pass
    return code
