"""The desk of a shop: an owner's or helper's words and taps, and which action each of them asks for.

A text is an action's where it is one of its words in the catalogue (`<section>.heard_action_<action>`), or where the
action's own reader finds its argument in it. A tap is `o:<action>:<bot>:<argument>`. A text that
belongs to a dialog goes to whoever began that. Everything else that staff write is a customer's question.
"""

from __future__ import annotations

import unicodedata
import uuid
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from bot.db.engine import Database
from bot.models import Bot
from bot.texts import Language, catalogue, say, words_of
from handlers.line import repository
from handlers.line.filters import from_staff, is_message, is_text, taps
from handlers.line.owner.rich_menu import lanes_for
from handlers.line.rendering import messages_for
from handlers.line.repository import Dialog, Role
from handlers.line.responses import Incoming, Reply, Response, Silent
from handlers.line.router import Router, Turn
from handlers.line.situation import Situation
from handlers.line.taps import TAP, button

__all__ = ["CANCEL", "LEAVING", "MENU", "TAP", "Desk", "Errand", "Order", "button", "heard_action", "refuse"]

CANCEL = "cancel"
MENU = "menu"
NOTHING = "nothing"
# What ends a dialog instead of belonging to it, when it is written as a text of its own.
LEAVING = frozenset({CANCEL, MENU})
# What nobody would answer a customer with: such a word ends a lesson or an answer, and is done instead.
ORDERS = frozenset({"unanswered", "pause", "resume", "summary", "broadcast", "preview", "quota", "settings"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Errand:
    """What somebody of the shop asks, before any transaction. `argument` is an action's, or a dialog's text."""

    incoming: Incoming
    situation: Situation
    bot: Bot
    role: Role
    argument: str = ""
    dialog: Dialog | None = None

    @property
    def language(self) -> Language:
        return self.situation.language


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What somebody of the shop asks of their bot. `argument` is what an action was given, or a dialog's text.

    `prepared` is what was found out before the transaction.
    """

    turn: Turn
    bot: Bot
    role: Role
    argument: str = ""
    prepared: Any = None

    @property
    def incoming(self) -> Incoming:
        return self.turn.incoming

    @property
    def language(self) -> Language:
        return self.turn.situation.language


Run = Callable[[AsyncSession, Order], Awaitable[Response]]
Read = Callable[[str], str | None]
Prepare = Callable[[Errand], Awaitable[Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """Something that staff can ask for. `needs` is the least role that may; `read` finds the argument in a text.

    `prepare` does what is slow, before the transaction.
    """

    name: str
    run: Run
    needs: Role = Role.HELPER
    read: Read | None = None
    prepare: Prepare | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Talk:
    """A dialog's part: `run` gets its texts, but for those that ask for one of the actions `leaving`. `expects` is the
    key of the text that says what it waits for."""

    run: Run
    prepare: Prepare | None = None
    expects: str = "owner.text_expected"
    leaving: frozenset[str] = LEAVING


@dataclass(frozen=True, slots=True)
class _Ready:
    """An errand, who runs it, and what was found out for it. `leaves` says that it ends the sender's dialog."""

    errand: Errand
    run: Run
    found: Any = None
    leaves: bool = False


class Desk:
    """Actions and dialogs by name."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._actions: dict[str, Action] = {}
        self._dialogs: dict[str, Talk] = {}
        self.action(CANCEL, _cancel)
        self.action(NOTHING, _nothing)

    def action(
        self,
        name: str,
        run: Run,
        *,
        needs: Role = Role.HELPER,
        read: Read | None = None,
        prepare: Prepare | None = None,
    ) -> None:
        """Offer an action: by tap, by its words in the catalogue, and by what `read` takes."""
        self._actions[name] = Action(name=name, run=run, needs=needs, read=read, prepare=prepare)

    def dialog(
        self,
        kind: str,
        run: Run,
        *,
        prepare: Prepare | None = None,
        expects: str = "owner.text_expected",
        leaving: frozenset[str] = LEAVING,
    ) -> None:
        """Give the texts of a dialog of this kind to `run`; anything else is told what it `expects`."""
        self._dialogs[kind] = Talk(run=run, prepare=prepare, expects=expects, leaving=leaving)

    def offers(self, name: str, role: Role) -> bool:
        """Whether there is such an action for people of this role."""
        action = self._actions.get(name)
        return action is not None and _may(action, role)

    def router(self) -> Router:
        """The desk's behaviours, for staff in a one-to-one chat."""
        router = Router()
        router.on("desk_tap", self._on_tap, taps(TAP), prepare=self._ready_tap)
        router.on("desk_text", self._on_text, from_staff, is_text, self._wants, prepare=self._ready_text)
        router.on("desk_other", self._on_other, from_staff, is_message, self._waits_for_text)
        return router

    def _wants(self, incoming: Incoming, situation: Situation) -> bool:
        """Whether a text is an action's or a dialog's. A command with an @ never is."""
        if incoming.command is not None:
            return False
        return self._talk(situation) is not None or self._asked_for(incoming.text) is not None

    def _waits_for_text(self, incoming: Incoming, situation: Situation) -> bool:
        return incoming.content is None and self._talk(situation) is not None

    def _talk(self, situation: Situation) -> Talk | None:
        return self._dialogs.get(situation.dialog.kind) if situation.dialog is not None else None

    def _asked_for(self, text: str) -> tuple[Action, str] | None:
        heard = heard_action(text)
        if heard in self._actions:
            return self._actions[heard], ""
        for action in self._actions.values():
            argument = action.read(text) if action.read is not None else None
            if argument is not None:
                return action, argument
        return None

    async def _ready_text(self, incoming: Incoming, situation: Situation) -> _Ready | Response:
        """Whose a text is, and what can be found out about it."""
        bot, role, text = situation.bot, situation.role, incoming.text
        if bot is None or role is None:
            return Silent("not_staff")
        talk, asked = self._talk(situation), self._asked_for(text)
        if talk is not None and (asked is None or asked[0].name not in talk.leaving):
            errand = Errand(
                incoming=incoming, situation=situation, bot=bot, role=role, argument=text, dialog=situation.dialog
            )
            return await _made_ready(errand, talk.run, talk.prepare)
        if asked is None:
            return Silent("not_asked")
        errand = Errand(incoming=incoming, situation=situation, bot=bot, role=role, argument=asked[1])
        ready = await _for_action(errand, asked[0])
        leaves = talk is not None and asked[0].name in ORDERS
        return replace(ready, leaves=True) if leaves and isinstance(ready, _Ready) else ready

    async def _ready_tap(self, incoming: Incoming, situation: Situation) -> _Ready | Response:
        """A button of the desk. It names its bot, and counts for whoever is staff of that bot now."""
        name, _, rest = incoming.tapped[1].partition(":")
        bot_id, _, argument = rest.partition(":")
        action, user_id = self._actions.get(name), incoming.user_id
        try:
            wanted = uuid.UUID(bot_id)
        except ValueError:
            return Silent("unknown_postback")
        if action is None or user_id is None or not incoming.in_private:
            return Silent("unknown_postback")
        async with self._database.reading() as session:
            bot = await repository.find_bot(session, incoming.channel.id, wanted)
            role = await repository.role_of(session, wanted, incoming.channel.id, user_id)
        if bot is None:
            return Silent("unknown_postback")
        if role is None:
            return _no_staff(incoming, situation, bot)
        return await _for_action(
            Errand(incoming=incoming, situation=situation, bot=bot, role=role, argument=argument), action
        )

    async def _on_text(self, session: AsyncSession, turn: Turn) -> Response:
        """Do what was asked for in words; buttons have no language, and go on in that of these words."""
        ready: _Ready = turn.prepared
        language = turn.situation.language
        if ready.errand.dialog is None and turn.contact.language != language:
            await repository.change_contact(session, turn.contact.id, language=language.value)
        if ready.leaves:
            await repository.end_dialog(session, turn.contact.id, ready.errand.bot.id)
        return await self._run(session, turn)

    async def _on_tap(self, session: AsyncSession, turn: Turn) -> Response:
        """Do what was tapped; from now on the chat is with the bot that the button names."""
        ready: _Ready = turn.prepared
        here, meant = turn.situation.bot, ready.errand.bot
        if here is None or here.id != meant.id:
            await repository.enter_bot(session, turn.contact.id, meant.id)
        return await self._run(session, turn)

    async def _run(self, session: AsyncSession, turn: Turn) -> Response:
        """Run what was made ready, unless its sender has meanwhile ceased to be of the shop."""
        ready: _Ready = turn.prepared
        errand, user_id = ready.errand, turn.incoming.user_id
        role = None
        if user_id is not None:
            role = await repository.role_of(session, errand.bot.id, turn.incoming.channel.id, user_id)
        if role is None or role is not errand.role:
            return _no_staff(turn.incoming, turn.situation, errand.bot)
        bot = await repository.find_bot(session, turn.incoming.channel.id, errand.bot.id)
        if bot is None:
            return Silent("no_bot")
        order = Order(turn=turn, bot=bot, role=role, argument=errand.argument, prepared=ready.found)
        return await ready.run(session, order)

    async def _on_other(self, _session: AsyncSession, turn: Turn) -> Response:
        """Something that isn't text, in the middle of a dialog."""
        talk, bot = self._talk(turn.situation), turn.situation.bot
        if talk is None or bot is None:
            return Silent("not_asked")
        language = turn.situation.language
        cancel = button(bot, say("owner.cancel", language), CANCEL)
        return Reply(messages=messages_for(say(talk.expects, language), (cancel,)), bot_id=bot.id)


def refuse(turn: Turn, key: str, **values: object) -> Reply:
    """A plain word of the catalogue, in nobody's name."""
    return _refused(turn.situation, key, **values)


def heard_action(text: str) -> str | None:
    """The action of which `text` is a word in the catalogue, whether or not the desk has it."""
    return _words().get(_plain(text))


def _no_staff(incoming: Incoming, situation: Situation, bot: Bot) -> Reply:
    """A kind word for somebody with a button of a bot that isn't theirs (any more), whose menu then goes."""
    refusal = _refused(situation, "owner.not_staff", shop=bot.store_name)
    return replace(refusal, wake=lanes_for(incoming.channel, incoming.user_id))


def _refused(situation: Situation, key: str, **values: object) -> Reply:
    return Reply(messages=messages_for(say(key, situation.language, **values)))


def _may(action: Action, role: Role) -> bool:
    return role is Role.OWNER or action.needs is not Role.OWNER


async def _for_action(errand: Errand, action: Action) -> _Ready | Response:
    if not _may(action, errand.role):
        menu = button(errand.bot, say("owner.to_menu", errand.language), MENU)
        messages = messages_for(say("owner.owners_only", errand.language), (menu,))
        return Reply(messages=messages, bot_id=errand.bot.id)
    return await _made_ready(errand, action.run, action.prepare)


async def _made_ready(errand: Errand, run: Run, prepare: Prepare | None) -> _Ready:
    return _Ready(errand, run, await prepare(errand) if prepare is not None else None)


async def _cancel(session: AsyncSession, order: Order) -> Response:
    """Whatever staff were in the middle of ends."""
    await repository.end_dialog(session, order.turn.contact.id, order.bot.id)
    menu = button(order.bot, say("owner.to_menu", order.language), MENU)
    return Reply(messages=messages_for(say("owner.cancelled", order.language), (menu,)), bot_id=order.bot.id)


async def _nothing(_session: AsyncSession, order: Order) -> Response:
    """A word that confirms or refuses, where nothing was asked: no customer's question either."""
    menu = button(order.bot, say("owner.to_menu", order.language), MENU)
    return Reply(messages=messages_for(say("owner.nothing_to_confirm", order.language), (menu,)), bot_id=order.bot.id)


def _plain(text: str) -> str:
    """A text without what makes no difference to what is asked for."""
    return "".join(unicodedata.normalize("NFKC", text).split()).casefold().strip("。！!？?~～.")


@cache
def _words() -> dict[str, str]:
    """Every word of the catalogues that asks for an action, in its plain form."""
    found: dict[str, str] = {}
    for key in catalogue(Language.ZH_TW):
        _, heard, action = key.partition(".heard_action_")
        if heard:
            found |= {_plain(word): action for word in words_of(key)}
    return found
