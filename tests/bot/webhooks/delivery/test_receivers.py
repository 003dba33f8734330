"""Receivers as partners write them: the documented one on Express, and the libraries of Standard Webhooks."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, datetime

import aiohttp
import pytest
from standardwebhooks.webhooks import Webhook

from bot.clock import ManualClock
from bot.db.engine import Database
from bot.webhooks.signers import Signers, SignerState
from tests.support.callbacks import PostOffice, Receiver, post_office
from tests.support.node import node_program
from tests.support.payloads import chance, realistic
from tests.support.settings import MakeSettings

# Their modules are installed when they are first needed.
pytestmark = pytest.mark.timeout(300)

DELIVERIES, FOR_LIBRARIES = 200, 50
SIGNER = SignerState(uuid.uuid4(), 1, None)


@contextmanager
def express(version: str, secret: str) -> Iterator[str]:
    """The documented receiver on this version of Express; its host and port."""
    with node_program("receiver.js", version, environment={"WEBHOOK_SECRET": secret}) as process:
        assert process.stdout is not None
        yield f"127.0.0.1:{int(process.stdout.readline())}"


@asynccontextmanager
async def office_for(database: Database, signers: Signers, pair: str) -> AsyncIterator[PostOffice]:
    """A worker of the present day, for receivers that look at the time."""
    today = ManualClock(datetime.now(UTC))
    async with post_office(database, today, signers, allow=[pair], deadline=10, signer_id=SIGNER.id) as made:
        yield made


async def statuses_of(pair: str) -> dict[str, int]:
    """How often the receiver answered with which status."""
    async with aiohttp.ClientSession() as session, session.get(f"http://{pair}/counts") as answer:
        found: dict[str, int] = await answer.json()
        return found


@pytest.mark.parametrize(
    ("version", "signing"), [("express4", "per_key"), ("express5", "per_key"), ("express5", "shared")]
)
async def test_the_documented_receiver_and_the_library_of_node_take_every_delivery(
    sqlite_database: Database, settings: MakeSettings, version: str, signing: str
) -> None:
    seed, random = chance()
    signers = Signers(settings(webhook_signing=signing, webhook_secret="0123456789abcdef" * 4))
    with express(version, signers.secret(SIGNER)) as pair:
        async with office_for(sqlite_database, signers, pair) as office:
            for path, count in (("webhook/callback", DELIVERIES), ("standard", FOR_LIBRARIES)):
                for _ in range(count):
                    await office.add(f"http://{pair}/{path}", payload=realistic(random))
            await office.work()
            assert await statuses_of(pair) == {"200": DELIVERIES + FOR_LIBRARIES}, f"seed {seed}"
            assert {one.state for one in await office.deliveries()} == {"succeeded"}


async def test_the_documented_receiver_refuses_what_another_secret_signed(
    sqlite_database: Database, settings: MakeSettings
) -> None:
    with express("express4", Signers(settings()).secret(SIGNER)) as pair:
        async with office_for(sqlite_database, Signers(settings()), pair) as office:
            for path in ("webhook/callback", "standard"):
                await office.add(f"http://{pair}/{path}")
            await office.work()
            assert await statuses_of(pair) == {"401": 2}


async def test_the_library_of_python_takes_every_delivery(
    sqlite_database: Database, settings: MakeSettings, receiver: Receiver
) -> None:
    signers, (seed, random) = Signers(settings()), chance()
    async with office_for(sqlite_database, signers, receiver.pair) as office:
        for _ in range(FOR_LIBRARIES):
            await office.add(receiver.url, payload=realistic(random))
        await office.work()
    assert len(receiver.received) == FOR_LIBRARIES
    for one in receiver.received:
        assert Webhook(signers.secret(SIGNER)).verify(one.body, dict(one.headers)), f"seed {seed}"
