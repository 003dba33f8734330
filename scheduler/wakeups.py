"""Wake-ups carried by taskiq: in memory within one process, by a Redis stream between many.

The rows decide what is to be done, so losing a wake-up only delays until the next sweep. Several
lanes share one message, since a message of its own for each would cost more than the rest of the
acknowledging path (`docs/decisions`, who carries the wake-ups).
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from contextlib import suppress
from typing import Protocol

from redis.asyncio import Redis
from redis.exceptions import RedisError
from taskiq import AsyncBroker, InMemoryBroker
from taskiq.acks import AcknowledgeType
from taskiq.exceptions import TaskiqError
from taskiq.kicker import AsyncKicker
from taskiq.receiver import Receiver
from taskiq_redis import RedisStreamBroker

from bot.logging import get_logger

TASK = "work_lanes"
STREAM = "shopkeeper:wakeups"
LANES_A_MESSAGE = 8
MESSAGES_AT_ONCE = 16
STREAM_LENGTH = 10_000
RECONNECT_SECONDS = 1.0
# A receiver that is reading from Redis just then may miss that it was cancelled, and is told again.
STOP_ATTEMPTS = 4
STOP_SECONDS = 0.5

log = get_logger(__name__)
# taskiq tells of every message it sends and runs; our own lines say what became of each event.
logging.getLogger("taskiq").setLevel(logging.WARNING)


class Runner(Protocol):
    """Works lanes; returns when each has nothing due any more."""

    async def work(self, keys: Sequence[str]) -> None: ...


class WakeUps:
    """Sends wake-ups, and when it has a `runner`, also receives them.

    With a `redis_url` the processes on it share the work; without one this process does it all.
    """

    def __init__(self, *, redis_url: str | None = None, runner: Runner | None = None) -> None:
        self._broker = _redis_broker(redis_url) if redis_url else InMemoryBroker()
        self._runner = runner
        self._finish = asyncio.Event()
        self._listening: asyncio.Task[None] | None = None
        self._sending: set[asyncio.Task[None]] = set()

    async def start(self) -> None:
        """Connect. A Redis that can't be reached is tried again in the background."""
        if self._runner is not None:
            # taskiq renames the function that it is given, which a bound method doesn't allow.
            runner = self._runner

            async def work_lanes(keys: list[str]) -> None:
                await runner.work(keys)

            self._broker.register_task(work_lanes, task_name=TASK)
        with suppress(RedisError, OSError):
            await self._broker.startup()
        if self._runner is not None and isinstance(self._broker, RedisStreamBroker):
            self._listening = asyncio.create_task(self._listen())

    def wake(self, keys: Sequence[str]) -> None:
        """Send wake-ups for these lanes soon; the caller doesn't wait."""
        task = asyncio.create_task(self._send(keys))
        self._sending.add(task)
        task.add_done_callback(self._sending.discard)

    async def ping(self) -> None:
        """Ask the carrier for real. Raises what its driver raises when it can't answer."""
        if isinstance(self._broker, RedisStreamBroker):
            await Redis(connection_pool=self._broker.connection_pool).ping()

    async def stop_listening(self) -> None:
        """Take no more wake-ups from others. Whatever the receiver does, this ends within two seconds."""
        self._finish.set()
        if self._listening is None:
            return
        for _ in range(STOP_ATTEMPTS):
            self._listening.cancel()
            if (await asyncio.wait({self._listening}, timeout=STOP_SECONDS))[0]:
                return
        # Its connection is closed with the broker's, which ends it too.
        log.warning("wake_ups_not_stopped")

    async def close(self) -> None:
        await asyncio.gather(*self._sending, return_exceptions=True)
        with suppress(RedisError, OSError):
            await self._broker.shutdown()

    async def _send(self, keys: Sequence[str]) -> None:
        kicker: AsyncKicker[[list[str]], None] = AsyncKicker(TASK, self._broker, {})
        try:
            for start in range(0, len(keys), LANES_A_MESSAGE):
                lanes = list(keys[start : start + LANES_A_MESSAGE])
                await kicker.kiq(lanes)
        except (TaskiqError, RedisError, OSError) as error:
            log.warning("wake_up_lost", lanes=len(keys), error=type(error).__name__)

    async def _listen(self) -> None:
        """Receive until told to stop, also through a Redis that goes away and comes back."""
        while not self._finish.is_set():
            receiver = Receiver(self._broker, max_async_tasks=MESSAGES_AT_ONCE, ack_type=AcknowledgeType.WHEN_RECEIVED)
            try:
                await receiver.listen(self._finish)
            except (ExceptionGroup, RedisError, OSError) as error:
                log.warning("wake_ups_interrupted", error=type(error).__name__)
                await asyncio.sleep(RECONNECT_SECONDS)


def _redis_broker(url: str) -> AsyncBroker:
    # An acknowledged-late message would come again after its idle time; the sweep does that better.
    return RedisStreamBroker(url, queue_name=STREAM, maxlen=STREAM_LENGTH, unacknowledged_lock_timeout=10.0)
