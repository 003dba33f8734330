"""暫停 and 恢復: the bot rests, in its owner's words if they give any, and what was asked meanwhile is told."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy.ext.asyncio import AsyncSession

from bot.texts import Language
from handlers.line import repository
from handlers.line.opening import is_question, opening_from
from handlers.line.owner.desk import Desk, Order
from handlers.line.owner.handover import LOOK, WAITING
from handlers.line.owner.replies import phrase, tap, told, ways_out
from handlers.line.owner.words import after_word
from handlers.line.rendering import local
from handlers.line.repository import Role
from handlers.line.responses import Response
from handlers.line.resting import rest_text, suspended_text

PAUSE, RESUME = "pause", "resume"
LONGEST_REST = 500


def add_to(desk: Desk) -> None:
    """Let the owner do it."""
    desk.action(PAUSE, pause, needs=Role.OWNER, read=read)
    desk.action(RESUME, resume, needs=Role.OWNER)


def read(text: str) -> str | None:
    """What customers are to read meanwhile: whatever follows a word that asks for a pause."""
    return None if is_question(text) else after_word(text, "pause.heard_action_pause")


async def pause(session: AsyncSession, order: Order) -> Response:
    """Customers see that the shop rests, until the owner says otherwise."""
    bot, text = order.bot, order.argument.strip()[:LONGEST_REST]
    if bot.suspended_at is not None:
        return told(order, suspended_text(bot, order.language), *ways_out(order))
    resumes = tap(order, "pause.resume", RESUME)
    if bot.paused_at is not None and not text:
        return told(order, phrase(order, "pause.already", since=local(bot.paused_at)), resumes, *ways_out(order))
    bot.paused_at = bot.paused_at or order.incoming.now
    bot.opening = replace(opening_from(bot.opening), rest=text).to_json()
    await session.flush()
    parts = [phrase(order, "pause.paused", text=rest_text(bot, Language.ZH_TW))]
    if not text:
        parts.append(phrase(order, "pause.how"))
    return told(order, "\n\n".join(parts), resumes, *ways_out(order))


async def resume(session: AsyncSession, order: Order) -> Response:
    """The bot answers again, unless its provider lets it rest; its owner sees how many wrote meanwhile."""
    bot, since = order.bot, order.bot.paused_at
    if bot.suspended_at is not None:
        return told(order, suspended_text(bot, order.language), *ways_out(order))
    if since is None:
        return told(order, phrase(order, "pause.not_paused"), *ways_out(order))
    bot.paused_at = None
    bot.opening = replace(opening_from(bot.opening), rest="").to_json()
    await session.flush()
    messages, people = await repository.count_asked(session, bot.id, since=since, until=order.incoming.now)
    done = phrase(order, "pause.resumed")
    if not messages:
        return told(order, done + phrase(order, "pause.resumed_quiet"), *ways_out(order))
    asked = phrase(order, "pause.resumed_asked", messages=messages, people=people)
    buttons = (tap(order, "handover.see_recent", LOOK), tap(order, "handover.see_waiting", WAITING))
    return told(order, "\n".join([done, asked]), *buttons)
