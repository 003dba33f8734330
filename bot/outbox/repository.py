"""Claims on lanes: every statement that touches their owner, lease and fence."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from datetime import datetime

from sqlalchemy import CursorResult, or_, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from bot.models import Lane


async def claim(session: AsyncSession, key: str, *, owner: uuid.UUID, now: datetime, until: datetime) -> int | None:
    """Claim a free lane until `until` and return its new fence; None when somebody holds it.

    One statement, so that of any number of claims at once exactly one wins. The row is made by the
    first claim, which keeps the path that acknowledges webhooks from having to.
    """
    dialect = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
    statement = dialect.insert(Lane).values(key=key, owner=owner, lease_until=until, fence=1)
    won = statement.on_conflict_do_update(
        index_elements=[Lane.key],
        set_={"owner": owner, "lease_until": until, "fence": Lane.fence + 1},
        where=or_(Lane.lease_until <= now, Lane.owner.is_(None)),
    ).returning(Lane.fence)
    fence: int | None = await session.scalar(won)
    return fence


async def hold(session: AsyncSession, key: str, *, fence: int, until: datetime) -> bool:
    """Extend a lease and lock its row until this transaction ends; False when the fence has moved on."""
    renewed = await session.execute(update(Lane).where(Lane.key == key, Lane.fence == fence).values(lease_until=until))
    return _count(renewed) == 1


async def release(session: AsyncSession, key: str, *, fence: int, now: datetime) -> None:
    """Give a lane back, if it is still held under `fence`."""
    await session.execute(
        update(Lane).where(Lane.key == key, Lane.fence == fence).values(owner=None, lease_until=now),
    )


async def renew(session: AsyncSession, keys: Collection[str], *, owner: uuid.UUID, until: datetime) -> None:
    """Extend the leases of a process that is alive and still working on them."""
    await session.execute(update(Lane).where(Lane.key.in_(keys), Lane.owner == owner).values(lease_until=until))


def _count(result: object) -> int:
    return result.rowcount if isinstance(result, CursorResult) else 0
