"""Entering and changing shops on the channel that many share."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from bot.line.messages import MessageAction, text_messages
from bot.models import Bot
from bot.texts import say
from handlers.line import repository
from handlers.line.addressing import calling_word
from handlers.line.commands import CommandName, command_text
from handlers.line.responses import Incoming, Reply, Response
from handlers.line.resting import arrival_text, is_resting, with_rest
from handlers.line.router import Turn
from handlers.line.routing import MOST_SHOPS_OFFERED


async def enter_shop(session: AsyncSession, turn: Turn) -> Response:
    """`@進店 <shop code>`: from now on this shop's bot answers the contact."""
    incoming, contact = turn.incoming, turn.contact
    code = incoming.command.argument if incoming.command else ""
    if not code:
        return _say(incoming, "shop_code_missing")
    shown = code.upper()
    bot = await repository.find_bot_by_shop_code(session, incoming.channel.id, shown)
    if bot is None:
        return _say(incoming, "shop_not_found", code=shown)
    await repository.enter_bot(session, contact.id, bot.id)
    await repository.upsert_conversation(session, bot, contact.id, now=incoming.now)
    text = say("line.shop_entered", incoming.language, shop=bot.store_name)
    if is_resting(bot):
        text = arrival_text(bot, incoming.language, key="line.shop_entered_resting")
    if not incoming.in_private:
        called = say("group.shop_entered", incoming.language, shop=bot.store_name, word=calling_word(bot))
        text = with_rest(called, bot, incoming.language)
    return Reply(messages=tuple(text_messages(text)), bot_id=bot.id)


async def offer_known_shops(session: AsyncSession, turn: Turn) -> Response:
    """`@換店`: the shops this contact has a part in or has talked with, to tap; else the one that answers anyway."""
    incoming, known = turn.incoming, {}
    if incoming.in_private and incoming.user_id is not None:
        own = await repository.staffed_bots(session, incoming.channel.id, incoming.user_id, limit=MOST_SHOPS_OFFERED)
        known = {bot.id: bot for bot in own}
    visited = await repository.bots_known_to(session, turn.contact.id, limit=MOST_SHOPS_OFFERED)
    known |= {bot.id: bot for bot in visited}
    answering = [turn.situation.bot] if turn.situation.bot is not None else []
    return offer_shops(incoming, [*known.values()][:MOST_SHOPS_OFFERED] or answering)


def offer_shops(incoming: Incoming, bots: Sequence[Bot]) -> Reply:
    """A quick reply a shop; without any, how to enter one."""
    if not bots:
        return _say(incoming, "no_shop_yet")
    items = [
        MessageAction(label=bot.store_name, text=command_text(CommandName.ENTER_SHOP, bot.shop_code)) for bot in bots
    ]
    return Reply(messages=tuple(text_messages(say("line.which_shop", incoming.language), items)))


def _say(incoming: Incoming, key: str, **values: object) -> Reply:
    return Reply(messages=tuple(text_messages(say(f"line.{key}", incoming.language, **values))))
