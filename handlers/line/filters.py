"""Filters for the router: small questions about an event and its situation. Pure."""

from __future__ import annotations

from bot.line.events import Event, MediaKind, MessageEvent, PostbackEvent
from handlers.line.commands import CommandName
from handlers.line.responses import Incoming
from handlers.line.router import Filter
from handlers.line.situation import Situation
from handlers.line.taken_back import message_of


def event_is(*kinds: type[Event]) -> Filter:
    """An event of one of these types."""
    return lambda incoming, _: isinstance(incoming.event, kinds)


def says(*names: CommandName) -> Filter:
    """One of these `@` commands."""

    def accepts(incoming: Incoming, _: Situation) -> bool:
        command = incoming.command
        return command is not None and command.name in names

    return accepts


def taps(*verbs: str) -> Filter:
    """A postback whose data begins with one of these verbs and a colon, or is it."""
    return lambda incoming, _: isinstance(incoming.event, PostbackEvent) and incoming.tapped[0] in verbs


def sends(*kinds: MediaKind) -> Filter:
    """A message of one of these kinds that isn't text; of any where none is named."""

    def accepts(incoming: Incoming, _: Situation) -> bool:
        media = incoming.media
        return media is not None and (not kinds or media.kind in kinds)

    return accepts


def is_text(incoming: Incoming, _: Situation) -> bool:
    """A text message."""
    return incoming.content is not None


def is_message(incoming: Incoming, _: Situation) -> bool:
    return isinstance(incoming.event, MessageEvent)


def is_taken_back(incoming: Incoming, situation: Situation) -> bool:
    """A message, or a change of one, that its sender has taken back."""
    return message_of(incoming) in situation.taken_back


def in_private(incoming: Incoming, _: Situation) -> bool:
    """A one-to-one chat."""
    return incoming.in_private


def in_group(incoming: Incoming, _: Situation) -> bool:
    """A group, or a chat of several people."""
    return not incoming.in_private


def is_called(_: Incoming, situation: Situation) -> bool:
    """Words that are meant for the bot."""
    return situation.said is not None


def is_muted(_: Incoming, situation: Situation) -> bool:
    """A group in which the owner switched the bot off."""
    return situation.contact is not None and situation.contact.muted_at is not None


def from_staff(incoming: Incoming, situation: Situation) -> bool:
    """The owner or a helper of the bot, in a one-to-one chat."""
    return incoming.in_private and situation.role is not None


def person_has_it(incoming: Incoming, situation: Situation) -> bool:
    """A conversation in which a person of the shop speaks instead of the bot."""
    return situation.standing is not None and situation.standing.person_has_it(incoming.now)
