"""Processes that die or freeze while they send callbacks: no attempt's number is skipped or used again."""

from __future__ import annotations

import asyncio
import uuid
from collections import Counter
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field

import pytest

from bot.clock import SystemClock
from bot.outbox.runner import LaneRunner
from bot.settings import Settings
from bot.webhooks.signers import Signers
from tests.support.breakpoints import How
from tests.support.callbacks import PostOffice, Received, Receiver, answer
from tests.support.settings import settings_in
from tests.support.site import Site
from tests.support.waiting import eventually

# Before anything is sent, in the midst of it, and once the receiver has answered.
POINTS = ("callback_begun", "callback_sending", "callback_answered")
FINAL = {"succeeded", "failed"}
# Longer than the process waits before it stops in a request.
SLOW_SECONDS = 0.2
PAST_THE_LEASE = 2.5


async def slow_failure(receiver: Receiver, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await asyncio.sleep(SLOW_SECONDS)
    await answer(500)(receiver, reader, writer)


@dataclass
class Sending:
    """Processes that send, a receiver that fails at first, and what was given to them to send."""

    site: Site
    office: PostOffice
    receiver: Receiver
    ids: list[uuid.UUID] = field(default_factory=list)

    async def begin(self, servers: int) -> None:
        self.site.environment["SSRF_ALLOW"] = self.receiver.pair
        self.site.breakable = True
        await self.site.serve(servers)
        await self.office.prepare()

    async def send(self, point: str, how: How) -> None:
        """Stop the first process at `point` of a delivery that fails once or twice, and see it through."""
        stops, failures = self.site.stops(), 1 + len(self.ids) % 2
        self.receiver.behaviours = [slow_failure] * failures
        stops.arm(point, how)
        first, *others = self.site.servers
        for other in others:
            other.freeze()
        self.ids.append(await self.office.add(self.receiver.url))
        await eventually(lambda: not stops.waiting)
        for other in others:
            other.thaw()
        if how == "kill":
            await eventually(lambda: first.status is not None)
            await self.site.restart(0)
        else:
            await asyncio.sleep(PAST_THE_LEASE)
            first.thaw()
        await eventually(self._all_ended)

    async def _all_ended(self) -> bool:
        return {one.state for one in await self.office.deliveries()} <= FINAL

    async def check(self) -> str:
        """What the store says against what the receiver saw."""
        told: Counter[str] = Counter()
        for delivery_id in self.ids:
            delivery, attempts = await self.office.delivery(delivery_id), await self.office.attempts(delivery_id)
            told.update(one.error_code or "ok" for one in attempts)
            numbers = [one.attempt_number for one in attempts]
            assert numbers == list(range(1, delivery.attempts + 1))
            assert all(one.success is not None for one in attempts)
            assert (delivery.state == "failed") == (delivery.attempts == 3 and not attempts[-1].success)
            seen = [one for one in self.receiver.received if one.headers["webhook-id"] == str(delivery.message_id)]
            check_seen(seen, {one.attempt_number for one in attempts if one.error_code != "interrupted"})
        assert told["interrupted"] == len(self.ids)
        return f"{len(self.ids)} stops, numbers skipped 0, used again 0; {dict(told)}"


def check_seen(seen: Sequence[Received], ended: set[int]) -> None:
    """What ended as it should was seen once, what was interrupted at most once, in order and with the same bytes."""
    numbers = [int(one.headers["x-webhook-attempt"]) for one in seen]
    assert numbers == sorted(set(numbers))
    assert ended <= set(numbers)
    assert len({one.body for one in seen}) == 1


def settings_of(site: Site) -> Settings:
    return settings_in(site.folder, secret_key=site.environment["SECRET_KEY"], webhook_secret=None)


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    made = Receiver()
    await made.listen()
    yield made
    await made.close()


async def stop_at(site: Site, receiver: Receiver, points: Sequence[str], *, how: How, servers: int = 1) -> str:
    clock = SystemClock()
    idle = LaneRunner(site.database, clock, workers=[])
    sending = Sending(site, PostOffice(site.database, clock, Signers(settings_of(site)), idle), receiver)
    await sending.begin(servers)
    for point in points:
        await sending.send(point, how)
    return await sending.check()


@pytest.mark.timeout(300)
async def test_a_process_may_die_anywhere_while_it_sends(
    site: Site, receiver: Receiver, figure: Callable[[str], None], request: pytest.FixtureRequest
) -> None:
    rounds = 10 if request.config.getoption("--full-faults") else 1
    figure(await stop_at(site, receiver, POINTS * rounds, how="kill"))


@pytest.mark.timeout(300)
async def test_a_process_may_freeze_anywhere_while_another_sends_in_its_place(
    postgresql_site: Site, receiver: Receiver, figure: Callable[[str], None], request: pytest.FixtureRequest
) -> None:
    points = POINTS * 5 if request.config.getoption("--full-faults") else POINTS[:2]
    figure(await stop_at(postgresql_site, receiver, points, how="freeze", servers=2))
