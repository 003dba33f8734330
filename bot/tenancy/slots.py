"""Slots: how many bots a partner has bought, and how many of them are in use."""

from __future__ import annotations

import uuid

from sqlalchemy.ext.asyncio import AsyncSession

from bot.clock import Clock
from bot.tenancy import repository
from bot.tenancy.errors import PartnerDisabled, SlotsExhausted
from bot.tenancy.principal import Principal


async def take_slot(session: AsyncSession, principal: Principal, *, partner_id: uuid.UUID, clock: Clock) -> None:
    """Use one slot, in the caller's transaction.

    One conditional statement decides, so that concurrent calls can't overdraw. Raises
    SlotsExhausted when none is left, PartnerDisabled when the partner is not active.
    """
    if await repository.take_slot(session, principal, partner_id=partner_id, now=clock.now()):
        return
    partner = await repository.find_partner(session, principal, partner_id=partner_id)
    raise SlotsExhausted if partner is not None and partner.is_active else PartnerDisabled


async def return_slot(session: AsyncSession, principal: Principal, *, partner_id: uuid.UUID, clock: Clock) -> None:
    """Give one slot back, in the transaction that ends the bot which used it."""
    await repository.return_slot(session, principal, partner_id=partner_id, now=clock.now())
