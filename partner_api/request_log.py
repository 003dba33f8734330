"""A row for every request to the Partner API, written off the request's way."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from bot.clock import Clock
from bot.db.engine import Database
from bot.web.surface import Answered


@dataclass(frozen=True, slots=True, kw_only=True)
class Caught:
    """A request as it was answered, and whose it was; key and tenant are None where no key was recognised."""

    answered: Answered
    key_id: uuid.UUID | None = None
    tenant_id: uuid.UUID | None = None


class RequestLog:
    """Collects answered requests and writes them in batches."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def note(self, caught: Caught) -> None:
        """Take note of a request; neither waits nor raises."""

    def start(self) -> None: ...

    async def stop(self) -> None: ...
