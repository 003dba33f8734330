"""A row for every request to the Partner API, written off the request's way."""

from __future__ import annotations

import asyncio
import uuid
from collections import deque
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.exc import DataError, IntegrityError, SQLAlchemyError

from bot.clock import Clock
from bot.db.engine import Database
from bot.logging import get_logger
from bot.models import OperatorKey, PartnerApiKey
from bot.web.surface import Answered
from partner_api.request_log import repository

EVERY_SECONDS = 0.1
AGAIN_SECONDS = 1.0
BATCH = 500
# What is kept while the store is away; a minute of ten partners at their limits.
WAITING = 10_000
METHODS = frozenset(("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"))

log = get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Caught:
    """A request as it was answered, and whose it was: None where no key was recognised."""

    answered: Answered
    key_id: uuid.UUID | None = None
    tenant_id: uuid.UUID | None = None
    operator_id: uuid.UUID | None = None


class RequestLog:
    """Collects answered requests and writes them in batches.

    The first is written at once and what comes meanwhile at most every tenth of a second, so a killed process
    loses no more than that. While the store is away a bounded number waits; what is beyond it is dropped and counted.
    """

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._waiting: deque[tuple[Caught, datetime]] = deque()
        self._dropped = 0
        self._noted = asyncio.Event()
        self._stopping = asyncio.Event()
        self._writing: asyncio.Task[None] | None = None

    def note(self, caught: Caught) -> None:
        """Take note of a request; neither waits nor raises."""
        if len(self._waiting) < WAITING:
            self._waiting.append((caught, self._clock.now()))
            self._noted.set()
        else:
            self._dropped += 1

    def start(self) -> None:
        """Begin to write what is noted."""
        self._stopping.clear()
        self._writing = asyncio.create_task(self._write_for_ever())

    async def stop(self) -> None:
        """Write what waits, once more, and end."""
        self._stopping.set()
        self._noted.set()
        if self._writing is not None:
            await self._writing
        await self._write_all()
        if lost := len(self._waiting) + self._dropped:
            log.error("partner_requests_lost", lost=lost)

    async def _write_for_ever(self) -> None:
        while not self._stopping.is_set():
            await self._noted.wait()
            self._noted.clear()
            seconds = EVERY_SECONDS if await self._write_all() else AGAIN_SECONDS
            with suppress(TimeoutError):
                async with asyncio.timeout(seconds):
                    await self._stopping.wait()

    async def _write_all(self) -> bool:
        """Write what waits; False, and try again, where the store is away."""
        while self._waiting:
            batch = [self._waiting[place] for place in range(min(BATCH, len(self._waiting)))]
            try:
                await self._write(batch)
            except (DataError, IntegrityError):
                # Nothing that a caller sends should lead here; one wrong row must not keep all others waiting.
                log.exception("partner_requests_lost", lost=len(batch))
            except (SQLAlchemyError, OSError) as error:
                log.warning("partner_requests_wait", waiting=len(self._waiting), error=type(error).__name__)
                self._noted.set()
                return False
            for _ in batch:
                self._waiting.popleft()
        if self._dropped:
            log.error("partner_requests_lost", lost=self._dropped, error="too many waited for the store")
            self._dropped = 0
        return True

    async def _write(self, batch: Sequence[tuple[Caught, datetime]]) -> None:
        used = {caught.key_id: at for caught, at in batch if caught.key_id is not None}
        operators = {caught.operator_id: at for caught, at in batch if caught.operator_id is not None}
        async with self._database.unit_of_work() as session:
            await repository.add_requests(session, [_row(caught, at) for caught, at in batch])
            await repository.note_use(session, PartnerApiKey, used)
            await repository.note_use(session, OperatorKey, operators)


def _row(caught: Caught, at: datetime) -> dict[str, Any]:
    answered = caught.answered
    return {
        "partner_api_key_id": caught.key_id,
        "tenant_id": caught.tenant_id,
        "endpoint": answered.route,
        "method": answered.method if answered.method in METHODS else "OTHER",
        "response_status": answered.status,
        "response_time_ms": round(answered.seconds * 1000, 3),
        "error": answered.error,
        "client_ip": answered.client[:64],
        "request_id": answered.request_id,
        "created_at": at,
    }
