"""Going on where a transaction and another one waited for each other, and PostgreSQL ended this one."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TypeVar

from sqlalchemy.exc import DBAPIError

from bot.logging import get_logger

# Source: PostgreSQL, Appendix A, Error Codes, deadlock_detected.
DEADLOCK = "40P01"
MOST_TIMES = 3
T = TypeVar("T")

log = get_logger(__name__)


async def despite_deadlocks(work: Callable[[], Awaitable[T]]) -> T:
    """What `work` gives, a transaction of its own that is done anew where it was ended for another's sake.

    Whoever manages a bot holds it first and then what its people have; an event of LINE's holds its sender first and
    then the bot. Neither order suits both, and what was ended has changed nothing.
    """
    for _ in range(MOST_TIMES - 1):
        try:
            return await work()
        except DBAPIError as error:
            if getattr(error.orig, "sqlstate", None) != DEADLOCK:
                raise
            log.warning("deadlock_ended")
    return await work()
