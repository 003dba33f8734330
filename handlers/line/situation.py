"""What is known about an event before it is decided who deals with it."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from bot.line.delivery.repository import was_sent_here
from bot.line.events import MediaContent, MessageEvent
from bot.models import Bot
from bot.texts import Language
from handlers.line import repository
from handlers.line.addressing import addressed_text
from handlers.line.repository import ContactRow, Dialog, Role, Standing
from handlers.line.responses import Incoming
from handlers.line.routing import Route, find_route


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """Who writes to which bot, as what, and who speaks for the shop at the moment.

    `contact` and `standing` are None before the first word. `role` is what the sender is to the bot in a
    one-to-one chat. `said` is what was said to the bot: in a group, None unless it was called.
    """

    route: Route
    contact: ContactRow | None = None
    standing: Standing | None = None
    role: Role | None = None
    dialog: Dialog | None = None
    said: str | None = None
    language: Language = Language.ZH_TW

    @property
    def bot(self) -> Bot | None:
        return self.route.bot

    @property
    def in_preview(self) -> bool:
        """Whether somebody of the shop is looking at it as a customer would."""
        return self.dialog is not None and self.dialog.kind == PREVIEW


PREVIEW = "preview"


async def read_situation(session: AsyncSession, incoming: Incoming) -> Situation:
    """Look at the store, once, for everything that decides what becomes of the event."""
    contact = await repository.find_contact(session, incoming.channel.id, incoming.source_id)
    route = await find_route(session, incoming, contact)
    bot, standing, role, dialog = route.bot, None, None, None
    if bot is not None and incoming.in_private and incoming.user_id is not None:
        role = await repository.role_of(session, bot.id, incoming.channel.id, incoming.user_id)
    if bot is not None and contact is not None:
        standing = await repository.find_standing(session, contact.id, bot.id)
        if role is not None:
            dialog = await repository.find_dialog(session, contact.id, bot.id, now=incoming.now)
    language = Language(contact.language) if contact is not None and contact.language else incoming.language
    return Situation(
        route=route,
        contact=contact,
        standing=standing,
        role=role,
        dialog=dialog,
        said=await _said(session, incoming, bot),
        language=language,
    )


async def _said(session: AsyncSession, incoming: Incoming, bot: Bot | None) -> str | None:
    """The words that are meant for the bot. A group's quoting one of our messages means us as well."""
    content = incoming.content
    if content is None:
        return None
    if incoming.in_private:
        return content.text
    names = (bot.store_name, bot.trigger_word or "") if bot is not None else ()
    called = addressed_text(content, *names)
    if called is None and await _quotes_us(session, incoming):
        return content.text.strip()
    return called


async def _quotes_us(session: AsyncSession, incoming: Incoming) -> bool:
    event = incoming.event
    if not isinstance(event, MessageEvent) or isinstance(event.content, MediaContent) or incoming.content is None:
        return False
    quoted = incoming.content.quoted_message_id
    return quoted is not None and await was_sent_here(session, incoming.channel.id, quoted)
