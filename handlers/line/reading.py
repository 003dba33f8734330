"""Stored events as behaviours see them. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from bot.line.channels import ChannelAccess
from bot.line.events import Event, MessageEvent, Mode, TextContent, UnreadableEvent, parse_event
from bot.texts import Language, language_of
from handlers.line.repository import OpenEvent
from handlers.line.responses import Incoming


def read_incoming(item: OpenEvent, event: Event, channel: ChannelAccess, *, now: datetime) -> Incoming:
    """An event with where it came from and when."""
    return Incoming(
        event_id=item.id,
        event=event,
        channel=channel,
        lane=item.lane,
        source_id=item.lane.split(":", 2)[2],
        language=_language(event),
        received_at=item.received_at,
        now=now,
    )


def following_texts(
    first: Incoming, behind: Iterable[OpenEvent], channel: ChannelAccess, *, now: datetime
) -> tuple[Incoming, ...]:
    """The texts that the writer of a text wrote right after it: up to whatever is something else."""
    found: list[Incoming] = []
    if first.content is None or first.command is not None:
        return ()
    for item in behind:
        if item.type != "message" or item.delivery_id is not None or item.attempts or item.due_at > now:
            break
        try:
            one = read_incoming(item, parse_event(item.payload), channel, now=now)
        except UnreadableEvent:
            break
        same = one.user_id == first.user_id and one.event.mode is Mode.ACTIVE
        if not same or one.content is None or one.command is not None:
            break
        found.append(one)
    return tuple(found)


def _language(event: Event) -> Language:
    """Answer in the language of the question; what has no text is answered in the first language."""
    if isinstance(event, MessageEvent) and isinstance(event.content, TextContent):
        return language_of(event.content.text)
    return Language.ZH_TW
