"""Answers that aren't ready while the reply token lives.

The token is spent on a button that carries the answer's id. Whoever taps it gets the answer, or "still
working" with the button again, on the tap's own free token. The answer's row is one, however often
it is fetched.
"""

from __future__ import annotations

import asyncio
import uuid
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession

from bot.clock import Clock
from bot.db.engine import Database
from bot.line.flex import bubble
from bot.line.messages import FlexMessage, PostbackAction
from bot.logging import get_logger
from bot.models import Bot, LateAnswer
from bot.texts import Language, say
from handlers.line import repository
from handlers.line.asking import ENGINE_SECONDS, Finding, Inquiry, principal_of, sources_of
from handlers.line.rendering import answer_messages, messages_for, suggestions_of
from handlers.line.repository import Line
from handlers.line.responses import Reply, Response, Silent, StoredMessage
from handlers.line.resting import rest_text
from handlers.line.router import Turn
from knowledge.unanswered import service as unanswered

FETCH = "answer"
PENDING, READY, FAILED, DROPPED = "pending", "ready", "failed", "dropped"
# Who is at it writes it well before; past this another process makes it anew.
GIVEN_UP_AFTER = timedelta(seconds=ENGINE_SECONDS + 10)

log = get_logger(__name__)


class LateAnswers:
    """Begins late answers, and finishes those that this process is making."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._finishing: set[asyncio.Task[None]] = set()

    async def begin(
        self,
        session: AsyncSession,
        inquiry: Inquiry,
        asking: asyncio.Task[Finding],
        *,
        conversation_id: int,
        turn: Turn,
    ) -> Reply:
        """Write that the answer is on its way, and give the button that fetches it."""
        incoming, bot = turn.incoming, inquiry.bot
        answer = LateAnswer(
            id=uuid.uuid4(),
            tenant_id=bot.tenant_id,
            bot_id=bot.id,
            contact_id=turn.contact.id,
            conversation_id=conversation_id,
            event_id=incoming.event_id,
            message_id=await repository.asked_message(session, incoming.event_id),
            state=PENDING,
            language=inquiry.language,
            question=inquiry.text,
            due_at=self._clock.now() + GIVEN_UP_AFTER,
            created_at=self._clock.now(),
        )
        await repository.add_late_answer(session, answer)
        finishing = asyncio.create_task(self._finish(answer.id, bot, asking))
        self._finishing.add(finishing)
        finishing.add_done_callback(self._finishing.discard)
        return Reply(messages=(_button("line.late", answer.id, inquiry.language),), bot_id=bot.id)

    async def close(self) -> None:
        """Give up what this process is making; another makes it anew."""
        for task in self._finishing:
            task.cancel()
        await asyncio.gather(*self._finishing, return_exceptions=True)

    async def fetch(self, session: AsyncSession, turn: Turn) -> Response:
        """The button was tapped."""
        answer = await self._asked_for(session, turn)
        if answer is None or answer.state == DROPPED:
            return Silent("no_such_answer")
        language = Language(answer.language)
        # Who asked may have entered another shop since then.
        bot = await session.get_one(Bot, answer.bot_id)
        if not bot.is_active:
            return Silent("no_such_answer")
        if bot.suspended_at is not None:
            # It is kept like everything else until the bot may speak again.
            return Reply(messages=messages_for(rest_text(bot, language)), bot_id=bot.id)
        if answer.state == PENDING:
            return Reply(messages=(_button("line.still_working", answer.id, language),), bot_id=answer.bot_id)
        if answer.told_at is None:
            answer.told_at = turn.incoming.now
            line = Line(text=answer.answer or "", event_id=answer.event_id, is_answer=True, sources=answer.sources)
            await repository.keep_lines(session, bot, answer.conversation_id, [line], now=turn.incoming.now)
        return Reply(messages=tuple(StoredMessage(message) for message in answer.messages or ()), bot_id=answer.bot_id)

    async def _asked_for(self, session: AsyncSession, turn: Turn) -> LateAnswer | None:
        """The answer of a button, if it is this contact's."""
        try:
            answer_id = uuid.UUID(turn.incoming.tapped[1])
        except ValueError:
            return None
        answer = await repository.late_answer(session, answer_id)
        return answer if answer is not None and answer.contact_id == turn.contact.id else None

    async def _finish(self, answer_id: uuid.UUID, bot: Bot, asking: asyncio.Task[Finding]) -> None:
        try:
            finding = await asking
        except TimeoutError:
            log.warning("late_answer_hangs", answer_id=str(answer_id))
            return
        finally:
            asking.cancel()
        try:
            async with self._database.unit_of_work() as session:
                await store(session, answer_id, bot, finding=finding, now=self._clock.now())
        except (SQLAlchemyError, OSError):
            # The row stays pending, and whoever sweeps makes the answer anew.
            log.exception("late_answer_not_stored", answer_id=str(answer_id))


async def store(
    session: AsyncSession, answer_id: uuid.UUID, bot: Bot, *, finding: Finding | None, now: datetime
) -> None:
    """Write a late answer, unless that was done or its question taken back; None: there won't be one."""
    answer = await repository.late_answer(session, answer_id)
    if answer is None or answer.state != PENDING:
        return
    language = Language(answer.language)
    found = finding.answer if finding is not None else None
    answer.answer = _text(bot, finding, language)
    messages = answer_messages(answer.answer, language, suggestions_of(found, language))
    answer.messages = [message.to_json() for message in messages]
    answer.sources = sources_of(found) if found is not None else None
    answer.state = FAILED if finding is None else READY
    answer.ready_at, answer.due_at = now, None
    if finding is not None and finding.unanswered is not None:
        asked = replace(finding.unanswered, message_id=answer.message_id)
        await unanswered.record(session, principal_of(bot), asked, now=now)
    await session.flush()


def _text(bot: Bot, finding: Finding | None, language: Language) -> str:
    if finding is None:
        return say("line.sorry", language)
    if finding.answer is None:
        return say("line.shop_paused", language, shop=bot.store_name)
    return finding.answer.text


def _button(key: str, answer_id: uuid.UUID, language: Language) -> FlexMessage:
    """A card, since a quick reply is gone with the next message and isn't there on a computer at all."""
    label, text = say("line.see_answer", language), say(key, language)
    fetch = PostbackAction(label=label, data=f"{FETCH}:{answer_id.hex}", display_text=label)
    return FlexMessage(text, bubble("", body=text, buttons=[fetch]))
