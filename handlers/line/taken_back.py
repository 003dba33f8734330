"""What its sender took back while it still waited to be dealt with."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy.ext.asyncio import AsyncSession

from bot.line.events import UnsendEvent, parse_event
from handlers.line import repository


async def messages_taken_back(session: AsyncSession, lane: str) -> Collection[str | None]:
    """LINE's ids of the messages whose unsend already waits behind them in the lane."""
    unsends = [parse_event(payload) for payload in await repository.open_unsends(session, lane)]
    return {unsend.message_id for unsend in unsends if isinstance(unsend, UnsendEvent) and unsend.message_id}
