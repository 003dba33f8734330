"""The Partner API on a server, and keys that see different things."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from bot.clock import ManualClock
from bot.db.engine import Database
from partner_api.api import Api
from tests.support.partners import Client, MadeKey, api_on, make_key, served
from tests.support.settings import MakeSettings


@pytest.fixture
def api(sqlite_database: Database, clock: ManualClock, settings: MakeSettings) -> Api:
    return api_on(sqlite_database, settings(), clock)


@pytest.fixture
async def client(api: Api) -> AsyncIterator[Client]:
    async with served(api) as made:
        yield made


@pytest.fixture
async def key(api: Api) -> MadeKey:
    return await make_key(api)
