"""The worker of late answers whose process ended before they were made."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from bot.clock import Clock
from bot.logging import get_logger, log_context
from bot.models import Bot
from bot.outbox.lanes import Lease
from bot.texts import Language
from handlers.line import repository
from handlers.line.asking import ENGINE_SECONDS, Asker, Finding, Inquiry
from handlers.line.late_answers import DROPPED, PENDING, store
from handlers.line.repository.late_answers import LANE_PREFIX

MOST_ATTEMPTS = 3
# Long enough for an attempt, so that what a killed process began is tried again and not forgotten.
NEXT_ATTEMPT = timedelta(seconds=ENGINE_SECONDS + 5)

log = get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pending:
    """A late answer that is to be made; `inquiry` is None after too many attempts."""

    answer_id: uuid.UUID
    bot: Bot
    inquiry: Inquiry | None


class LateAnswerWorker:
    """Works lanes `answer:<id>` (see `bot.outbox.lanes.LaneWorker`)."""

    prefix = LANE_PREFIX

    def __init__(self, asker: Asker, clock: Clock) -> None:
        self._asker = asker
        self._clock = clock

    async def take(self, session: AsyncSession, lease: Lease, now: datetime) -> Pending | None:
        answer = await repository.late_answer(session, _id_in(lease.key))
        if answer is None or answer.due_at is None or answer.due_at > now:
            return None
        bot = await session.get_one(Bot, answer.bot_id)
        if not bot.is_active:
            answer.state, answer.due_at = DROPPED, None
            await session.flush()
            return None
        answer.attempts += 1
        answer.due_at = now + NEXT_ATTEMPT
        inquiry = Inquiry(bot=bot, event_id=answer.event_id, text=answer.question, language=Language(answer.language))
        await session.flush()
        return Pending(answer_id=answer.id, bot=bot, inquiry=inquiry if answer.attempts <= MOST_ATTEMPTS else None)

    async def perform(self, lease: Lease, item: Pending) -> Finding | None:
        log_context(answer_id=str(item.answer_id), bot_id=item.bot.id)
        if item.inquiry is None:
            return None
        try:
            return await self._asker.ask(item.inquiry)
        except TimeoutError:
            log.warning("late_answer_hangs")
            return None

    async def finish(self, session: AsyncSession, lease: Lease, item: Pending, result: Finding | None) -> None:
        await store(session, item.answer_id, item.bot, finding=result, now=self._clock.now())

    async def due(self, session: AsyncSession, now: datetime, *, limit: int) -> Sequence[str]:
        return await repository.due_answers(session, now, limit=limit)

    async def next_due(self, session: AsyncSession, key: str) -> datetime | None:
        answer = await repository.late_answer(session, _id_in(key))
        return answer.due_at if answer is not None and answer.state == PENDING else None


def _id_in(lane: str) -> uuid.UUID:
    return uuid.UUID(lane.partition(":")[2])
