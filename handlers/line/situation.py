"""What is known about an event before it is decided who deals with it."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from bot.line.delivery.repository import was_sent_here
from bot.line.events import MessageEditedEvent, TextContent, parse_event
from bot.models import Bot
from bot.texts import Language, language_of
from handlers.line import repository
from handlers.line.addressing import addressed_text
from handlers.line.repository import ContactRow, Dialog, Role, Standing, greetings, taken_back
from handlers.line.responses import Incoming
from handlers.line.routing import Route, find_route
from handlers.line.taken_back import messages_taken_back


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """Who writes to which bot, as what, and who speaks for the shop at the moment.

    `contact` and `standing` are None before the first word. `role` is what the sender is to the bot in a
    one-to-one chat. `said` is what was said to the bot: in a group, None unless it was called by one of its `names`.
    `taken_back` are LINE's ids of what its sender has taken back already, of this message and those behind it.
    """

    route: Route
    contact: ContactRow | None = None
    standing: Standing | None = None
    role: Role | None = None
    dialog: Dialog | None = None
    said: str | None = None
    names: tuple[str, ...] = ()
    language: Language = Language.ZH_TW
    taken_back: Collection[str | None] = frozenset()

    @property
    def bot(self) -> Bot | None:
        return self.route.bot

    @property
    def in_preview(self) -> bool:
        """Whether somebody of the shop is looking at it as a customer would."""
        return self.dialog is not None and self.dialog.kind == PREVIEW


_LONE_WORD = re.compile(r"\W*[a-zA-Z]+\W*")
PREVIEW, HANDOVER = "preview", "handover"


async def read_situation(session: AsyncSession, incoming: Incoming) -> Situation:
    """Look at the store, once, for everything that decides what becomes of the event."""
    contact = await repository.find_contact(session, incoming.channel.id, incoming.source_id)
    route = await find_route(session, incoming, contact)
    bot, standing, role, dialog = route.bot, None, None, None
    names = names_of(bot, incoming)
    if bot is not None and incoming.in_private and incoming.user_id is not None:
        role = await repository.role_of(session, bot.id, incoming.channel.id, incoming.user_id)
    if bot is not None and contact is not None:
        standing = await repository.find_standing(session, contact.id, bot.id)
        if role is not None:
            dialog = await repository.find_dialog(session, contact.id, bot.id, now=incoming.now)
            dialog = dialog or await _handover(session, contact.id, bot, now=incoming.now)
    return Situation(
        route=route,
        contact=contact,
        standing=standing,
        role=role,
        dialog=dialog,
        said=await _said(session, incoming, names),
        names=names,
        taken_back=await messages_taken_back(session, incoming),
        language=await _spoken(session, incoming, contact)
        or _language(incoming, contact, in_dialog=dialog is not None and dialog.kind != PREVIEW),
    )


async def _spoken(session: AsyncSession, incoming: Incoming, contact: ContactRow | None) -> Language | None:
    """The language of somebody's last words, for what has none of its own: a picture, a tap, a lone "OK"."""
    if contact is None or contact.language or _has_words(incoming) or not incoming.in_private:
        return None
    said = await greetings.last_words(session, contact.id)
    words = next((text for text in said if not is_lone_word(text)), None)
    return language_of(words) if words is not None else None


def is_lone_word(text: str) -> bool:
    """Whether a text is one Latin word, such as OK or menu: people who write Chinese say these as well."""
    return _LONE_WORD.fullmatch(text) is not None


def _has_words(incoming: Incoming) -> bool:
    """Whether a message shows which language its sender speaks."""
    return incoming.content is not None and not is_lone_word(incoming.content.text)


def _language(incoming: Incoming, contact: ContactRow | None, *, in_dialog: bool) -> Language:
    """A group's by its owner's choice; else that of the words, which neither a button nor a bare figure has."""
    kept = Language(contact.language) if contact is not None and contact.language else None
    has_words = incoming.in_private and _has_words(incoming) and not in_dialog
    return incoming.language if kept is None or has_words else kept


async def _handover(session: AsyncSession, contact_id: int, bot: Bot, *, now: datetime) -> Dialog | None:
    """What somebody of the shop is in the middle of as long as they have a customer's conversation."""
    held = await repository.held_conversation(session, contact_id, bot.id)
    return None if held is None else Dialog(HANDOVER, {"conversation": held}, now)


async def _said(session: AsyncSession, incoming: Incoming, names: tuple[str, ...]) -> str | None:
    """The words that are meant for the bot. A group's quoting one of our messages means us as well."""
    content = incoming.content
    if content is None:
        return None
    if incoming.in_private:
        return content.text
    content = await _newest(session, incoming) or content
    called = addressed_text(content, *names)
    if called is None and await _quotes_us(session, incoming):
        return content.text.strip()
    return called


def names_of(bot: Bot | None, incoming: Incoming) -> tuple[str, ...]:
    """The account's name as people see it in LINE, the shop's, and the word that its owner chose."""
    if bot is None:
        return ()
    return tuple(name for name in (incoming.channel.name, bot.store_name, bot.trigger_word) if name)


async def _newest(session: AsyncSession, incoming: Incoming) -> TextContent | None:
    """What a group's message says since its sender changed it; None where they didn't."""
    if incoming.message_id is None:
        return None
    payload = await taken_back.newest_edit(session, incoming.channel.id, incoming.message_id)
    edited = parse_event(payload) if payload is not None else None
    content = edited.content if isinstance(edited, MessageEditedEvent) else None
    return content if isinstance(content, TextContent) else None


async def _quotes_us(session: AsyncSession, incoming: Incoming) -> bool:
    quoted = incoming.content.quoted_message_id if incoming.content is not None else None
    return quoted is not None and await was_sent_here(session, incoming.channel.id, quoted)
