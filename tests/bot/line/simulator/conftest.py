"""A running simulator with one account, one person, and a bot that keeps what it is sent."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from bot.clock import ManualClock
from bot.line.simulator import Simulator
from tests.bot.line.simulator.staging import ReceivingBot, Stage


@pytest.fixture
async def bot() -> AsyncIterator[ReceivingBot]:
    receiving = ReceivingBot()
    app = web.Application()
    app.router.add_post("/hook", receiving.receive)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    address: Any = runner.addresses[0]
    receiving.url = f"http://127.0.0.1:{address[1]}/hook"
    yield receiving
    await runner.cleanup()


@pytest.fixture
async def stage(bot: ReceivingBot, clock: ManualClock) -> AsyncIterator[Stage]:
    async with Simulator.running(clock) as line, aiohttp.ClientSession() as session:
        channel = line.add_channel("安居租管", webhook_url=bot.url)
        user = line.add_user("小明")
        yield Stage(line, clock, bot, channel, user, session)
