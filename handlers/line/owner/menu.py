"""What staff can do, to tap: cards that explain it, and the way back to one's own desk."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from bot.line.flex import bubble, carousel
from bot.line.messages import FlexMessage, PostbackAction
from bot.models import Bot
from bot.texts import Language, say
from handlers.line import repository
from handlers.line.owner.desk import MENU, Desk, Order, button
from handlers.line.owner.replies import end
from handlers.line.owner.rich_menu import lanes_for
from handlers.line.rendering import messages_for
from handlers.line.repository import Role
from handlers.line.responses import Reply, Response, Silent
from handlers.line.resting import suspended_text
from handlers.line.router import Respond, Turn

# The cards with their actions, in the order in which they are needed.
CARDS = {
    "knowledge": ("unanswered", "teach", "values", "preview"),
    "customers": ("waiting", "summary", "broadcast", "quota"),
    "shop": ("pause", "resume", "hours", "groups", "helpers", "settings", "transfer"),
}
AT_HAND = ("unanswered", "teach", "values", "preview", "waiting", "summary", "pause", "resume", "hours", "broadcast")
FIRST = ("teach", "values", "preview", "unanswered")
MOST_SHOPS = 12


def add_to(desk: Desk) -> None:
    desk.action(MENU, partial(show, desk))


async def show(desk: Desk, session: AsyncSession, order: Order) -> Response:
    """Everything that this person may do with this bot; whatever they were in the middle of ends."""
    await end(session, order)
    menu = menu_of(desk, order.bot, order.role, order.language)
    return replace(menu, wake=lanes_for(order.incoming.channel, order.incoming.user_id))


def menu_of(desk: Desk, bot: Bot, role: Role, language: Language) -> Reply:
    """The cards, and the most used actions as quick replies."""
    cards = [_card(bot, name, actions, language) for name, actions in _offered(desk, bot, role)]
    alt = say("menu.alt", language, shop=bot.store_name)
    quick = quick_actions(desk, bot, role, language)
    suspended = messages_for(suspended_text(bot, language)) if bot.suspended_at is not None else ()
    return Reply(messages=(*suspended, FlexMessage(alt, carousel(cards), tuple(quick))), bot_id=bot.id)


def quick_actions(desk: Desk, bot: Bot, role: Role, language: Language) -> list[PostbackAction]:
    """Buttons for what is used most, for below any message."""
    offered = {action for _, actions in _offered(desk, bot, role) for action in actions}
    return [_button(bot, action, language) for action in AT_HAND if action in offered]


def first_steps(bot: Bot, language: Language) -> list[PostbackAction]:
    """Buttons for somebody who has just become owner or helper."""
    menu = button(bot, say("owner.to_menu", language), MENU)
    return [menu, *(_button(bot, action, language) for action in FIRST)]


def find_desk(desk: Desk) -> Respond:
    """`@店長`: back to one's own bot from wherever one is; with several, which one is asked."""

    async def respond(session: AsyncSession, turn: Turn) -> Response:
        incoming, language = turn.incoming, turn.situation.language
        if not incoming.in_private or incoming.user_id is None:
            return Silent("not_in_private")
        bots = await repository.staffed_bots(session, incoming.channel.id, incoming.user_id, limit=MOST_SHOPS)
        if not bots:
            return Reply(messages=messages_for(say("menu.no_shop", language)))
        if len(bots) > 1:
            shops = [button(bot, bot.store_name, MENU) for bot in bots]
            return Reply(messages=messages_for(say("menu.which", language), shops))
        bot = bots[0]
        await repository.enter_bot(session, turn.contact.id, bot.id)
        await repository.end_dialog(session, turn.contact.id, bot.id)
        role = await repository.role_of(session, bot.id, incoming.channel.id, incoming.user_id)
        return menu_of(desk, bot, role or Role.HELPER, language)

    return respond


def _offered(desk: Desk, bot: Bot, role: Role) -> Iterator[tuple[str, list[str]]]:
    """The cards with what the desk has for this person now."""
    useless = {"resume" if bot.paused_at is None else "pause"}
    if bot.suspended_at is not None:
        useless = {"pause", "resume", "broadcast"}
    for name, actions in CARDS.items():
        offered = [action for action in actions if action not in useless and desk.offers(action, role)]
        if offered:
            yield name, offered


def _card(bot: Bot, name: str, actions: list[str], language: Language) -> dict[str, Any]:
    rows = [(say(f"menu.{action}", language), say(f"menu.about_{action}", language)) for action in actions]
    return bubble(
        say(f"menu.card_{name}", language),
        rows=rows,
        buttons=[_button(bot, action, language) for action in actions],
        note=bot.store_name,
    )


def _button(bot: Bot, action: str, language: Language) -> PostbackAction:
    return button(bot, say(f"menu.{action}", language), action)
