"""A partner with a bot, and the product's answers to both of its credentials."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy import Executable

from bot.models import Bot, Partner
from partner_api.api import Api
from tests.support.partners import Answered, Client, MadeKey, make_bot, make_key, make_partner


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
