"""Claims on lanes: every statement that touches their owner, lease and fence."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from datetime import datetime

from sqlalchemy import bindparam, or_, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.db.statements import run_upsert, table_of, upsert_of
from bot.models import Lane

_LANES = table_of(Lane)

_CLAIM = upsert_of(
    Lane,
    lambda insert: (
        insert.values(key=bindparam("key"), owner=bindparam("owner"), lease_until=bindparam("until"), fence=1)
        .on_conflict_do_update(
            index_elements=[_LANES.c.key],
            set_={
                "owner": bindparam("owner"),
                "lease_until": bindparam("until"),
                "fence": _LANES.c.fence + 1,
            },
            where=or_(
                _LANES.c.lease_until <= bindparam("now", type_=_LANES.c.lease_until.type), _LANES.c.owner.is_(None)
            ),
        )
        .returning(_LANES.c.fence)
    ),
)
_THIS_CLAIM = (_LANES.c.key == bindparam("lane"), _LANES.c.fence == bindparam("held_fence"))
_HOLD = update(_LANES).where(*_THIS_CLAIM).values(lease_until=bindparam("until")).returning(_LANES.c.fence)
_RELEASE = update(_LANES).where(*_THIS_CLAIM).values(owner=None, lease_until=bindparam("now"))


async def claim(session: AsyncSession, key: str, *, owner: uuid.UUID, now: datetime, until: datetime) -> int | None:
    """Claim a free lane until `until` and return its new fence; None when somebody holds it.

    One statement, so that of any number of claims at once exactly one wins. The row is made by the
    first claim, which keeps the path that acknowledges webhooks from having to.
    """
    won = await run_upsert(session, _CLAIM, {"key": key, "owner": owner, "now": now, "until": until})
    return won.fence if won is not None else None


async def hold(session: AsyncSession, key: str, *, fence: int, until: datetime) -> bool:
    """Extend a lease and lock its row until this transaction ends; False when the fence has moved on."""
    held = await session.execute(_HOLD, {"lane": key, "held_fence": fence, "until": until})
    return held.first() is not None


async def release(session: AsyncSession, key: str, *, fence: int, now: datetime) -> None:
    """Give a lane back, if it is still held under `fence`."""
    await session.execute(_RELEASE, {"lane": key, "held_fence": fence, "now": now})


async def release_all(session: AsyncSession, *, now: datetime) -> None:
    """Give every lane back, whoever holds it; a holder that still lives loses its lease by it."""
    await session.execute(update(Lane).where(Lane.owner.is_not(None)).values(owner=None, lease_until=now))


async def renew(session: AsyncSession, keys: Collection[str], *, owner: uuid.UUID, until: datetime) -> None:
    """Extend the leases of a process that is alive and still working on them."""
    await session.execute(update(Lane).where(Lane.key.in_(keys), Lane.owner == owner).values(lease_until=until))
