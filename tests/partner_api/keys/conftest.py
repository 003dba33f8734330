"""The Partner API with a route of the tests' own behind its keys."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Any

import pytest
from aiohttp import web

from bot.clock import ManualClock
from bot.db.engine import Database
from bot.web.responses import json_response
from bot.web.surface import Route
from partner_api.api import Api
from partner_api.keys.routes_surface import CALLER, v1_surface
from tests.support.partners import Answered, Client, MadeKey, api_on, served
from tests.support.settings import MakeSettings


@dataclass(frozen=True)
class Desk:
    """A running Partner API, with `probe` behind its keys."""

    api: Api
    client: Client

    async def probe(self, key: MadeKey | None = None, **more: Any) -> Answered:
        return await self.client.call("GET", "/v1/probe", key=key, **more)


MakeDesk = Callable[..., Awaitable[Desk]]


def probe_route(api: Api) -> Route:
    async def probe(request: web.Request) -> web.Response:
        return json_response({"key_id": str(request[CALLER].key_id)})

    return v1_surface(api).route("GET", "/api/partner/v1/probe", probe)


@pytest.fixture
async def make_desk(sqlite_database: Database, clock: ManualClock, settings: MakeSettings) -> AsyncIterator[MakeDesk]:
    """`await make_desk(**settings)` serves the API on an SQLite store."""
    async with AsyncExitStack() as stack:

        async def make(**changes: Any) -> Desk:
            api = api_on(sqlite_database, settings(**changes), clock)
            more = [probe_route(api)] if api.settings.partner_api_enabled else []
            return Desk(api, await stack.enter_async_context(served(api, *more)))

        yield make


@pytest.fixture
async def desk(make_desk: MakeDesk) -> Desk:
    return await make_desk()
