"""What is to be told to the people of a shop."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.line.delivery.verdict import DeliveryState
from bot.models import Bot, Delivery, StaffNotice


@dataclass(frozen=True, slots=True)
class NoticeRow:
    """A notice that the owner hasn't seen."""

    id: int
    kind: str
    text: str
    conversation_id: int | None


_NOTICE = tuple(getattr(StaffNotice, name) for name in NoticeRow.__dataclass_fields__)


async def add_notice(session: AsyncSession, notice: StaffNotice) -> bool:
    """Write a notice; False where its bot has one of the same key. Of two at once the second waits for the first."""
    await session.execute(select(Bot.id).where(Bot.id == notice.bot_id).with_for_update(key_share=True))
    same = StaffNotice.bot_id == notice.bot_id, StaffNotice.key == notice.key
    if await session.scalar(select(StaffNotice.id).where(*same).limit(1)) is not None:
        return False
    session.add(notice)
    await session.flush()
    return True


async def untold_notices(session: AsyncSession, bot_id: uuid.UUID, *, limit: int) -> list[NoticeRow]:
    """Notices that the owner was neither shown nor is being shown, oldest first."""
    refused = Delivery.due_at.is_(None) & (Delivery.state == DeliveryState.REFUSED)
    untold = (
        select(*_NOTICE)
        .outerjoin(Delivery, Delivery.id == StaffNotice.delivery_id)
        .where(StaffNotice.bot_id == bot_id, StaffNotice.told_at.is_(None))
        .where(or_(StaffNotice.delivery_id.is_(None), refused))
        .order_by(StaffNotice.id)
        .limit(limit)
    )
    return [NoticeRow(*row) for row in await session.execute(untold)]


async def deliver_notices(session: AsyncSession, notice_ids: Sequence[int], delivery_id: int) -> None:
    """Note which delivery tells these."""
    if notice_ids:
        told = update(StaffNotice).where(StaffNotice.id.in_(notice_ids)).values(delivery_id=delivery_id)
        await session.execute(told, execution_options={"synchronize_session": False})


async def drop_notices(session: AsyncSession, notice_ids: Sequence[int], *, now: datetime) -> None:
    """These need no telling any more."""
    if notice_ids:
        done = update(StaffNotice).where(StaffNotice.id.in_(notice_ids)).values(told_at=now)
        await session.execute(done, execution_options={"synchronize_session": False})


async def settle_notices(session: AsyncSession, bot_id: uuid.UUID, *, now: datetime) -> None:
    """Mark what LINE has taken as told. What may have been shown isn't told again either."""
    out = select(Delivery.id).where(
        Delivery.id == StaffNotice.delivery_id,
        Delivery.due_at.is_(None),
        Delivery.state.in_([DeliveryState.SENT, DeliveryState.UNKNOWN]),
    )
    settled = update(StaffNotice).where(
        StaffNotice.bot_id == bot_id, StaffNotice.told_at.is_(None), StaffNotice.delivery_id.is_not(None), out.exists()
    )
    await session.execute(settled.values(told_at=now), execution_options={"synchronize_session": False})
