"""The Partner API on a server over SQLite, a key to it, and a company with an agent whose calls are analysed."""

from __future__ import annotations

import base64
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy import Executable

from bot.clock import ManualClock
from bot.db.engine import Database
from bot.models import Partner
from partner_api.api import Api
from tests.support.partners import Answered, Client, MadeKey, api_on, make_key, served
from tests.support.settings import MakeSettings

# The beginning of a recording is what tells its kind; nobody listens to these.
WAV = (
    b"RIFF\x24\x08\x00\x00WAVEfmt \x10\x00\x00\x00\x01\x00\x01\x00\x40\x1f\x00\x00\x80\x3e\x00\x00\x02\x00\x10\x00data"
)
AUDIO = base64.b64encode(WAV).decode()
TRANSCRIPT = "Agent: Thank you for calling.\nCustomer: What does it cost?"


@dataclass(frozen=True)
class Office:
    """A company with an agent, and the key of the partner whose they are."""

    api: Api
    client: Client
    key: MadeKey
    company_id: str
    agent_id: str

    async def analyze(
        self, *, key: MadeKey | None = None, headers: Mapping[str, str] | None = None, **changes: Any
    ) -> Answered:
        """Ask for the analysis of a call, by its transcript unless `changes` say otherwise."""
        body = {"company_id": self.company_id, "agent_id": self.agent_id, "transcript": TRANSCRIPT} | changes
        given = {name: value for name, value in body.items() if value is not None}
        return await self.client.call("POST", "/v1/calls/analyze", key=key or self.key, json=given, headers=headers)

    async def call(self, method: str, path: str, *, key: MadeKey | None = None, **more: Any) -> Answered:
        return await self.client.call(method, f"/v1{path}", key=key or self.key, **more)

    async def job(self, **changes: Any) -> str:
        """The id of a new job."""
        answer = await self.analyze(**changes)
        assert answer.status == 202, answer
        return str(answer.body["job_id"])

    async def partner(self) -> Partner:
        async with self.api.database.reading() as session:
            found = await session.get(Partner, self.key.caller.partner_id)
        assert found is not None
        return found

    async def rows(self, statement: Executable) -> list[Any]:
        """The first column of what a statement finds."""
        async with self.api.database.reading() as session:
            return list((await session.execute(statement)).scalars())

    async def change(self, statement: Executable) -> None:
        async with self.api.database.unit_of_work() as session:
            await session.execute(statement)


async def office_on(api: Api, client: Client, **changes: Any) -> Office:
    """An office of a new partner, whose key is made with `changes`."""
    key = await make_key(api, **changes)
    company = await client.call("POST", "/v1/companies/create", key=key, json={"name": "Test Company"})
    path = f"/v1/companies/{company.body['id']}/agents/create"
    agent = await client.call("POST", path, key=key, json={"email": "agent@testcompany.com", "name": "John Doe"})
    return Office(api, client, key, company.body["id"], agent.body["id"])


@pytest.fixture
def woken() -> list[str]:
    """The lanes that were woken."""
    return []


@pytest.fixture
def api(sqlite_database: Database, clock: ManualClock, settings: MakeSettings, woken: list[str]) -> Api:
    return api_on(sqlite_database, settings(), clock, wake=woken.extend)


@pytest.fixture
async def client(api: Api) -> AsyncIterator[Client]:
    async with served(api) as made:
        yield made


@pytest.fixture
async def key(api: Api) -> MadeKey:
    return await make_key(api)


@pytest.fixture
async def office(api: Api, client: Client) -> Office:
    return await office_on(api, client)


def refused(answer: Answered) -> tuple[int, str]:
    """Status and code of an error."""
    return answer.status, answer.body["error"]["code"]
