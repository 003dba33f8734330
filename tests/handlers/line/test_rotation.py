"""Credentials are replaced while messages come and go."""

from __future__ import annotations

import asyncio
import json
import uuid
from dataclasses import dataclass

import aiohttp
from sqlalchemy import select

from bot.clock import ManualClock
from bot.line.channels import REREAD_AFTER
from bot.line.channels.directory import open_channel
from bot.line.channels.repository import find
from bot.line.channels.rotation import announce_secret, replace_token
from bot.line.client import BotInfo
from bot.line.simulator import Channel
from bot.models import DeliveryAttempt
from bot.security.signatures import sign_line_webhook
from tests.support.running import Running
from tests.support.shops import ANSWER, ASK

OLD, NEW = "0" * 32, "1" * 32


@dataclass(frozen=True)
class Rotation:
    """A vendor's own account, and changes of its row as another process makes them: nothing tells this one."""

    product: Running
    account: Channel

    @property
    def channel_id(self) -> uuid.UUID:
        return uuid.UUID(str(self.account.webhook_url).rpartition("/")[2])

    async def announce(self, secret: str) -> None:
        shopkeeper = self.product.shopkeeper
        async with self.product.database.unit_of_work() as session:
            channel = await find(session, self.channel_id)
            assert channel is not None
            announce_secret(channel, shopkeeper.box, secret=secret, now=shopkeeper.ports.clock.now())

    async def secrets(self) -> tuple[str, ...]:
        await self.product.shopkeeper.promoter.settle()
        async with self.product.database.reading() as session:
            channel = await find(session, self.channel_id)
        assert channel is not None
        return open_channel(channel, self.product.shopkeeper.box).secrets

    async def replace_token(self, token: str) -> None:
        shopkeeper, account = self.product.shopkeeper, self.account
        info = BotInfo(user_id=account.bot_user_id, basic_id=account.basic_id, display_name=account.name)
        async with self.product.database.unit_of_work() as session:
            channel = await find(session, self.channel_id)
            assert channel is not None
            now = shopkeeper.ports.clock.now()
            await replace_token(session, channel, shopkeeper.box, token=token, info=info, now=now)

    async def send(self, session: aiohttp.ClientSession, secret: str, number: int = 0) -> int:
        event = {
            "type": "unfollow", "mode": "active", "timestamp": 1767225600000, "webhookEventId": f"01{number:024}",
            "source": {"type": "user", "userId": f"U{number % 9:032}"}, "deliveryContext": {"isRedelivery": False},
        }  # fmt: skip
        body = json.dumps({"destination": self.account.bot_user_id, "events": [event]}).encode()
        headers = {"x-line-signature": sign_line_webhook(secret, body)}
        async with session.post(str(self.account.webhook_url), data=body, headers=headers) as response:
            return response.status


async def begin(product: Running) -> Rotation:
    account = await product.own_channel(await product.shops.open())
    return Rotation(product, account)


async def test_no_webhook_is_refused_while_the_secret_changes(live: Running) -> None:
    rotation = await begin(live)
    old = rotation.account.secret
    await rotation.announce(NEW)
    async with aiohttp.ClientSession() as session:
        sent = [rotation.send(session, old if number < 50 else NEW, number) for number in range(100)]
        assert set(await asyncio.gather(*sent)) == {200}
        assert await rotation.secrets() == (NEW,)
        live.shopkeeper.channels.forget()
        assert [await rotation.send(session, secret, 100) for secret in (NEW, old)] == [200, 401]
    assert len(await live.events()) == 101


async def test_a_secret_that_another_process_announced_counts_within_half_a_second(
    still: Running, clock: ManualClock
) -> None:
    rotation = await begin(still)
    async with aiohttp.ClientSession() as session:
        assert await rotation.send(session, rotation.account.secret) == 200
        await rotation.announce(NEW)
        assert await rotation.send(session, NEW, 1) == 401
        clock.advance(REREAD_AFTER)
        assert await rotation.send(session, NEW, 2) == 200
    assert await rotation.secrets() == (NEW,)


async def test_nobody_finishes_a_rotation_with_a_forged_signature(still: Running) -> None:
    rotation = await begin(still)
    old = rotation.account.secret
    await rotation.announce(NEW)
    still.shopkeeper.channels.forget()
    async with aiohttp.ClientSession() as session:
        assert await rotation.send(session, OLD) == 401
        assert await rotation.send(session, old, 1) == 200
    assert await rotation.secrets() == (old, NEW)


async def test_what_a_revoked_token_could_not_send_goes_out_with_the_new_one(live: Running) -> None:
    rotation = await begin(live)
    account, directory = rotation.account, live.line.platform.directory
    customer = live.friend(of=account)
    before, after = account.access_token, "a-new-token"
    directory._by_token[after] = directory._by_token.pop(before)
    told = await live.line.user_says(account, customer, ASK)
    await live.until(lambda events: bool(events and events[0].delivery_id))
    await rotation.replace_token(after)
    assert await live.answers(told) == [ANSWER]
    outcomes = [one.outcome for one in await live.rows(select(DeliveryAttempt).order_by(DeliveryAttempt.id))]
    assert (set(outcomes[:-1]), outcomes[-1]) == ({"access_refused"}, "sent")
    async with live.database.reading() as session:
        channel = await find(session, rotation.channel_id)
    assert channel is not None
    assert channel.broken_at is None
