"""群組: the groups that a bot is in, each with its language, on or off, welcomes; and the word that calls the bot."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from bot.line.flex import bubble, carousel
from bot.line.messages import FlexMessage, PostbackAction
from bot.models import Bot
from bot.tenancy.bot_settings import LEAST_WORD, MOST_WORD, trigger_word
from bot.texts import Language, say
from handlers.line import repository
from handlers.line.addressing import calling_word
from handlers.line.owner.desk import Desk, Errand, Order, button
from handlers.line.owner.replies import begin, end, number_in, phrase, tap, told, way_back
from handlers.line.owner.tools import Tools
from handlers.line.profiles import name_of_group
from handlers.line.rendering import messages_for
from handlers.line.repository import Group, GroupSettings, Role
from handlers.line.responses import Reply, Response

GROUPS, GROUP, WORD = "groups", "group", "trigger_word"
ON, OFF, WELCOME, SILENT_WELCOME, TONGUE, CLEAR = "on", "off", "welcome", "unwelcome", "language", "clear"
# The languages that a group may be held to; else each question is answered in its own. A tap goes to the next.
AS_ASKED = "as_asked"
TONGUES = {Language.ZH_TW.value: "chinese", Language.EN.value: "english"}
FOLLOWING = {"": Language.ZH_TW.value, Language.ZH_TW.value: Language.EN.value}
ON_A_PAGE = 9
# Asking LINE for more names than this at once would keep the owner waiting.
MOST_NAMES_ASKED = 5
DIALOG_LASTS = timedelta(minutes=30)


def add_to(desk: Desk, tools: Tools) -> None:
    """Let owners set what their bot does in groups."""
    groups = Groups(tools)
    desk.action(GROUPS, groups.show, needs=Role.OWNER, prepare=groups.find_names)
    desk.action(GROUP, change, needs=Role.OWNER)
    desk.action(WORD, ask_word, needs=Role.OWNER)
    desk.dialog(WORD, take_word, expects="group.word_expected")


@dataclass(frozen=True, slots=True)
class Found:
    """The page's groups, and the names of those that had none; `alone` says that the channel is the bot's own."""

    groups: Sequence[Group]
    names: Mapping[int, str]
    alone: bool
    has_more: bool


class Groups:
    """The list, which asks LINE for names that are missing."""

    def __init__(self, tools: Tools) -> None:
        self._database = tools.database
        self._line = tools.line

    async def find_names(self, errand: Errand) -> Found:
        offset = number_in(errand.argument) or 0
        async with self._database.reading() as session:
            alone = await _is_alone(session, errand.bot)
            found = await repository.groups_of(session, errand.bot, alone=alone, limit=ON_A_PAGE + 1, offset=offset)
        groups, names = found[:ON_A_PAGE], {}
        nameless = [group for group in groups if group.display_name is None and group.source_type == "group"]
        for group in nameless[:MOST_NAMES_ASKED]:
            name = await name_of_group(self._line, errand.incoming.channel.token, group.source_id)
            if name is not None:
                names[group.id] = name
        return Found(groups, names, alone, len(found) > ON_A_PAGE)

    async def show(self, session: AsyncSession, order: Order) -> Response:
        """A card for each group, and one for the word that calls the bot."""
        found: Found = order.prepared
        for contact_id, name in found.names.items():
            await repository.change_contact(session, contact_id, display_name=name)
        offset = number_in(order.argument) or 0
        if not found.groups and not offset:
            return _told(order, "none", word=calling_word(order.bot))
        cards = []
        for number, group in enumerate(found.groups, start=offset + 1):
            named = replace(group, display_name=group.display_name or found.names.get(group.id))
            settings = await repository.group_settings(session, group.id, order.bot.id)
            cards.append(_card(order, named, settings, number=number))
        cards.append(_word_card(order, further=offset + ON_A_PAGE if found.has_more else 0))
        alt = say("group.title", order.language, shop=order.bot.store_name)
        return Reply(messages=(FlexMessage(alt, carousel(cards)),), bot_id=order.bot.id)


async def change(session: AsyncSession, order: Order) -> Response:
    """Set one thing for one group: the argument is its number and what is to be."""
    bot, now = order.bot, order.incoming.now
    given, _, what = order.argument.partition(":")
    group = await repository.group_of(session, bot, number_in(given) or 0, alone=await _is_alone(session, bot))
    if group is None:
        return _told(order, "gone", back=True)
    settings = await repository.group_settings(session, group.id, bot.id)
    verb, _, value = what.partition(":")
    if verb in (ON, OFF):
        await repository.change_contact(session, group.id, muted_at=now if verb == OFF else None)
        group = replace(group, muted_at=now if verb == OFF else None)
    elif verb == TONGUE and value in (*Language, ""):
        await repository.change_contact(session, group.id, language=value or None)
        group = replace(group, language=value or None)
    elif verb in (WELCOME, SILENT_WELCOME):
        settings = replace(settings, welcomes=verb == WELCOME)
        await repository.change_group_settings(session, bot, group.id, settings=settings, now=now)
    card = _card(order, group, settings)
    alt = say("group.changed", order.language)
    return Reply(messages=(*messages_for(alt), FlexMessage(alt, card)), bot_id=bot.id)


async def ask_word(session: AsyncSession, order: Order) -> Response:
    """Ask for the word that calls the bot, or go back to the shop's name alone."""
    bot = order.bot
    if order.argument == CLEAR:
        bot.trigger_word = None
        return _told(order, "word_cleared", back=True)
    await begin(session, order, WORD, data={}, lasts=DIALOG_LASTS)
    buttons = [tap(order, "group.word_clear", WORD, CLEAR)] if bot.trigger_word else []
    return told(order, phrase(order, "group.word_ask", shop=bot.store_name), *buttons, way_back(order))


