"""The desk of a shop: an owner's or helper's words and taps, and which action each of them asks for.

A text is an action's where it is one of its words in the catalogue (`<section>.heard_action_<action>`), or where the
action's own reader finds its argument in it. A tap is `o:<action>:<bot>:<argument>`. A text that
belongs to a dialog goes to whoever began that. Everything else that staff write is a customer's question.
"""

from __future__ import annotations

import unicodedata
import uuid
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import cache

from sqlalchemy.ext.asyncio import AsyncSession

from bot.line.messages import PostbackAction
from bot.models import Bot
from bot.texts import Language, catalogue, say
from handlers.line import repository
from handlers.line.filters import from_staff, is_text, taps
from handlers.line.rendering import messages_for
from handlers.line.repository import Role
from handlers.line.responses import Incoming, Reply, Response, Silent
from handlers.line.router import Router, Turn
from handlers.line.situation import Situation

TAP = "o"
CANCEL = "cancel"


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What somebody of the shop asks of their bot. `argument` is what an action was given, or a dialog's text."""

    turn: Turn
    bot: Bot
    role: Role
    argument: str = ""

    @property
    def incoming(self) -> Incoming:
        return self.turn.incoming

    @property
    def language(self) -> Language:
        return self.turn.situation.language


Run = Callable[[AsyncSession, Order], Awaitable[Response]]
Read = Callable[[str], str | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """Something that staff can ask for. `needs` is the least role that may; `read` finds the argument in a text."""

    name: str
    run: Run
    needs: Role = Role.HELPER
    read: Read | None = None


class Desk:
    """Actions and dialogs by name."""

    def __init__(self) -> None:
        self._actions: dict[str, Action] = {}
        self._dialogs: dict[str, Run] = {}
        self.action(CANCEL, _cancel)

    def action(self, name: str, run: Run, *, needs: Role = Role.HELPER, read: Read | None = None) -> None:
        """Offer an action: by tap, by its words in the catalogue, and by what `read` takes."""
        self._actions[name] = Action(name=name, run=run, needs=needs, read=read)

    def dialog(self, kind: str, run: Run) -> None:
        """Give the texts of a dialog of this kind to `run`."""
        self._dialogs[kind] = run

    def router(self) -> Router:
        """The desk's behaviours, for staff in a one-to-one chat."""
        router = Router()
        router.on("desk_tap", self._on_tap, taps(TAP))
        router.on("desk_text", self._on_text, from_staff, is_text, self._wants)
        return router

    def _wants(self, incoming: Incoming, situation: Situation) -> bool:
        """Whether a text is an action's or a dialog's. A command with an @ never is."""
        if incoming.command is not None:
            return False
        in_dialog = situation.dialog is not None and situation.dialog.kind in self._dialogs
        return in_dialog or self._asked_for(incoming.text) is not None

    def _asked_for(self, text: str) -> tuple[Action, str] | None:
        heard = _words().get(_plain(text))
        if heard in self._actions:
            return self._actions[heard], ""
        for action in self._actions.values():
            argument = action.read(text) if action.read is not None else None
            if argument is not None:
                return action, argument
        return None

    async def _on_text(self, session: AsyncSession, turn: Turn) -> Response:
        situation, text = turn.situation, turn.incoming.text
        if situation.bot is None or situation.role is None:
            return Silent("not_staff")
        dialog = self._dialogs.get(situation.dialog.kind) if situation.dialog is not None else None
        asked = self._asked_for(text)
        if dialog is not None and (asked is None or asked[0].name != CANCEL):
            return await dialog(session, Order(turn=turn, bot=situation.bot, role=situation.role, argument=text))
        if asked is None:
            return Silent("not_asked")
        return await self._run(session, turn, situation.bot, situation.role, asked=asked)

    async def _on_tap(self, session: AsyncSession, turn: Turn) -> Response:
        """A button of the desk. It names its bot, and counts for whoever is staff of that bot now."""
        name, _, rest = turn.incoming.tapped[1].partition(":")
        bot_id, _, argument = rest.partition(":")
        action, user_id = self._actions.get(name), turn.incoming.user_id
        try:
            bot = await repository.find_bot(session, turn.incoming.channel.id, uuid.UUID(bot_id))
        except ValueError:
            return Silent("unknown_postback")
        if action is None or bot is None or user_id is None or not turn.incoming.in_private:
            return Silent("unknown_postback")
        role = await repository.role_of(session, bot.id, turn.incoming.channel.id, user_id)
        if role is None:
            return refuse(turn, "owner.not_staff", shop=bot.store_name)
        return await self._run(session, turn, bot, role, asked=(action, argument))

    async def _run(
        self, session: AsyncSession, turn: Turn, bot: Bot, role: Role, *, asked: tuple[Action, str]
    ) -> Response:
        action, argument = asked
        if action.needs is Role.OWNER and role is not Role.OWNER:
            return refuse(turn, "owner.owners_only")
        return await action.run(session, Order(turn=turn, bot=bot, role=role, argument=argument))


def button(order_bot: Bot, label: str, action: str, argument: str = "") -> PostbackAction:
    """A button that asks the desk for an action; `label` stands in the chat when it is tapped."""
    data = f"{TAP}:{action}:{order_bot.id.hex}:{argument}".removesuffix(":")
    return PostbackAction(label=label, data=data, display_text=label)


def refuse(turn: Turn, key: str, **values: object) -> Reply:
    """A plain word of the catalogue, in nobody's name."""
    return Reply(messages=messages_for(say(key, turn.situation.language, **values)))


async def _cancel(session: AsyncSession, order: Order) -> Response:
    """Whatever staff were in the middle of ends."""
    await repository.end_dialog(session, order.turn.contact.id, order.bot.id)
    return Reply(messages=messages_for(say("owner.cancelled", order.language)), bot_id=order.bot.id)


def _plain(text: str) -> str:
    """A text without what makes no difference to what is asked for."""
    return "".join(unicodedata.normalize("NFKC", text).split()).casefold().strip("。！!？?~～.")


@cache
def _words() -> dict[str, str]:
    """Every word of the catalogues that asks for an action, in its plain form."""
    found: dict[str, str] = {}
    for language in Language:
        for key, words in catalogue(language).items():
            _, heard, action = key.partition(".heard_action_")
            found |= {_plain(word): action for word in words.split("|") if heard and word}
    return found
