"""Taps on buttons that nobody here has an answer to: of another bot, of an older version, of a menu's own."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncSession

from bot.line.messages import MessageAction
from bot.texts import say
from handlers.line.asking import principal_of
from handlers.line.rendering import messages_for
from handlers.line.repository import greetings
from handlers.line.responses import Incoming, Reply, Response, Silent
from handlers.line.resting import arrival_text, is_resting
from handlers.line.router import Turn
from handlers.line.situation import Situation

# What LINE adds to the tap that only turns a rich menu's page.
MENU_SWITCH = "newRichMenuAliasId"
UNKNOWN = "unknown_postback"
# Why a button that once was ours has nothing behind it.
STALE = frozenset({UNKNOWN, "no_such_answer"})
SUGGESTED = 3


def switches_menu(incoming: Incoming, _: Situation) -> bool:
    """A filter: a tap that turns a rich menu's page, and asks for nothing."""
    return MENU_SWITCH in incoming.picked


async def note_switch(_session: AsyncSession, _turn: Turn) -> Response:
    return Silent("menu_switched")


async def note_unknown(_session: AsyncSession, _turn: Turn) -> Response:
    return Silent(UNKNOWN)


async def excuse(session: AsyncSession, turn: Turn) -> Reply:
    """A kind word about a button that does nothing any more, with something that works instead."""
    bot, language = turn.situation.bot, turn.situation.language
    if bot is None:
        return Reply(messages=messages_for(say("line.old_button", language)))
    if is_resting(bot):
        return Reply(messages=messages_for(arrival_text(bot, language, key="line.old_button")), bot_id=bot.id)
    asked = await greetings.first_questions(session, principal_of(bot), bot, limit=SUGGESTED)
    buttons = [MessageAction(label=question, text=question) for question in asked]
    return Reply(messages=messages_for(say("line.old_button", language), buttons), bot_id=bot.id)
