"""A bot that its owner lets rest, or its provider: customers are told so, whatever they send, and it is kept."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncSession

from bot.line.events import MessageEvent
from bot.models import Bot
from bot.texts import Language, say
from handlers.line import repository
from handlers.line.opening import opening_from
from handlers.line.relaying import described
from handlers.line.rendering import local, messages_for
from handlers.line.repository import Line
from handlers.line.responses import Incoming, Reply, Response, Silent
from handlers.line.router import Turn
from handlers.line.situation import Situation


def rests(incoming: Incoming, situation: Situation) -> bool:
    """A filter: something is said to a bot that rests."""
    is_meant = incoming.in_private or situation.said is not None
    return is_meant and situation.bot is not None and is_resting(situation.bot)


def is_resting(bot: Bot) -> bool:
    """Whether the bot answers nobody for the time being."""
    return bot.paused_at is not None or bot.suspended_at is not None


def rest_text(bot: Bot, language: Language) -> str:
    """What is said meanwhile: the owner's own words where they gave any, but for a rest that isn't theirs."""
    if bot.suspended_at is not None:
        return say("line.shop_suspended", language, shop=bot.store_name)
    return opening_from(bot.opening).rest or say("line.shop_paused", language, shop=bot.store_name)


def arrival_text(bot: Bot, language: Language, *, key: str) -> str:
    """What is said to somebody who comes in while the bot rests: where they are, as `key` has it, and that."""
    return "\n".join([say(key, language, shop=bot.store_name), rest_text(bot, language)])


def with_rest(text: str, bot: Bot, language: Language) -> str:
    """A word that tells how to call a bot, and that it rests where it does."""
    return "\n".join([text, rest_text(bot, language)]) if is_resting(bot) else text


def back_text(bot: Bot, language: Language) -> str:
    """What a customer is told when a person has left the conversation: who answers from then on, if anybody does."""
    if not is_resting(bot):
        return say("handover.back", language)
    return "\n".join([say("handover.person_left", language), rest_text(bot, language)])


def suspended_text(bot: Bot, language: Language) -> str:
    """What the people of the shop are told of a rest that their provider began; blank where it didn't."""
    if bot.suspended_at is None:
        return ""
    return say("pause.suspended", language, shop=bot.store_name, since=local(bot.suspended_at))


async def rest(session: AsyncSession, turn: Turn) -> Response:
    """Keep what was said, and say that the shop rests."""
    incoming, bot, language = turn.incoming, turn.situation.bot, turn.situation.language
    event = incoming.event
    if bot is None or not isinstance(event, MessageEvent):
        return Silent("no_bot")
    text = rest_text(bot, language)
    if turn.situation.role is not None and not turn.situation.in_preview:
        text = suspended_text(bot, language) or text
    standing = await repository.upsert_conversation(session, bot, turn.contact.id, now=incoming.now)
    lines = [
        Line(text=turn.situation.said or described(event, language), event_id=incoming.event_id, kind=incoming.kind),
        Line(text=text, event_id=incoming.event_id, is_answer=True),
    ]
    await repository.keep_lines(session, bot, standing.conversation_id, lines, now=incoming.now)
    return Reply(messages=messages_for(text), bot_id=bot.id)
