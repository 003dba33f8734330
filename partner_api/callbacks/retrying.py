"""Deliver again whatever failed, for an operator or a cron job."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

from bot.clock import Clock
from bot.db.engine import Database
from bot.outbox.runner import LaneRunner
from bot.tenancy.principal import PLATFORM
from bot.webhooks.delivery.worker import CallbackWorker
from partner_api.callbacks import repository
from partner_api.callbacks.errors import DeliveryErased, DeliveryNotFound, DeliveryOpen, EndpointPaused
from partner_api.callbacks.service import redeliver

AT_ONCE = 200
BOUND_SECONDS = 300.0
LOOK_AGAIN_SECONDS = 0.25
STOP_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Tally:
    """How many failed deliveries were begun again, and how their first attempts ended.

    `failed` counts those as well whose first attempt had not ended in the time that there was; like the others,
    they are tried again by the schedule of every delivery.
    """

    total: int
    successful: int
    failed: int


async def retry_failed(
    database: Database, clock: Clock, worker: CallbackWorker, *, bound: float = BOUND_SECONDS
) -> Tally:
    """Deliver every failed message again, and wait until each had its first attempt, at most `bound` seconds.

    Messages go out from here and from any other process that works jobs, whichever comes to them first. Left out
    are messages that were delivered again since, whose body was erased, or whose endpoint is paused.
    """
    runner = LaneRunner(database, clock, workers=[worker])
    runner.start()
    try:
        begun = await _begin(database, clock)
        keys = sorted({lane for _, lane in begun})
        ids = [delivery_id for delivery_id, _ in begun]
        outcomes: dict[uuid.UUID, bool] = {}
        try:
            async with asyncio.timeout(bound):
                while len(outcomes) < len(ids):
                    await runner.work(keys)
                    outcomes = await _outcomes(database, ids)
                    await asyncio.sleep(LOOK_AGAIN_SECONDS if len(outcomes) < len(ids) else 0)
        except TimeoutError:
            outcomes = await _outcomes(database, ids)
    finally:
        await runner.stop(grace=STOP_SECONDS)
    successful = sum(outcomes.values())
    return Tally(total=len(ids), successful=successful, failed=len(ids) - successful)


async def _begin(database: Database, clock: Clock) -> list[tuple[uuid.UUID, str]]:
    """Begin the new deliveries; their ids and lanes.

    Each in a transaction of its own, which locks its endpoint: of two, others could hold the second and want the first.
    """
    begun: list[tuple[uuid.UUID, str]] = []
    after: uuid.UUID | None = None
    while True:
        async with database.reading() as session:
            failed = await repository.failed_messages(session, limit=AT_ONCE, after=after)
        for delivery_id in failed:
            # Somebody else may be faster: another of these, the partner, or what deletes and erases.
            with suppress(DeliveryOpen, EndpointPaused, DeliveryErased, DeliveryNotFound):
                async with database.unit_of_work() as session:
                    again = await redeliver(session, PLATFORM, delivery_id, now=clock.now())
                    begun.append((again.id, again.lane))
        if len(failed) < AT_ONCE:
            return begun
        after = failed[-1]


async def _outcomes(database: Database, ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, bool]:
    """Whether the first attempt succeeded, of those where it has ended."""
    found: dict[uuid.UUID, bool] = {}
    for start in range(0, len(ids), AT_ONCE):
        async with database.reading() as session:
            ended = await repository.first_outcomes(session, ids[start : start + AT_ONCE])
        found |= {delivery_id: success for delivery_id, success in ended.items() if success is not None}
    return found
