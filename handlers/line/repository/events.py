"""Events of a lane, from the first that isn't final to its end."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, func, literal_column, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.db.statements import table_of
from bot.line.events import OPEN_STATES, EventState
from bot.models import Lane, LineEvent, StaffNotice

_EVENTS = table_of(LineEvent)
# Spelled out, not bound: only then can the planners see that the partial index holds these rows.
_OPEN = _EVENTS.c.state.in_([literal_column(f"'{state}'") for state in sorted(OPEN_STATES, reverse=True)])
_THIS = _EVENTS.c.id == bindparam("event")

# The reason of an open event that only opens a question and waits for the rest of it.
AWAITS_MORE = "awaits_more"


@dataclass(frozen=True, slots=True)
class OpenEvent:
    """An event that isn't final yet. `attempts` counts the times it was begun before."""

    id: int
    channel_id: uuid.UUID
    lane: str
    type: str
    payload: str
    received_at: datetime
    due_at: datetime
    reason: str | None
    attempts: int
    delivery_id: int | None


@dataclass(frozen=True, slots=True)
class EndedEvent:
    """An event that has become final."""

    id: int
    type: str
    received_at: datetime
    attempts: int


_WAITING = (
    select(*(_EVENTS.c[name] for name in OpenEvent.__dataclass_fields__))
    .where(_EVENTS.c.lane == bindparam("lane"), _OPEN)
    .order_by(_EVENTS.c.occurred_at, _EVENTS.c.id)
    .limit(bindparam("most"))
)
_ENDED = tuple(_EVENTS.c[name] for name in EndedEvent.__dataclass_fields__)
_BEGIN = update(_EVENTS).where(_THIS).values(state=EventState.WORKING, attempts=_EVENTS.c.attempts + 1)
_DELIVER = update(_EVENTS).where(_THIS).values(delivery_id=bindparam("delivery"), reason=bindparam("because"))
_FINAL: dict[str, Any] = {"state": bindparam("final"), "reason": bindparam("because")}
_END = update(_EVENTS).where(_THIS).values(**_FINAL).returning(*_ENDED)
_END_DELIVERED = (
    update(_EVENTS)
    .where(_EVENTS.c.lane == bindparam("in_lane"), _OPEN, _EVENTS.c.delivery_id == bindparam("delivery"))
    .values(**_FINAL)
    .returning(*_ENDED)
)
_POSTPONE = (
    update(_EVENTS)
    .where(_THIS)
    .values(due_at=bindparam("until"), reason=func.nullif(_EVENTS.c.reason, literal_column(f"'{AWAITS_MORE}'")))
)
_AWAIT = update(_EVENTS).where(_THIS).values(due_at=bindparam("until"), reason=AWAITS_MORE)


async def open_events(session: AsyncSession, lane: str, *, limit: int) -> Sequence[OpenEvent]:
    """The first events of the lane that aren't final: by event time, then by arrival."""
    rows = await session.execute(_WAITING, {"lane": lane, "most": limit})
    return [OpenEvent(*row) for row in rows]


async def begin_work(session: AsyncSession, event_id: int) -> None:
    """Count one more try at an event."""
    await session.execute(_BEGIN, {"event": event_id})


async def deliver_event(session: AsyncSession, event_id: int, delivery_id: int, *, reason: str | None = None) -> None:
    """Note which delivery answers an event; `reason` where it is an apology and not an answer."""
    await session.execute(_DELIVER, {"event": event_id, "delivery": delivery_id, "because": reason})


async def end_event(
    session: AsyncSession, event_id: int, state: EventState, *, reason: str | None
) -> Sequence[EndedEvent]:
    """Make an event final."""
    rows = await session.execute(_END, {"event": event_id, "final": state, "because": reason})
    return [EndedEvent(*row) for row in rows]


async def end_delivered(
    session: AsyncSession, lane: str, delivery_id: int, *, state: EventState, reason: str | None
) -> Sequence[EndedEvent]:
    """Make every event of a lane final that one delivery answers."""
    given = {"in_lane": lane, "delivery": delivery_id, "final": state, "because": reason}
    return [EndedEvent(*row) for row in await session.execute(_END_DELIVERED, given)]


async def move_to_delivery(session: AsyncSession, old_id: int, new_id: int, *, lane: str) -> None:
    """Let another delivery answer what one was to answer, and tell what that was to tell."""
    moved = update(LineEvent).where(LineEvent.lane == lane, LineEvent.delivery_id == old_id)
    await session.execute(moved.values(delivery_id=new_id))
    told = update(StaffNotice).where(StaffNotice.delivery_id == old_id).values(delivery_id=new_id)
    await session.execute(told, execution_options={"synchronize_session": False})


async def fail_delivered(session: AsyncSession, delivery_id: int, *, reason: str) -> None:
    """Say that events count as failed after all, since what was to answer them could not be sent."""
    failed = update(LineEvent).where(LineEvent.delivery_id == delivery_id, LineEvent.state == EventState.ANSWERED)
    await session.execute(failed.values(state=EventState.FAILED, reason=reason))


async def postpone_event(session: AsyncSession, event_id: int, *, until: datetime, or_more: bool = False) -> None:
    """Leave an event alone until then, or with `or_more` until something follows it."""
    if or_more:
        await session.execute(_AWAIT, {"event": event_id, "until": until})
    else:
        await session.execute(_POSTPONE, {"event": event_id, "until": until})


async def how_ended(session: AsyncSession, event_id: int) -> tuple[str, str | None] | None:
    """State and reason of an event."""
    row = (await session.execute(select(LineEvent.state, LineEvent.reason).where(LineEvent.id == event_id))).first()
    return (row[0], row[1]) if row is not None else None


async def due_lanes(session: AsyncSession, now: datetime, *, limit: int) -> Sequence[str]:
    """Lanes with something due that nobody holds."""
    due = (
        select(_EVENTS.c.lane)
        .outerjoin(Lane, Lane.key == _EVENTS.c.lane)
        .where(_OPEN, _EVENTS.c.due_at <= now, or_(Lane.key.is_(None), Lane.lease_until <= now))
        .distinct()
        .limit(limit)
    )
    return (await session.scalars(due)).all()


async def count_open_events(session: AsyncSession) -> tuple[dict[str, int], datetime | None]:
    """How many events wait or are worked on, by state, and when the oldest of them arrived."""
    rows = await session.execute(
        select(_EVENTS.c.state, func.count(), func.min(_EVENTS.c.received_at)).where(_OPEN).group_by(_EVENTS.c.state)
    )
    found = rows.all()
    return {state: count for state, count, _ in found}, min((oldest for *_, oldest in found), default=None)


async def replace_payload(session: AsyncSession, event_id: int, payload: str) -> None:
    """Keep another JSON for an event than the one received."""
    await session.execute(update(LineEvent).where(LineEvent.id == event_id).values(payload=payload))
