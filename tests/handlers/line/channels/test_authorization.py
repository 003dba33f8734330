"""Every route of `/api/v1/channels` against every kind of credential, as tests/knowledge/routes has it for the rest."""

from __future__ import annotations

import uuid

import pytest

from bot.clock import ManualClock
from bot.web.surface import Surface
from handlers.line.channels import Channels
from handlers.line.channels.limiting import CheckLimit
from handlers.line.channels.routes import channel_routes
from tests.handlers.line.channels.conftest import Answer, Owner

# What a route is sent, and what whoever may not see the channel is answered.
ROWS = {
    "GET /api/v1/channels": (None, 200),
    "GET /api/v1/channels/{channel_id}": (None, 404),
    "POST /api/v1/channels/{channel_id}/check": (None, 404),
    "POST /api/v1/channels/{channel_id}/rotate": ({"channel_secret": "f" * 32}, 404),
}


async def call(owner: Owner, name: str, key: str | None, channel_id: str | None = None) -> Answer:
    method, path = name.replace("{channel_id}", channel_id or owner.channel_id).split(" ")
    return await owner.call(method, path.removeprefix("/api/v1/channels"), ROWS[name][0], key=key)


def test_every_route_has_its_row(clock: ManualClock) -> None:
    channels: Channels = object.__new__(Channels)
    routes = channel_routes(Surface("vendors", "/api/v1"), channels, limit=CheckLimit(clock))
    assert {f"{route.method} {route.path}" for route in routes} == set(ROWS)


async def test_without_a_key_every_route_is_401_and_with_one_for_asking_403(owner: Owner) -> None:
    for name in ROWS:
        assert [(await call(owner, name, key)).status for key in (None, "chat")] == [401, 403], name


@pytest.mark.parametrize("key", ["foreign", "sibling"])
async def test_others_see_and_change_nothing(owner: Owner, key: str) -> None:
    before = await owner.call("GET", f"/{owner.channel_id}")
    for name, (_, status) in ROWS.items():
        theirs = await call(owner, name, key)
        assert theirs.status == status, name
        if status != 200:
            assert theirs.body == (await call(owner, name, key, str(uuid.uuid4()))).body
    assert (await owner.call("GET", "", key=key)).body == {"items": []}
    assert (await owner.call("GET", f"/{owner.channel_id}")).body == before.body


async def test_the_central_channel_is_no_tenants(owner: Owner) -> None:
    central = await owner.product.shopkeeper.channels.find(None)
    assert central is not None
    for name in (
        "GET /api/v1/channels/{channel_id}",
        "POST /api/v1/channels/{channel_id}/check",
        "POST /api/v1/channels/{channel_id}/rotate",
    ):
        assert (await call(owner, name, "own", str(central.id))).status == 404


@pytest.mark.parametrize("name", ["1", "null", "..%2f", "%00", "x" * 300])
async def test_what_is_no_id_is_not_found(owner: Owner, name: str) -> None:
    assert (await owner.call("GET", f"/{name}")).body == {"detail": "There is no such channel."}


async def test_the_only_vendor_on_a_channel_may_do_all_with_it(owner: Owner) -> None:
    assert [(await call(owner, name, "bound")).status for name in ROWS] == [200] * len(ROWS)
