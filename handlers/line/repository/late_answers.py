"""Answers that missed their reply token."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.models import LateAnswer
from handlers.line.repository.lanes import unheld

LANE_PREFIX = "answer"


def lane_of(answer_id: uuid.UUID) -> str:
    """The lane in which a late answer is made."""
    return f"{LANE_PREFIX}:{answer_id.hex}"


async def late_answer(session: AsyncSession, answer_id: uuid.UUID) -> LateAnswer | None:
    """The late answer of this id, as it is now."""
    return await session.get(LateAnswer, answer_id, populate_existing=True)


async def add_late_answer(session: AsyncSession, answer: LateAnswer) -> None:
    session.add(answer)
    await session.flush()


async def due_answers(session: AsyncSession, now: datetime, *, limit: int) -> Sequence[str]:
    """Lanes of late answers that are to be made and that nobody is at."""
    due = select(LateAnswer.id).where(LateAnswer.due_at.is_not(None), LateAnswer.due_at <= now).limit(limit)
    return await unheld(session, [lane_of(answer_id) for answer_id in await session.scalars(due)], now=now)
