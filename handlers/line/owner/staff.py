"""店員與店長: who helps the owner, and how a bot is passed on."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from bot.clock import SHOP_TIME, Clock
from bot.line.flex import list_bubble
from bot.line.messages import Action, FlexMessage, PostbackAction, TextMessage
from bot.models import Bot, BotHelper
from bot.tenancy.claims import PASSED_ON_VALID_FOR, CodeRole, IssuedCode, issue_claim_code, withdraw_claim_codes
from bot.tenancy.owners import MOST_HELPERS, dismiss_helper, helpers_of
from bot.texts import Language, say
from handlers.line import repository
from handlers.line.commands import CommandName, command_text
from handlers.line.owner.changes import tell_former, tell_owner
from handlers.line.owner.desk import Desk, Order, button
from handlers.line.owner.rich_menu import lane_of, lanes_for
from handlers.line.owner.tools import Tools
from handlers.line.releasing import is_recent, release_question
from handlers.line.rendering import local, messages_for
from handlers.line.repository import Role
from handlers.line.responses import Message, Reply, Response

HELPERS, INVITE, REMOVE, LEAVE = "helpers", "invite_helper", "remove_helper", "leave_helper"
TRANSFER, RELEASE = "transfer", "release_bot"
SURE, NOW, STOP, YES = "sure", "now", "stop", "yes"
MOST_NAMES = 11


def add_to(desk: Desk, tools: Tools) -> None:
    """Let owners see to their people, and helpers leave."""
    staff = Staff(tools)
    desk.action(HELPERS, show)
    desk.action(INVITE, staff.invite, needs=Role.OWNER)
    desk.action(REMOVE, remove, needs=Role.OWNER)
    desk.action(LEAVE, leave)
    desk.action(TRANSFER, staff.transfer, needs=Role.OWNER)
    desk.action(RELEASE, ask_release, needs=Role.OWNER)


class Staff:
    """What takes a new code."""

    def __init__(self, tools: Tools) -> None:
        self._clock: Clock = tools.clock
        self._code_key = tools.claim_code_key

    async def invite(self, session: AsyncSession, order: Order) -> Response:
        """A code for one helper, to be passed on as it is."""
        if len(await helpers_of(session, order.bot)) >= MOST_HELPERS:
            return _say(order, "too_many", button(order.bot, say("staff.remove", order.language), REMOVE))
        issued = await self._issue(session, order.bot, CodeRole.HELPER)
        how = say("staff.invite_how", order.language, shop=order.bot.store_name, until=local(issued.expires_at))
        return _to_pass_on(order, how, command_text(CommandName.JOIN_STAFF, issued.code))

    async def transfer(self, session: AsyncSession, order: Order) -> Response:
        """Pass the bot on: two questions, then a code for the successor."""
        bot, language = order.bot, order.language
        step, _, at = order.argument.partition(":")
        if step == STOP:
            await withdraw_claim_codes(session, bot, role=CodeRole.SUCCESSOR, now=order.incoming.now)
            return _say(order, "transfer_stopped")
        if step == NOW and is_recent(at, now=order.incoming.now):
            issued = await self._issue(session, bot, CodeRole.SUCCESSOR)
            how = say("staff.transfer_how", language, shop=bot.store_name, until=local(issued.expires_at))
            stop = button(bot, say("staff.transfer_stop", language), TRANSFER, STOP)
            return _to_pass_on(order, how, command_text(CommandName.CLAIM, issued.code), stop)
        keep = button(bot, say("staff.keep", language), HELPERS)
        if step == SURE:
            stamp = f"{NOW}:{int(order.incoming.now.timestamp())}"
            really = button(bot, say("staff.transfer_really_yes", language), TRANSFER, stamp)
            return _say(order, "transfer_really", really, keep)
        return _say(order, "transfer_ask", button(bot, say("staff.transfer_yes", language), TRANSFER, SURE), keep)

    async def _issue(self, session: AsyncSession, bot: Bot, role: CodeRole) -> IssuedCode:
        return await issue_claim_code(
            session,
            bot,
            clock=self._clock,
            claim_code_key=self._code_key,
            valid_for=PASSED_ON_VALID_FOR,
            role=role,
        )


async def show(session: AsyncSession, order: Order) -> Response:
    """The owner sees who helps; a helper sees what they may."""
    bot, language = order.bot, order.language
    if order.role is not Role.OWNER:
        return _say(order, "you_help", button(bot, say("staff.leave", language), LEAVE))
    helpers = await helpers_of(session, bot)
    buttons = [button(bot, say("staff.invite", language), INVITE)]
    if helpers:
        buttons.append(button(bot, say("staff.remove", language), REMOVE))
    buttons.append(button(bot, say("staff.transfer", language), TRANSFER))
    rows = [(name_of(helper, language), _day(helper.added_at)) for helper in helpers]
    card = list_bubble(
        say("staff.title", language, shop=bot.store_name),
        rows or [say("staff.nobody", language)],
        buttons=buttons,
        note=say("staff.rights", language),
    )
    return Reply(messages=(FlexMessage("", card),), bot_id=bot.id)


async def remove(session: AsyncSession, order: Order) -> Response:
    """End a helper's part: whose, then whether really."""
    bot, language = order.bot, order.language
    user_id, _, sure = order.argument.partition(":")
    helpers = {helper.user_id: helper for helper in await helpers_of(session, bot)}
    if not helpers:
        return _say(order, "nobody", button(bot, say("staff.invite", language), INVITE))
    if user_id not in helpers:
        names = [button(bot, name_of(one, language), REMOVE, one.user_id) for one in helpers.values()]
        cancel = button(bot, say("staff.keep", language), HELPERS)
        return _say(order, "remove_whom", *names[:MOST_NAMES], cancel)
    name = name_of(helpers[user_id], language)
    if sure != YES:
        really = button(bot, say("staff.remove_yes", language), REMOVE, f"{user_id}:{YES}")
        keep = button(bot, say("staff.keep", language), HELPERS)
        return _say(order, "remove_ask", really, keep, name=name)
    await dismiss_helper(session, bot, user_id)
    await repository.end_staff_work(session, bot, [user_id], now=order.incoming.now)
    word = say("staff.helper_removed", Language.ZH_TW, shop=bot.store_name)
    lanes = await tell_former(session, bot, user_id, word, now=order.incoming.now)
    removed = _say(order, "removed", button(bot, say("staff.list", language), HELPERS), name=name)
    return replace(removed, wake=(lane_of(bot.channel_id, user_id), *lanes))


