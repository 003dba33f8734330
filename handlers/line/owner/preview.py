"""Asking one's own bot as a customer would. Nothing of it counts as a customer's question."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from bot.line.messages import MAX_MESSAGES, TextMessage
from bot.logging import get_logger
from bot.texts import say
from handlers.line import repository
from handlers.line.asking import Finding, Inquiry
from handlers.line.opening import answer as answer_about_hours
from handlers.line.opening import opening_from
from handlers.line.owner.desk import CANCEL, Desk, Errand, Order
from handlers.line.owner.replies import begin, current, end, phrase, tap, told, ways_out
from handlers.line.owner.tools import Tools
from handlers.line.rendering import messages_for, suggestions_of
from handlers.line.responses import Message, Reply, Response
from handlers.line.resting import is_resting
from handlers.line.situation import PREVIEW
from knowledge.engine import Answer, Outcome

START, STOP = "preview", "end_preview"
LASTS = timedelta(minutes=30)
# As many messages as a customer's own conversation gives the engine.
HISTORY = 12
# Together with its mark a text has to stay within LINE's 5,000 UTF-16 code units.
LONGEST_MARKED = 2000

log = get_logger(__name__)


class Preview:
    """Answers what staff write in a preview by the same engine that answers customers."""

    def __init__(self, tools: Tools) -> None:
        self._tools = tools

    def add_to(self, desk: Desk) -> None:
        desk.action(START, self.start)
        desk.action(STOP, self.stop)
        leaving = frozenset({CANCEL, STOP})
        desk.dialog(PREVIEW, self.answer, prepare=self.ask, expects="preview.text_expected", leaving=leaving)

    async def start(self, session: AsyncSession, order: Order) -> Response:
        await begin(session, order, PREVIEW, data={"turns": []}, lasts=LASTS)
        text = phrase(order, "preview.started", shop=order.bot.store_name)
        return told(order, text, tap(order, "preview.stop", STOP))

    async def stop(self, session: AsyncSession, order: Order) -> Response:
        if await current(session, order, PREVIEW) is None:
            return told(order, phrase(order, "preview.not_on"), tap(order, "menu.preview", START), *ways_out(order))
        await end(session, order)
        return told(order, phrase(order, "preview.stopped"), *ways_out(order))

    async def ask(self, errand: Errand) -> Finding | None:
        """What the engine says to the text; None for an engine that hangs."""
        turns = errand.dialog.data.get("turns", []) if errand.dialog is not None else []
        inquiry = Inquiry(
            bot=errand.bot,
            event_id=errand.incoming.event_id,
            text=errand.argument,
            language=errand.incoming.language,
            history=tuple((direction, text) for direction, text in turns),
        )
        told = answer_about_hours(
            opening_from(errand.bot.opening), errand.argument, inquiry.language, now=errand.incoming.now
        )
        if told is not None:
            return Finding(Answer(told, Outcome.ANSWERED))
        try:
            return await self._tools.asker.ask(inquiry)
        except TimeoutError:
            log.warning("preview_hangs", bot_id=str(errand.bot.id))
            return None

    async def answer(self, session: AsyncSession, order: Order) -> Response:
        """The answer, marked as a preview, with the way out below it."""
        dialog = await current(session, order, PREVIEW)
        if dialog is None:
            return await self.stop(session, order)
        finding: Finding | None = order.prepared
        text = _text(order, finding)
        turns = [*dialog.data.get("turns", []), ["in", order.argument], ["out", text]][-HISTORY:]
        await repository.change_dialog(
            session, order.turn.contact.id, order.bot.id, data={"turns": turns}, until=order.incoming.now + LASTS
        )
        answer = finding.answer if finding is not None else None
        buttons = (tap(order, "preview.stop", STOP), *suggestions_of(answer))
        return Reply(messages=_marked(order, text, buttons), bot_id=order.bot.id)


def _marked(order: Order, text: str, buttons: tuple[Any, ...]) -> tuple[Message, ...]:
    """The answer as customers see it, behind a line that says that this is a preview."""
    first, *others = messages_for(text, buttons)
    mark = phrase(order, "preview.mark_resting" if is_resting(order.bot) else "preview.mark")
    if isinstance(first, TextMessage) and len(first.text) <= LONGEST_MARKED:
        return (replace(first, text=f"{mark}\n{first.text}"), *others)
    return (TextMessage(mark), first, *others)[:MAX_MESSAGES]


def _text(order: Order, finding: Finding | None) -> str:
    language = order.incoming.language
    if finding is None:
        return say("line.sorry", language)
    if finding.answer is None:
        return say("line.shop_paused", language, shop=order.bot.store_name)
    return finding.answer.text
