"""A vendor's own system on loopback that answers as a test says, and what asks it."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest
from aiohttp import web

from bot.clock import ManualClock
from bot.security.box import SecretBox
from bot.webhooks.sender import SafeSender
from bot.webhooks.signing import derive_secret
from knowledge.intents.systems import VendorSystems
from tests.support.web import serving

SECRET_KEY = "a key for tests alone, long enough"
SIGNING_SECRET = derive_secret(SECRET_KEY, "tests")

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass
class OwnSystem:
    """A real server. It keeps what it received, and answers with `handler`, or else with `status` and `answer`."""

    url: str = ""
    status: int = 200
    answer: Any = field(default_factory=dict)
    handler: Handler | None = None
    received: list[dict[str, Any]] = field(default_factory=list)
    headers: list[Mapping[str, str]] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)

    async def serve(self, request: web.Request) -> web.StreamResponse:
        body = await request.read()
        self.bodies.append(body)
        self.headers.append({name.lower(): value for name, value in request.headers.items()})
        self.received.append(json.loads(body) if body else dict(request.query))
        if self.handler is not None:
            return await self.handler(request)
        text = self.answer if isinstance(self.answer, str) else json.dumps(self.answer, ensure_ascii=False)
        return web.Response(status=self.status, text=text, content_type="application/json")


@pytest.fixture
async def own_system() -> AsyncIterator[OwnSystem]:
    system = OwnSystem()
    async with serving(system.serve) as url:
        system.url = f"{url}/orders"
        yield system


@pytest.fixture
def box() -> SecretBox:
    return SecretBox(SECRET_KEY)


@pytest.fixture
async def systems(own_system: OwnSystem, box: SecretBox, clock: ManualClock) -> AsyncIterator[VendorSystems]:
    sender = SafeSender(allow=[own_system.url.split("/")[2]])
    yield VendorSystems(sender, box, clock)
    await sender.close()
