"""A worker of callbacks on SQLite, and receivers on loopback."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack

import pytest

from bot.clock import ManualClock
from bot.db.engine import Database
from bot.webhooks.signers import Signers
from tests.support.callbacks import Behaviour, PostOffice, Receiver, post_office
from tests.support.settings import MakeSettings

MakeReceiver = Callable[..., Awaitable[Receiver]]


@pytest.fixture
async def receivers() -> AsyncIterator[list[Receiver]]:
    """Two receivers that say 200 until a test gives them other behaviours."""
    async with AsyncExitStack() as stack:
        made = [Receiver(), Receiver()]
        for one in made:
            await one.listen()
            stack.push_async_callback(one.close)
        yield made


@pytest.fixture
async def receiver(receivers: list[Receiver]) -> Receiver:
    return receivers[0]


@pytest.fixture
async def tripwire() -> AsyncIterator[Receiver]:
    """A listener that nothing may ever connect to."""
    made = Receiver()
    await made.listen()
    yield made
    await made.close()


@pytest.fixture
async def office(
    sqlite_database: Database, clock: ManualClock, settings: MakeSettings, receivers: list[Receiver]
) -> AsyncIterator[PostOffice]:
    """A worker that may reach the two receivers, without jitter, which gives up on an answer after 0.3 s."""
    allow = [one.pair for one in receivers]
    async with post_office(sqlite_database, clock, Signers(settings()), allow=allow) as made:
        yield made


__all__ = ["Behaviour"]
