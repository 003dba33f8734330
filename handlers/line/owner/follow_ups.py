"""Telling customers what the shop answered to their question later.

Each of them has one row (a late answer that nobody has to make). It is pushed where that is wanted, allowed and paid
for, else it goes out before the next reply to them. A push that LINE surely didn't take, and a
reply that surely wasn't shown, give the row back to be told the next time; a doubtful one counts as told.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from bot.line.delivery import Purpose
from bot.line.messages import MAX_MESSAGES, TextMessage
from bot.line.splitting import clipped
from bot.models import Bot, Delivery, LateAnswer
from bot.texts import Language, language_of, say
from handlers.line import repository
from handlers.line.aftermath import NOT_SHOWN
from handlers.line.pushing import NoRoom, send_to
from handlers.line.repository import Asker, Line
from handlers.line.repository.follow_ups import PUSHED, REPLIED, TOLD, UNTOLD
from handlers.line.responses import Reply, Response
from handlers.line.router import Turn

# Whoever asked longer ago has found another way by now.
WAITED_AT_MOST = timedelta(days=7)
LONGEST_QUESTION = 100
LONGEST_ANSWER = 4000


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """How many customers are told at once, and how many once they write again. `wake` are lanes to send."""

    now: int = 0
    later: int = 0
    wake: tuple[str, ...] = ()


async def waiting_for(session: AsyncSession, bot: Bot, cluster_id: int, *, now: datetime) -> list[Asker]:
    """The customers who asked a question lately and wait for its answer; nobody of the shop is one."""
    bots = await repository.bots_of_vendor(session, bot.vendor_id)
    askers = await repository.askers_of(session, cluster_id, since=now - WAITED_AT_MOST)
    theirs: dict[uuid.UUID, set[str]] = {}
    for bot_id in {asker.bot_id for asker in askers} & set(bots):
        theirs[bot_id] = {user_id for _, user_id, _ in await repository.staff_of(session, bot_id)}
    return [asker for asker in askers if asker.bot_id in bots and asker.user_id not in theirs[asker.bot_id]]


async def tell(
    session: AsyncSession, askers: Sequence[Asker], answer: str, *, entry_id: int, may_push: bool, now: datetime
) -> Told:
    """Have every one of `askers` told `answer` once: by push where `may_push`, policy and quota let it."""
    wake: list[str] = []
    for asker in askers:
        bot = await session.get_one(Bot, asker.bot_id)
        late = _late_answer(asker, bot, answer, entry_id=entry_id, now=now)
        await repository.add_late_answer(session, late)
        pushes = may_push and bot.suspended_at is None
        sent = await send_to(
            session, bot, asker.user_id, [_message(late)], purpose=Purpose.ANSWER, now=now, may_push=pushes
        )
        if isinstance(sent, Delivery):
            late.state, late.sources = PUSHED, {**(late.sources or {}), "delivery": sent.id}
            wake.append(sent.lane)
    await session.flush()
    return Told(now=len(wake), later=len(askers) - len(wake), wake=tuple(wake))


async def note_end(session: AsyncSession, delivery: Delivery) -> None:
    """A push became final: what it carried counts as told, unless LINE surely didn't take it."""
    if delivery.purpose != Purpose.ANSWER or delivery.to_id is None or delivery.bot_id is None:
        return
    under_way = await repository.pushed_answers(session, delivery.channel_id, delivery.to_id, delivery.bot_id)
    for late in under_way:
        if (late.sources or {}).get("delivery") != delivery.id:
            continue
        late.state = UNTOLD if delivery.state == "refused" else TOLD
        if delivery.state == "sent":
            late.told_at = delivery.updated_at
            await _keep(session, late, now=delivery.updated_at)


async def put_before(session: AsyncSession, turn: Turn, response: Response) -> Response:
    """The reply with what its customer is still to be told before it, as far as there is room."""
    incoming, situation = turn.incoming, turn.situation
    if not isinstance(response, Reply) or response.bot_id is None or incoming.event.reply_token is None:
        return response
    if not incoming.in_private or situation.role is not None:
        return response
    found = await repository.untold_answers(session, turn.contact.id, response.bot_id)
    due = [late for late in found if await _is_untold(session, late)]
    due = due[: max(0, MAX_MESSAGES - len(response.messages))]
    for late in due:
        late.state, late.told_at = REPLIED, incoming.now
        late.sources = {**(late.sources or {}), "event": incoming.event_id}
        await _keep(session, late, now=incoming.now)
    if not due:
        return response
    await session.flush()
    return replace(response, messages=(*(_message(late) for late in due), *response.messages))


async def _is_untold(session: AsyncSession, late: LateAnswer) -> bool:
    """Whether nobody told this; settles what went out with a reply whose end is known by now."""
    if late.state == UNTOLD:
        return True
    event_id = (late.sources or {}).get("event")
    ended = await repository.how_ended(session, int(event_id)) if event_id is not None else None
    if ended is not None and ended[0] == "failed" and ended[1] in NOT_SHOWN:
        return True
    late.state = TOLD
    return False


async def _keep(session: AsyncSession, late: LateAnswer, *, now: datetime) -> None:
    """Have the conversation hold what the customer was told."""
    bot = await session.get_one(Bot, late.bot_id)
    sources: dict[str, Any] = {"entries": [(late.sources or {}).get("entry")]}
    line = Line(text=_message(late).text, is_answer=True, author="staff", sources=sources)
    await repository.keep_lines(session, bot, late.conversation_id, [line], now=now)


def _late_answer(asker: Asker, bot: Bot, answer: str, *, entry_id: int, now: datetime) -> LateAnswer:
    return LateAnswer(
        id=uuid.uuid4(),
        tenant_id=bot.tenant_id,
        bot_id=bot.id,
        contact_id=asker.contact_id,
        conversation_id=asker.conversation_id,
        event_id=asker.event_id,
        message_id=asker.message_id,
        state=UNTOLD,
        language=asker.language or language_of(asker.text).value,
        question=asker.text,
        answer=answer,
        sources={"entry": entry_id},
        created_at=now,
        ready_at=now,
    )


def _message(late: LateAnswer) -> TextMessage:
    question = clipped(" ".join(late.question.split()), limit=LONGEST_QUESTION)
    answer = clipped(late.answer or "", limit=LONGEST_ANSWER)
    return TextMessage(say("follow_up.told", Language(late.language), question=question, answer=answer))


__all__ = ["NoRoom", "Told", "note_end", "put_before", "tell", "waiting_for"]
