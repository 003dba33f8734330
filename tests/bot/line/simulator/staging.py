"""What the simulator's tests share: a bot that keeps what it is sent, and the stage they play on."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import aiohttp
from aiohttp import web

from bot.clock import ManualClock
from bot.line.simulator import Channel, Simulator, User


@dataclass
class ReceivingBot:
    """Keeps every webhook request; it answers `statuses` one by one, then `status`."""

    url: str = ""
    status: int = 200
    statuses: list[int] = field(default_factory=list)
    bodies: list[str] = field(default_factory=list)
    signatures: list[str] = field(default_factory=list)

    async def receive(self, request: web.Request) -> web.Response:
        self.bodies.append(await request.text())
        self.signatures.append(request.headers["x-line-signature"])
        return web.Response(status=self.statuses.pop(0) if self.statuses else self.status)


@dataclass
class Stage:
    """What a test plays on."""

    line: Simulator
    clock: ManualClock
    bot: ReceivingBot
    channel: Channel
    user: User
    session: aiohttp.ClientSession

    async def call(self, method: str, path: str, body: Any = None, **headers: str) -> tuple[int, Any]:
        """Call the Messaging API as the channel's bot; answers status and JSON."""
        auth = {"Authorization": f"Bearer {self.channel.access_token}"}
        url = self.line.base_url + path
        async with self.session.request(method, url, json=body, headers=auth | headers) as response:
            return response.status, await response.json(content_type=None)

    async def control(self, method: str, path: str, body: Any = None) -> tuple[int, Any]:
        """Call the control API."""
        async with self.session.request(method, f"{self.line.base_url}/_simulator{path}", json=body) as response:
            return response.status, await response.json()


def text(words: str) -> dict[str, str]:
    """A text message object."""
    return {"type": "text", "text": words}