async def leave(session: AsyncSession, order: Order) -> Response:
    """A helper stops helping."""
    bot, language, user_id = order.bot, order.language, order.incoming.user_id
    if order.role is Role.OWNER or user_id is None:
        return _say(order, "owner_leaves", button(bot, say("staff.transfer", language), TRANSFER))
    if order.argument != YES:
        return _say(order, "leave_ask", button(bot, say("staff.leave_yes", language), LEAVE, YES))
    helper = await dismiss_helper(session, bot, user_id)
    await repository.end_staff_work(session, bot, [user_id], now=order.incoming.now)
    wake = lanes_for(order.incoming.channel, user_id)
    if helper is not None:
        word = say("staff.helper_left", language, shop=bot.store_name, name=name_of(helper, language))
        wake = (*wake, *await tell_owner(session, bot, user_id, word, now=order.incoming.now))
    return Reply(messages=messages_for(say("staff.left", language, shop=bot.store_name)), bot_id=bot.id, wake=wake)


async def ask_release(_session: AsyncSession, order: Order) -> Response:
    """Let go of the bot, as the command does that is typed with an @."""
    return release_question(order.bot, order.language)


def name_of(helper: BotHelper, language: Language) -> str:
    return helper.name or say("staff.nameless", language)


def _to_pass_on(order: Order, how: str, command: str, *buttons: PostbackAction) -> Reply:
    """How it goes, and below it what is to be passed on, alone so that it can be forwarded or copied whole."""
    messages: tuple[Message, ...] = (TextMessage(how), TextMessage(command, buttons))
    return Reply(messages=messages, bot_id=order.bot.id)


def _say(order: Order, key: str, *buttons: Action, **values: object) -> Reply:
    text = say(f"staff.{key}", order.language, shop=order.bot.store_name, **values)
    return Reply(messages=messages_for(text, buttons), bot_id=order.bot.id)


def _day(moment: datetime) -> str:
    return f"{moment.astimezone(SHOP_TIME):%Y/%m/%d}"
