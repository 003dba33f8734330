"""Lanes as those see them who look for work."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.models import Lane


async def unheld(session: AsyncSession, keys: Sequence[str], *, now: datetime) -> list[str]:
    """Those of `keys` that nobody is at."""
    if not keys:
        return []
    held = select(Lane.key).where(Lane.key.in_(keys), Lane.lease_until > now, Lane.owner.is_not(None))
    taken = set(await session.scalars(held))
    return [key for key in keys if key not in taken]
