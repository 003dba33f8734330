"""The statements behind keys to the Partner API."""

from __future__ import annotations

import uuid

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.models import Company, Partner, PartnerApiKey
from bot.tenancy.principal import Principal
from bot.tenancy.scope import visible_to


async def find_by_hash(session: AsyncSession, key_hash: str) -> tuple[PartnerApiKey, Partner] | None:
    """The key with this hash, whatever became of it, and its partner."""
    statement = select(PartnerApiKey, Partner).join(Partner, PartnerApiKey.partner_id == Partner.id)
    row = (await session.execute(statement.where(PartnerApiKey.key_hash == key_hash))).one_or_none()
    return None if row is None else (row[0], row[1])


async def find_company(session: AsyncSession, principal: Principal, company_id: uuid.UUID) -> Company | None:
    statement = visible_to(principal, select(Company).where(Company.id == company_id), Company)
    found: Company | None = await session.scalar(statement)
    return found