async def take_word(session: AsyncSession, order: Order) -> Response:
    """The word that the owner wrote."""
    word = trigger_word(order.argument)
    if word is None:
        return told(order, phrase(order, "group.word_odd", least=LEAST_WORD, most=MOST_WORD), way_back(order))
    order.bot.trigger_word = word
    await end(session, order)
    return _told(order, "word_set", back=True, word=word)


async def _is_alone(session: AsyncSession, bot: Bot) -> bool:
    return len(await repository.bots_of_channel(session, bot.channel_id, limit=2)) == 1


def _card(order: Order, group: Group, settings: GroupSettings, *, number: int = 0) -> dict[str, object]:
    """What is set for a group, with a button for each thing to change."""
    language, is_muted = order.language, group.muted_at is not None

    def text(key: str, **values: object) -> str:
        return say(f"group.{key}", language, **values)

    def choice(key: str, verb: str) -> PostbackAction:
        return button(order.bot, text(key), GROUP, f"{group.id}:{verb}")

    tongue = group.language or ""
    nameless = "room" if group.source_type == "room" else "nameless"
    rows = [
        (text("answers"), text("is_off" if is_muted else "is_on")),
        (text("tongue"), text(TONGUES.get(tongue, AS_ASKED))),
        (text("welcomes"), text("is_on" if settings.welcomes else "is_off")),
    ]
    following = FOLLOWING.get(tongue, "")
    buttons = [
        choice("turn_on", ON) if is_muted else choice("turn_off", OFF),
        choice(f"to_{TONGUES.get(following, AS_ASKED)}", f"{TONGUE}:{following}"),
        choice("no_welcome", SILENT_WELCOME) if settings.welcomes else choice("do_welcome", WELCOME),
    ]
    return bubble(group.display_name or text(nameless, number=number or group.id), rows=rows, buttons=buttons)


def _word_card(order: Order, *, further: int) -> dict[str, object]:
    bot, language = order.bot, order.language
    buttons = [tap(order, "group.word_change", WORD)]
    if further:
        buttons.append(tap(order, "group.more", GROUPS, str(further)))
    how = say("group.how_to_call", language, word=calling_word(bot), shop=bot.store_name)
    return bubble(say("group.word_title", language), body=how, buttons=buttons)


def _told(order: Order, key: str, *, back: bool = False, **values: object) -> Reply:
    onward = tap(order, "group.back", GROUPS) if back else tap(order, "group.word_change", WORD)
    return told(order, phrase(order, f"group.{key}", shop=order.bot.store_name, **values), onward)
