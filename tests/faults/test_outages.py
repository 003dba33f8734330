"""Ten minutes without LINE, on a clock that the test moves: nothing is lost in silence, nothing said twice."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update

from bot.clock import ManualClock
from bot.line.sdk_client import SdkLineClient
from bot.line.simulator import FaultMode, User
from bot.models import Bot, Delivery
from bot.outbox import runner
from tests.support.running import Running, running
from tests.support.shops import ANSWER, ASK
from tests.support.waiting import eventually

SWEEP_SECONDS = 0.02
NOBODY = "http://127.0.0.1:9"
PUSHED, IN_DOUBT = ("answered", "pushed"), ("failed", "outcome_unknown")
Outage = Callable[[Running], Awaitable[None]]


@pytest.fixture
async def product(
    sqlite_url: str, tmp_path: Path, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Running]:
    """A shop whose quota is known."""
    monkeypatch.setattr(runner, "SWEEP_SECONDS", SWEEP_SECONDS)
    async with running(sqlite_url, tmp_path, clock=clock) as started:
        await started.shops.open()
        await started.shops.know_quota(None)
        yield started


async def refused(product: Running) -> None:
    """No connection can be made."""
    await connect(product, NOBODY)


def answering(status: int) -> Outage:
    async def outage(product: Running) -> None:
        product.line.fail(FaultMode.STATUS, status=status, times=None)

    return outage


async def hanging(product: Running) -> None:
    product.line.fail(FaultMode.HANG, seconds=0.03, times=None)


async def connect(product: Running, url: str) -> None:
    client = product.shopkeeper.ports.line
    assert isinstance(client, SdkLineClient)
    (await client._transport.api()).api_client.configuration._base_path = url


async def pass_by(product: Running, clock: ManualClock, *seconds: float) -> None:
    """Let time pass in these steps, with everything done in each that is due by then."""
    for step in seconds:
        clock.advance(timedelta(seconds=step))

        async def nothing_is_due() -> bool:
            assert product.shopkeeper.runner is not None
            await product.shopkeeper.runner.idle()
            events = [event for event in await product.events() if event.state in {"received", "working"}]
            pushes = await product.rows(select(Delivery).where(Delivery.due_at <= clock.now()))
            return not pushes and not any(event.due_at <= clock.now() for event in events)

        await eventually(nothing_is_due)


async def write(product: Running, users: list[User]) -> None:
    for user in users:
        told = await product.line.user_says(product.central, user, ASK)
        assert told.attempts[0].accepted


@pytest.mark.parametrize(
    ("outage", "policy", "end"),
    [
        pytest.param(refused, "push", PUSHED, id="refused, pushing"),
        pytest.param(refused, "postback", ("failed", "not_reached"), id="refused"),
        pytest.param(answering(429), "push", PUSHED, id="429, pushing"),
        pytest.param(answering(429), "postback", ("failed", "rate_limited"), id="429"),
        pytest.param(answering(500), "push", IN_DOUBT, id="500"),
        pytest.param(hanging, "push", IN_DOUBT, id="hanging"),
    ],
)
async def test_ten_minutes_without_line(
    product: Running, clock: ManualClock, outage: Outage, policy: str, end: tuple[str, str]
) -> None:
    async with product.database.unit_of_work() as session:
        await session.execute(update(Bot).values(late_reply=policy))
    early, late = ([product.friend(f"{when}{number}") for number in range(3)] for when in ("早", "晚"))
    await outage(product)
    await write(product, early)
    await pass_by(product, clock, 0, 1, 2, 4, *[8] * 7, *[60] * 8, 27)
    await write(product, late)
    await pass_by(product, clock, 0, 1, 2, 4, 8, 8, 7)
    product.line.faults.clear()
    await connect(product, product.line.base_url)
    await pass_by(product, clock, *[8] * 4, *[60] * 3)
    assert await product.ends() == [end] * 3 + [("answered", None)] * 3
    assert [product.seen(user) for user in early] == [[ANSWER] if end == PUSHED else []] * 3
    assert [product.seen(user) for user in late] == [[ANSWER]] * 3
    given_up = [one for one in await product.rows(select(Delivery)) if one.state != "sent"]
    assert len(given_up) == 3
    assert all(one.error and one.due_at is None for one in given_up)
