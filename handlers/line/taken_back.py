"""What its sender took back, be it before or after it arrived here: events come in any order."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy.ext.asyncio import AsyncSession

from bot.line.events import MessageEditedEvent
from handlers.line.repository import taken_back
from handlers.line.responses import Incoming


async def messages_taken_back(session: AsyncSession, *told: Incoming) -> Collection[str | None]:
    """LINE's ids of those messages whose unsend has arrived, of all that these events and those behind them tell of."""
    events = [one for incoming in told for one in (incoming, *incoming.following)]
    ids = {message_id for one in events if (message_id := message_of(one)) is not None}
    return await taken_back.unsent_among(session, told[0].channel.id, ids) if ids else set()


def message_of(incoming: Incoming) -> str | None:
    """LINE's id of the message that an event tells of or changes."""
    event = incoming.event
    return event.message_id if isinstance(event, MessageEditedEvent) else incoming.message_id
