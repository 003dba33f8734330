"""What a bot does in groups and rooms beside answering who calls it (`handlers.line.addressing`)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from bot.line.client import LineClient
from bot.texts import say
from handlers.line import repository
from handlers.line.addressing import calling_word
from handlers.line.profiles import name_of_group
from handlers.line.rendering import messages_for
from handlers.line.responses import Incoming, Reply, Response, Silent
from handlers.line.resting import with_rest
from handlers.line.router import Turn
from handlers.line.situation import Situation

WELCOME_AGAIN = timedelta(minutes=10)
HINT_AGAIN = timedelta(hours=24)


class Groups:
    """Comings and goings. `line` tells the names of groups."""

    def __init__(self, line: LineClient) -> None:
        self._line = line

    async def find_name(self, incoming: Incoming, _situation: Situation) -> str | None:
        """Ask LINE for the group's name."""
        return await name_of_group(self._line, incoming.channel.token, incoming.source_id)

    async def greet(self, session: AsyncSession, turn: Turn) -> Response:
        """Invited into a group: say once how to call the bot, or how to choose one."""
        incoming, bot, language = turn.incoming, turn.situation.bot, turn.situation.language
        changes = {"display_name": turn.prepared} if turn.prepared else {}
        await repository.change_contact(session, turn.contact.id, left_at=None, **changes)
        if turn.contact.muted_at is not None:
            return Silent("muted")
        if bot is None:
            return Reply(messages=messages_for(say("group.choose_shop", language)))
        await repository.upsert_conversation(session, bot, turn.contact.id, now=incoming.now)
        text = say("group.joined", language, shop=bot.store_name, word=calling_word(bot))
        return Reply(messages=messages_for(with_rest(text, bot, language)), bot_id=bot.id)


async def note_left(session: AsyncSession, turn: Turn) -> Response:
    """The account was removed from a group: nothing is sent there any more."""
    await repository.change_contact(session, turn.contact.id, left_at=turn.incoming.now)
    return Silent("left")


async def welcome(session: AsyncSession, turn: Turn) -> Response:
    """Newcomers: one short word for all that come within ten minutes, where the owner wants that."""
    incoming, bot, contact = turn.incoming, turn.situation.bot, turn.contact
    if bot is None or contact.muted_at is not None:
        return Silent("member_joined")
    settings = await repository.group_settings(session, contact.id, bot.id)
    if not settings.welcomes:
        return Silent("member_joined")
    if settings.welcomed_at is not None and incoming.now - settings.welcomed_at < WELCOME_AGAIN:
        return Silent("welcomed_already")
    await repository.change_group_settings(
        session, bot, contact.id, settings=replace(settings, welcomed_at=incoming.now), now=incoming.now
    )
    language = turn.situation.language
    text = say("group.welcome", language, shop=bot.store_name, word=calling_word(bot))
    return Reply(messages=messages_for(with_rest(text, bot, language)), bot_id=bot.id)


async def hint_private(session: AsyncSession, turn: Turn) -> Response:
    """A command of the shop's people in a group: say where it belongs, once a day, and do nothing."""
    incoming, bot, contact = turn.incoming, turn.situation.bot, turn.contact
    if bot is None:
        return Silent("command_in_group")
    settings = await repository.group_settings(session, contact.id, bot.id)
    if settings.hinted_at is not None and incoming.now - settings.hinted_at < HINT_AGAIN:
        return Silent("command_in_group")
    await repository.change_group_settings(
        session, bot, contact.id, settings=replace(settings, hinted_at=incoming.now), now=incoming.now
    )
    return Reply(messages=messages_for(say("binding.only_in_private", turn.situation.language)))
