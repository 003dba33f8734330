"""A partner with a bot, the product's answers to both of its credentials, and the bot's people on LINE."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from sqlalchemy import Executable

from bot.clock import ManualClock
from bot.line.simulator import User
from bot.models import Bot, Partner
from bot.outbox import runner
from handlers.line.commands import CommandName, command_text
from partner_api.api import Api
from tests.support.partners import Answered, Client, MadeKey, make_bot, make_key, make_partner
from tests.support.running import Running, running
from tests.support.shops import ANSWER, ASK
from tests.support.waiting import eventually


@dataclass(frozen=True)
class Desk:
    """A partner's own desk: its key, one of its bots, and that bot's management token."""

    api: Api
    client: Client
    partner: Partner
    key: MadeKey
    bot: Bot
    token: str

    @property
    def by_token(self) -> Mapping[str, str]:
        return {"Authorization": f"Bearer {self.token}"}

    async def call(self, method: str, path: str = "", **more: Any) -> Answered:
        """Call a path below the bot's with the partner's key."""
        return await self.client.call(method, f"/v1/bots/{self.bot.id}{path}", key=self.key, **more)

    async def token_call(self, method: str, path: str = "", **more: Any) -> Answered:
        """Call a path below the bot's with its management token."""
        return await self.client.call(method, f"/v1/bots/{self.bot.id}{path}", headers=self.by_token, **more)

    async def slots_used(self) -> int:
        answer = await self.client.call("GET", "/v1/slots", key=self.key)
        assert answer.body["used"] + answer.body["left"] == answer.body["total"]
        return int(answer.body["used"])

    async def rows(self, statement: Executable) -> list[Any]:
        """The first column of what a statement finds."""
        async with self.api.database.reading() as session:
            return list((await session.execute(statement)).scalars())


async def desk_on(api: Api, client: Client, *, name: str = "好好租屋", slots: int = 3) -> Desk:
    """A new partner with a key and a bot."""
    partner = await make_partner(api, slots=slots)
    made = await make_bot(api, partner, name)
    return Desk(api, client, partner, await make_key(api, partner), made.bot, made.mgmt_token)


@pytest.fixture
async def desk(api: Api, client: Client) -> Desk:
    return await desk_on(api, client)


@dataclass(frozen=True)
class Street:
    """A partner's shop with an owner, a customer, and somebody else's shop on the same account."""

    running: Running
    clock: ManualClock
    desk: Desk
    owner: User
    customer: User

    async def say(self, user: User, text: str) -> str:
        return "\n".join(await self.running.ask(user, text))

    async def tap(self, user: User, data: str) -> str:
        """What a button brings that sends `data`."""
        running = self.running
        return "\n".join(await running.answers(await running.line.user_taps(running.central, user, data)))

    async def has_seen(self, user: User, words: str) -> None:
        """Wait for what is sent beside an answer."""
        await eventually(lambda: any(words in text for text in self.running.seen(user)))

    async def code(self) -> str:
        return str((await self.desk.call("POST", "/binding-code")).body["binding"]["code"])

    async def change(self, **changes: Any) -> None:
        async with self.running.database.unit_of_work() as session:
            bot = await session.get_one(Bot, self.desk.bot.id)
            for name, value in changes.items():
                setattr(bot, name, value)

    def pushes(self) -> int:
        """How many billed messages there were."""
        paths = ("/message/push", "/message/multicast")
        return sum(call.path.endswith(paths) for call in self.running.line.platform.calls)

    def seen_words(self, user: User) -> str:
        """Everything that was shown to somebody, cards and all."""
        return str([one.content for one in self.running.line.visible_messages(self.running.central, user)])


@pytest.fixture
async def street(
    sqlite_url: str, tmp_path: Path, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Street]:
    monkeypatch.setattr(runner, "SWEEP_SECONDS", 0.05)
    async with running(sqlite_url, tmp_path, clock=clock) as still, aiohttp.ClientSession() as session:
        desk = await desk_on(still.shopkeeper.partner_api, Client(still.url, session))
        await desk.call("POST", "/knowledge", json={"question_summary": ASK, "answer": ANSWER})
        await still.shops.open("隔壁")
        made = Street(still, clock, desk, still.friend("店長"), still.friend("客人"))
        await made.say(made.owner, command_text(CommandName.CLAIM, await made.code()))
        await made.say(made.customer, command_text(CommandName.ENTER_SHOP, desk.bot.shop_code))
        await still.shops.know_quota(200)
        yield made
