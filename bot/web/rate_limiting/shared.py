"""The limiter of many processes, over Redis.

A script of our own and not the `limits` package: there the caller's clock stamps each request, so that processes
whose clocks differ count different windows, and what is left takes a second round trip.
"""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

from redis.asyncio import BlockingConnectionPool, Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from bot.circuit import Circuit
from bot.clock import Clock
from bot.logging import get_logger
from bot.web.rate_limiting.local import LocalLimiter
from bot.web.rate_limiting.verdict import MICROSECONDS, WINDOW_SECONDS, Verdict, verdict

# A request waits no longer than this for Redis, and none at all while it is known to be away.
PATIENCE_SECONDS = 0.25
PAUSE = timedelta(seconds=5)
CONNECTIONS = 32
PREFIX = "shopkeeper:rate:"

# A list of the times in microseconds, oldest first. Redis runs one script at a time, so nobody counts in between.
_HIT = """
local key, limit, window = KEYS[1], tonumber(ARGV[1]), tonumber(ARGV[2])
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local count, oldest = redis.call('LLEN', key), redis.call('LINDEX', key, 0)
while oldest and tonumber(oldest) <= now - window do
  redis.call('LPOP', key)
  count, oldest = count - 1, redis.call('LINDEX', key, 0)
end
if count < limit then
  redis.call('RPUSH', key, string.format('%.0f', now))
  redis.call('PEXPIRE', key, math.ceil(window / 1000) + 1)
  return {1, count + 1, tonumber(oldest or now) + window - now, 0}
end
local freeing = redis.call('LINDEX', key, count - limit)
return {0, count, tonumber(oldest) + window - now, tonumber(freeing) + window - now}
"""

log = get_logger(__name__)


class SharedLimiter:
    """Counts in Redis, by the time of Redis, so that all processes together let no more through than one would.

    It counts in this process as well: while Redis is away or slow that alone decides, and what it let through
    then still counts when Redis is back.
    """

    def __init__(
        self, redis_url: str, clock: Clock, *, window: float = WINDOW_SECONDS, patience: float = PATIENCE_SECONDS
    ) -> None:
        pool = BlockingConnectionPool.from_url(
            redis_url,
            max_connections=CONNECTIONS,
            timeout=patience,
            socket_timeout=patience,
            socket_connect_timeout=patience,
            # A connection that Redis closed while it was idle is opened again.
            retry=Retry(NoBackoff(), 1),
        )
        self._redis: Redis = Redis.from_pool(pool)
        self._script = self._redis.register_script(_HIT)
        self._patience = patience
        self._window = int(window * MICROSECONDS)
        self._local = LocalLimiter(clock, window=window)
        self._circuit = Circuit(clock, pause=PAUSE)

    async def hit(self, key: str, *, limit: int) -> Verdict:
        """Count one request of `key`, where it is let through. Never raises, and waits a quarter second at most."""
        # Taken before Redis is asked, so that a request is forgotten here no later than there.
        now = self._local.now()
        refused = self._local.refusal(key, limit=limit, now=now)
        if refused is not None:
            return refused
        if not self._circuit.lets_through():
            return self._local.count(key, limit=limit, now=now)
        try:
            async with asyncio.timeout(self._patience):
                answer = await self._script(keys=[PREFIX + key], args=[limit, self._window])
        except (RedisError, OSError, TimeoutError) as error:
            self._circuit.failed()
            log.warning("rate_limit_not_shared", error=type(error).__name__)
            return await self._local.hit(key, limit=limit)
        self._circuit.succeeded()
        return self._counted(key, limit, answer=answer, now=now)

    async def close(self) -> None:
        await self._redis.aclose()
        await self._redis.connection_pool.disconnect()

    def _counted(self, key: str, limit: int, *, answer: Any, now: int) -> Verdict:
        allowed, counted, reset, retry_after = (int(number) for number in answer)
        if allowed:
            self._local.count(key, limit=limit, now=now)
        return verdict(limit, counted=counted, reset=reset, retry_after=None if allowed else retry_after)
