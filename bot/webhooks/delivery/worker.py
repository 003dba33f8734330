"""The worker of callbacks: each lane sends one at a time, and an endpoint has a few lanes."""

from __future__ import annotations

import random
import uuid
from collections import Counter
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from bot.logging import get_logger
from bot.outbox import lanes
from bot.outbox.lanes import Lease, LeaseLost, parked
from bot.webhooks.delivery import health
from bot.webhooks.delivery.posting import DEADLINE_SECONDS, Posted, post, request_of
from bot.webhooks.delivery.verdict import Verdict, judge, of_interruption
from bot.webhooks.lanes import PREFIX
from bot.webhooks.repository import deliveries, endpoints
from bot.webhooks.repository.deliveries import Ready
from bot.webhooks.sender import SafeSender
from bot.webhooks.signers import Signers
from bot.webhooks.states import Event, State

# Requests under way in this process: all of them, and those of one tenant, so that receivers of one partner that
# hang leave room for the others. They only wait, so that many may. Lanes look before they begin and not while they
# do, so that there are some connections more.
AT_ONCE = 256
OF_ONE_TENANT = 128
CONNECTIONS = AT_ONCE + 64
ERASED = "erased"

log = get_logger(__name__)


def callback_sender(*, allow: Collection[str]) -> SafeSender:
    """A sender that gives every request that the worker has under way a connection, whatever host it goes to."""
    return SafeSender(allow=allow, connections=CONNECTIONS, connections_per_host=CONNECTIONS)


@dataclass(frozen=True, slots=True)
class Attempt:
    """Attempt `number` of a delivery, whose row is in the store since `at`."""

    ready: Ready
    number: int
    at: datetime


class CallbackWorker:
    """Works lanes `callback:<endpoint>:<n>` (see `bot.outbox.lanes.LaneWorker`).

    The row of an attempt is committed before anything is sent, so that its number is never used again, whatever
    becomes of this process. `jitter` gives numbers from 0 to 1; `deadline` is in seconds, for a whole attempt.
    """

    prefix = PREFIX

    def __init__(
        self,
        sender: SafeSender,
        signers: Signers,
        *,
        jitter: Callable[[], float] = random.random,
        deadline: float = DEADLINE_SECONDS,
    ) -> None:
        self._sender = sender
        self._signers = signers
        self._jitter = jitter
        self._deadline = deadline
        self._under_way: Counter[uuid.UUID] = Counter()
        self._without_room: set[str] = set()

    async def take(self, session: AsyncSession, lease: Lease, now: datetime) -> Attempt | None:
        while (ready := await deliveries.next_ready(session, lease.key, now=now)) is not None:
            if ready.state is State.SENDING:
                await self._interrupted(session, ready, now=now)
            elif ready.body is None:
                # Before any of its deliveries, as whoever pauses it does.
                await endpoints.is_paused(session, ready.endpoint_id)
                await deliveries.settle(session, ready.id, State.CANCELLED, code=ERASED, at=now)
            elif ready.is_paused and await endpoints.is_paused(session, ready.endpoint_id):
                await endpoints.hold(session, ready.endpoint_id)
            elif not self._has_room(ready):
                self._without_room.add(lease.key)
                return None
            elif (number := await deliveries.begin_attempt(session, ready, now=now)) is not None:
                return Attempt(ready, number, now)
        return None

    async def due(self, session: AsyncSession, now: datetime, *, limit: int) -> Sequence[str]:
        room = AT_ONCE - self._under_way.total()
        return await deliveries.due_lanes(session, now, limit=limit) if room > 0 else []

    async def next_due(self, session: AsyncSession, key: str) -> datetime | None:
        """What this process has no room for is left to the sweep."""
        if key in self._without_room:
            self._without_room.discard(key)
            return None
        return await deliveries.next_due(session, key)

    async def perform(self, lease: Lease, item: Attempt) -> Posted:
        if lease.clock.now() - item.at >= lanes.LEASE:
            # This process was frozen since it wrote the attempt, and somebody else may be at it by now.
            raise LeaseLost(lease.key)
        request = request_of(item.ready, self._signers, number=item.number, at=item.at, deadline=self._deadline)
        self._under_way[item.ready.tenant_id] += 1
        try:
            async with parked():
                return await post(self._sender, request, now=item.at)
        finally:
            self._under_way -= Counter((item.ready.tenant_id,))

    def _has_room(self, ready: Ready) -> bool:
        return self._under_way.total() < AT_ONCE and self._under_way[ready.tenant_id] < OF_ONE_TENANT

    async def finish(self, session: AsyncSession, lease: Lease, item: Attempt, result: Posted) -> None:
        now, ended = lease.clock.now(), result.ended
        await deliveries.end_attempt(session, item.ready.id, item.number, ended=ended)
        once = item.ready.event == Event.TEST
        verdict = judge(ended, number=item.number, retry_after=result.retry_after, jitter=self._jitter(), once=once)
        is_paused = await health.note(session, item.ready, ended, pause=verdict.pause, now=now)
        if is_paused and verdict.state is State.WAITING:
            verdict = Verdict(State.HELD)
        await _settle(session, item, verdict, code=ended.error_code, at=now + verdict.wait)

    async def _interrupted(self, session: AsyncSession, ready: Ready, *, now: datetime) -> None:
        """The process that made the last attempt ended in it. Its number is used up; the next one follows it."""
        ended = of_interruption()
        begun = await deliveries.end_attempt(session, ready.id, ready.attempts, ended=ended)
        once = ready.event == Event.TEST
        verdict = judge(ended, number=ready.attempts, retry_after=None, jitter=self._jitter(), once=once)
        again_at = max(now, begun + verdict.wait)
        await _settle(session, Attempt(ready, ready.attempts, begun), verdict, code=ended.error_code, at=again_at)


async def _settle(session: AsyncSession, item: Attempt, verdict: Verdict, *, code: str | None, at: datetime) -> None:
    await deliveries.settle(session, item.ready.id, verdict.state, code=code, at=at)
    log.info(
        "callback_attempted",
        delivery_id=str(item.ready.id),
        attempt=item.number,
        state=verdict.state,
        error=code,
    )
