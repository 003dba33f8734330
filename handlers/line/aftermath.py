"""What follows once LINE has answered: a read mark, ids to be quoted by, and a push where a reply came too late."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import Protocol

from sqlalchemy.ext.asyncio import AsyncSession

from bot.clock import Clock
from bot.line.channels import ChannelAccess, ChannelDirectory
from bot.line.client import LineClient, LineError
from bot.line.delivery import Outcome, OutcomeKind, Purpose
from bot.line.delivery import repository as ledger
from bot.line.delivery.repository import PlannedPush
from bot.line.events import EventState
from bot.logging import get_logger
from bot.models import Bot
from handlers.line import repository
from handlers.line.channel_state import note_access
from handlers.line.inbox.rows import place_of
from handlers.line.pushing import room_for
from handlers.line.repository import presence
from handlers.line.responses import Incoming

# A reply that ended like this was surely not shown, so that a push can't show it twice.
NOT_SHOWN = frozenset({"reply_token_expired", "rate_limited", "access_refused", "not_reached"})

log = get_logger(__name__)


class Ending(Protocol):
    """How an event was to end."""

    @property
    def state(self) -> EventState: ...

    @property
    def reason(self) -> str | None: ...


@dataclass(frozen=True, slots=True)
class Moved:
    """Another delivery takes over, in another lane."""

    delivery_id: int
    lane: str
    reason: str = "pushed"


class Aftermath:
    """Looks after a reply that was tried."""

    def __init__(self, channels: ChannelDirectory, line: LineClient, clock: Clock) -> None:
        self._channels = channels
        self._line = line
        self._clock = clock

    async def note(self, session: AsyncSession, lane: str, attempt: ledger.Attempt, outcome: Outcome) -> None:
        """Keep what the outcome says of the channel, and a group's ids of what was sent."""
        channel_id, source_id = place_of(lane)
        await note_access(session, self._channels, channel_id, outcome.kind, now=self._clock.now())
        if outcome.message_ids and not _is_person(source_id):
            await ledger.remember_sent(session, channel_id, attempt.delivery_id, message_ids=outcome.message_ids)

    async def mark_read(
        self, channel: ChannelAccess, incoming: Incoming, outcome: Outcome, *, covers: tuple[Incoming, ...]
    ) -> None:
        """Show the customer's words as read, now that they are answered."""
        if outcome.kind is not OutcomeKind.SENT or not channel.reads_by_hand:
            return
        token = (covers[-1] if covers else incoming).event.mark_as_read_token
        if token is not None:
            with suppress(LineError):
                await self._line.mark_as_read(channel.token, mark_as_read_token=token)

    async def push_instead(
        self, session: AsyncSession, lane: str, attempt: ledger.Attempt, ending: Ending
    ) -> Moved | None:
        """Push an answer that its reply token surely didn't show, where the bot's policy and quota allow it.

        Never into a group, where LINE bills every member.
        """
        channel_id, source_id = place_of(lane)
        if ending.state is not EventState.FAILED or ending.reason not in NOT_SHOWN or not _is_person(source_id):
            return None
        bot = await session.get(Bot, attempt.bot_id) if attempt.bot_id is not None else None
        if bot is None or bot.late_reply != "push" or not bot.is_active:
            return None
        now = self._clock.now()
        if (refused := await room_for(session, bot, now=now)) is not None:
            log.warning("late_reply_not_pushed", bot_id=str(bot.id), reason=refused)
            return None
        if await presence.is_gone(session, channel_id, source_id):
            return None
        planned = PlannedPush(
            channel_id=channel_id, bot_id=bot.id, to=source_id, purpose=Purpose.ANSWER, messages=attempt.messages
        )
        pushed = await ledger.queue_push(session, planned, now=now)
        # Words that are taken back later stand in one place only.
        await ledger.blank_delivery(session, attempt.delivery_id)
        await repository.move_to_delivery(session, attempt.delivery_id, pushed.id, lane=lane)
        return Moved(pushed.id, pushed.lane)


def _is_person(source_id: str) -> bool:
    """Whether a chat is one person's; the ids of groups and rooms begin with C and R."""
    return source_id.startswith("U")
