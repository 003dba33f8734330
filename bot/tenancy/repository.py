"""The statements behind partners, slots, bots and claim codes."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.engine import CursorResult
from sqlalchemy.ext.asyncio import AsyncSession

from bot.models import ApiKey, Bot, Channel, ClaimCode, Contact, Partner, PartnerKey, Tenant
from bot.tenancy.principal import Principal
from bot.tenancy.scope import visible_to


async def find_key(session: AsyncSession, key_hash: str) -> tuple[PartnerKey, Partner] | None:
    """The provisioning key with this hash, revoked or not, and its partner."""
    statement = select(PartnerKey, Partner).join(Partner, PartnerKey.partner_id == Partner.id)
    row = (await session.execute(statement.where(PartnerKey.key_hash == key_hash))).one_or_none()
    return None if row is None else (row[0], row[1])


async def revoke_keys(session: AsyncSession, partner_id: uuid.UUID, *, now: datetime) -> None:
    """End every provisioning key of a partner."""
    statement = update(PartnerKey).where(PartnerKey.partner_id == partner_id, PartnerKey.revoked_at.is_(None))
    await session.execute(statement.values(revoked_at=now), execution_options={"synchronize_session": False})


async def find_api_key(session: AsyncSession, key_hash: str) -> ApiKey | None:
    """The API key with this hash, whatever became of it."""
    found: ApiKey | None = await session.scalar(select(ApiKey).where(ApiKey.key_hash == key_hash))
    return found


async def api_key(session: AsyncSession, principal: Principal, key_id: uuid.UUID) -> ApiKey | None:
    statement = visible_to(principal, select(ApiKey).where(ApiKey.id == key_id), ApiKey)
    found: ApiKey | None = await session.scalar(statement)
    return found


async def api_keys(session: AsyncSession, principal: Principal) -> list[ApiKey]:
    """Every API key that the principal may see, the newest first."""
    statement = visible_to(principal, select(ApiKey), ApiKey).order_by(ApiKey.created_at.desc(), ApiKey.id)
    return list(await session.scalars(statement))


async def find_bot_by_token(session: AsyncSession, token_hash: str) -> Bot | None:
    """The bot in service whose management token has this hash."""
    found: Bot | None = await session.scalar(select(Bot).where(Bot.mgmt_token_hash == token_hash, Bot.is_active))
    return found


async def has_open_partner(session: AsyncSession, bot: Bot) -> bool:
    """Whether a bot is an active partner's, or nobody's."""
    if bot.partner_id is None:
        return True
    return bool(await session.scalar(select(Partner.is_active).where(Partner.id == bot.partner_id)))


async def find_tenant(session: AsyncSession, tenant_id: uuid.UUID) -> Tenant | None:
    return await session.get(Tenant, tenant_id)


async def find_partner(session: AsyncSession, principal: Principal, *, partner_id: uuid.UUID) -> Partner | None:
    statement = visible_to(principal, select(Partner).where(Partner.id == partner_id), Partner)
    found: Partner | None = (await session.execute(statement)).scalar_one_or_none()
    return found


async def take_slot(session: AsyncSession, principal: Principal, *, partner_id: uuid.UUID, now: datetime) -> bool:
    """Use one more slot of an active partner that has one left; whether there was one."""
    statement = (
        update(Partner)
        .where(Partner.id == partner_id, Partner.is_active, Partner.slots_used < Partner.slots_total)
        .values(slots_used=Partner.slots_used + 1, updated_at=now)
    )
    scoped = visible_to(principal, statement, Partner)
    result = await session.execute(scoped, execution_options={"synchronize_session": False})
    return isinstance(result, CursorResult) and result.rowcount == 1


async def return_slot(session: AsyncSession, principal: Principal, *, partner_id: uuid.UUID, now: datetime) -> None:
    """Use one slot less; never fewer than none."""
    statement = (
        update(Partner)
        .where(Partner.id == partner_id, Partner.slots_used > 0)
        .values(slots_used=Partner.slots_used - 1, updated_at=now)
    )
    scoped = visible_to(principal, statement, Partner)
    await session.execute(scoped, execution_options={"synchronize_session": False})


async def give_up_bot(session: AsyncSession, principal: Principal, bot_id: uuid.UUID, *, now: datetime) -> Bot | None:
    """Take a bot out of service for good; None where it isn't the principal's, or was given up before.

    One conditional statement decides, so that of any number of calls at once one gives it up.
    """
    gone = {"is_active": False, "deleted_at": now, "updated_at": now}
    statement = update(Bot).where(Bot.id == bot_id, Bot.is_active, Bot.deleted_at.is_(None)).values(**gone)
    scoped = visible_to(principal, statement, Bot).returning(Bot.id)
    if await session.scalar(scoped, execution_options={"synchronize_session": False}) is None:
        return None
    return await session.get_one(Bot, bot_id, populate_existing=True)


async def leave_bot(session: AsyncSession, bot_id: uuid.UUID) -> None:
    """Let nobody be in this bot's shop any more."""
    left = update(Contact).where(Contact.entered_bot_id == bot_id).values(entered_bot_id=None)
    await session.execute(left, execution_options={"synchronize_session": False})


async def vendor_has_bot(session: AsyncSession, vendor_id: int) -> bool:
    """Whether a bot in service speaks for this vendor."""
    return await session.scalar(select(Bot.id).where(Bot.vendor_id == vendor_id, Bot.is_active).limit(1)) is not None


async def central_channel(session: AsyncSession) -> Channel | None:
    statement = select(Channel).where(Channel.is_central, Channel.is_active)
    return (await session.execute(statement)).scalar_one_or_none()


async def shop_code_is_taken(session: AsyncSession, shop_code: str) -> bool:
    return (await session.execute(select(Bot.id).where(Bot.shop_code == shop_code))).first() is not None


async def expire_unused_claim_codes(session: AsyncSession, bot: Bot, *, role: str, now: datetime) -> None:
    """End the validity of every code of `bot` for a role that nobody has used yet.

    As if they had never been valid: whoever redeems one at this moment took its time from an earlier look at a clock,
    or from another machine's.
    """
    statement = (
        update(ClaimCode)
        .where(ClaimCode.bot_id == bot.id, ClaimCode.role == role)
        .where(ClaimCode.used_at.is_(None), ClaimCode.expires_at > now)
        .values(expires_at=ClaimCode.created_at)
    )
    await session.execute(statement, execution_options={"synchronize_session": False})
