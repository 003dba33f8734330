"""Stored events as behaviours see them. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from bot.line.channels import ChannelAccess
from bot.line.events import Event, MessageEvent, Mode, TextContent, UnreadableEvent, parse_event
from bot.texts import Language, language_of
from handlers.line.inbox.rows import place_of
from handlers.line.repository import OpenEvent
from handlers.line.responses import Incoming


def read_incoming(item: OpenEvent, event: Event, channel: ChannelAccess, *, now: datetime) -> Incoming:
    """An event with where it came from and when."""
    return Incoming(
        event_id=item.id,
        event=event,
        channel=channel,
        lane=item.lane,
        source_id=place_of(item.lane)[1],
        language=_language(event),
        received_at=item.received_at,
        now=now,
    )


def following(
    first: Incoming, behind: Iterable[OpenEvent], channel: ChannelAccess, *, now: datetime
) -> tuple[Incoming, ...]:
    """What belongs to an event of those that wait behind it: up to whatever is something else.

    Of a text, the texts that its writer wrote right after it; of a picture, the others of its set.
    """
    found: list[Incoming] = []
    image_set = _image_set(first)
    if first.command is not None or (first.content is None and image_set is None):
        return ()
    for item in behind:
        if item.type != "message" or item.delivery_id is not None or item.attempts or item.due_at > now:
            break
        try:
            one = read_incoming(item, parse_event(item.payload), channel, now=now)
        except UnreadableEvent:
            break
        is_text = one.content is not None and one.command is None
        belongs = is_text if image_set is None else _image_set(one) == image_set
        if one.user_id != first.user_id or one.event.mode is not Mode.ACTIVE or not belongs:
            break
        found.append(one)
    return tuple(found)


def _image_set(incoming: Incoming) -> str | None:
    """The id of the set that a picture was sent in."""
    return incoming.media.image_set_id if incoming.media is not None else None


def _language(event: Event) -> Language:
    """Answer in the language of the question; what has no text is answered in the first language."""
    if isinstance(event, MessageEvent) and isinstance(event.content, TextContent):
        return language_of(event.content.text)
    return Language.ZH_TW
