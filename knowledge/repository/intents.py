"""Statements about intents."""

from __future__ import annotations

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.models import Intent
from bot.tenancy.principal import Principal
from bot.tenancy.scope import visible_to
from knowledge.entries import IntentCard, IntentType


async def intents_of(session: AsyncSession, principal: Principal, vendor_id: int) -> list[IntentCard]:
    """The enabled intents of a vendor, its own and the shared ones, the oldest first."""
    of_vendor = or_(Intent.vendor_id == vendor_id, Intent.vendor_id.is_(None))
    statement = select(Intent).where(Intent.is_enabled, of_vendor).order_by(Intent.id)
    rows = await session.scalars(visible_to(principal, statement, Intent))
    return [_card(row) for row in rows]


def _card(row: Intent) -> IntentCard:
    return IntentCard(
        id=row.id, name=row.name, type=IntentType(row.type), description=row.description,
        examples=tuple(row.examples), endpoint=row.endpoint, secret_box=row.endpoint_secret_box,
    )  # fmt: skip
